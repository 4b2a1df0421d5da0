#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/traces/attribution.h"

namespace vigil::agent {

/// What is known of one write that has settled.
struct SaveFacts {
  std::optional<Attribution> editor;
  bool marked_by_editor = false;  ///< an editor's side file came or went with this very write

  bool by_git = false;         ///< unlinked and created anew, or created, while git was at work
  bool by_tool = false;        ///< came from a tool's temporary file (sed -i, rsync, patch)
  bool is_restored = false;    ///< carries an older time than its writing (rsync -t, cp -p, tar)
  bool is_stream = false;      ///< written over and over for half a minute: a log, a generator
  bool is_ignored = false;     ///< by the repository's rules
  bool is_generated = false;   ///< by its name or first lines
  bool is_binary = false;      ///< or larger than what somebody types
  bool is_burst = false;       ///< many files about the same time
  bool is_aftermath = false;   ///< of a person's save of the same file moments ago: a formatter
  bool is_same = false;        ///< it was not written anew and has the lines that it had
  bool agent_is_live = false;  ///< an AI session is at work in the project
};

/// What a write is taken for; counted by kind, and shown by `agent sources`.
enum class WriteReason : std::uint8_t {
  editor,      ///< an editor's trace says so
  agent_live,  ///< an AI session was at work and nobody has claimed the write yet
  no_evidence,
  agent_claim,  ///< an AI tool's log says so
  git,
  tool,
  restored,
  stream,
  ignored,
  generated,
  binary,
  burst,
  aftermath,
  unchanged,
};
inline constexpr std::size_t kWriteReasons = 14;
[[nodiscard]] std::string_view name_of(WriteReason reason);

enum class Writer : std::uint8_t {
  human,
  unknown,  ///< a heartbeat without an owner
  machine,  ///< no heartbeat, counted by its reason
};

struct Judgement {
  Writer writer = Writer::unknown;
  WriteReason reason = WriteReason::no_evidence;
  double confidence = 0;  ///< of the editor and the writer, 0 to 1

  friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// Whether the evidence is of this write and not only of a file that is open: it stands against
/// whatever is only usual.
[[nodiscard]] bool is_direct(const SaveFacts& facts);

/// Who wrote it, as far as the facts tell. What a file was replaced by (git, a tool's temporary
/// file, an old time) stands against every editor that has it open.
[[nodiscard]] Judgement judge(const SaveFacts& facts);

/// Whether each save of this editor leaves a mark beside the file, so that a write without one is
/// somebody else's.
[[nodiscard]] bool marks_its_saves(std::string_view editor);

}  // namespace vigil::agent
