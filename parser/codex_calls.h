#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "parser/activity.h"
#include "parser/codex_patch.h"

namespace vigil::parser {

class StateReader;
class StateWriter;

/// A tool call, kept while later lines may refine it.
struct OpenCall {
  std::string id;
  std::string tool;  ///< a name from the fixed list
  ToolClass tool_class = ToolClass::other;
  Actor actor = Actor::agent;
  WallTime first_time{};
  std::uint32_t lines = 0;  ///< lines that told of it: the next one's revision
  std::optional<bool> ok;
  std::string read_path;           ///< the file that a command reads
  std::vector<PatchedFile> files;  ///< what an edit touches
  bool is_answered = false;
  bool is_script = false;       ///< code mode: wraps calls that are logged on their own
  bool has_inner = false;       ///< script: one of those calls was seen
  std::size_t saved_bytes = 0;  ///< kept by OpenCalls
};

/// The calls of one session that may still be refined, oldest forgotten first (those that have
/// their answer before those that wait for it).
class OpenCalls {
 public:
  static constexpr std::size_t kCallsMax = 64;
  static constexpr std::size_t kBytesMax = 48 * 1024;  ///< as saved

  /// Null where the call is unknown or forgotten. Valid until the next add() or settle().
  [[nodiscard]] OpenCall* find(std::string_view id);

  /// Takes a new call, which must be settled when the line is done with.
  OpenCall& add(OpenCall call);

  /// A call of code mode was seen inside the scripts that wait for their answer.
  void note_inner_call();

  /// To be called when a call was added or has changed: forgets what no longer fits.
  void settle(OpenCall& call);

  [[nodiscard]] std::size_t size() const { return slots_.size(); }

  void save(StateWriter& out) const;
  [[nodiscard]] bool restore(StateReader& in);

 private:
  struct Slot {
    std::uint64_t sequence = 0;
    OpenCall call;
  };
  [[nodiscard]] std::size_t oldest() const;

  std::vector<Slot> slots_;
  std::uint64_t next_sequence_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace vigil::parser
