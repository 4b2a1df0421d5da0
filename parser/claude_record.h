#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "parser/activity.h"

/// One record of a Claude Code log as typed values, without any meaning across records. Texts of
/// content are views into the line, to be measured there and never copied out.
namespace vigil::parser {

enum class ClaudeKind : std::uint8_t {
  malformed,  ///< no record: torn, binary
  ignored,    ///< tells nothing, or of an unknown type
  user,       ///< a prompt, or what tools answered
  assistant,  ///< one or more blocks of a model's message
  system,
  api_error,
  queued_prompt,  ///< typed while the model was busy, and taken up without a `user` record
};

/// A model's call of a tool. The texts are escaped, as written.
struct ClaudeCall {
  std::string_view id;
  std::string_view name;
  std::string_view path;      ///< of the file it works on; empty without one
  std::string_view old_text;  ///< of an edit
  std::string_view new_text;
  std::string_view content;    ///< of a write
  bool is_everywhere = false;  ///< the edit replaces every occurrence
};

/// What a tool answered.
struct ClaudeResult {
  std::string_view call_id;
  bool is_error = false;
  bool is_creation = false;  ///< says in words that a file was created
};

/// What the harness notes about an answer, beside it.
struct ClaudeOutcome {
  std::string_view path;
  std::string_view content;  ///< escaped; of a file that was written whole
  bool has_patch = false;
  bool is_creation = false;
  bool is_interrupted = false;
  std::int64_t added = 0;  ///< lines, by the patch
  std::int64_t removed = 0;
};

/// Views live until the next read.
struct ClaudeRecord {
  ClaudeKind kind = ClaudeKind::malformed;
  std::string_view bytes;  ///< the record itself; what stands behind it on the line is another
  WallTime time{};         ///< of any record that is not ignored

  std::string_view uuid;
  std::string_view session;
  std::string_view request_session;  ///< where a copied message was made
  std::string_view agent;            ///< id of the sub-agent whose record this is
  std::string_view cwd;
  std::string_view branch;
  std::string_view version;
  bool is_sidechain = false;
  bool is_from_harness = false;  ///< marked as not typed: meta, summary, notification
  bool is_api_error = false;

  std::string_view message_id;
  std::string_view request_id;
  std::string_view model;
  std::optional<Tokens> usage;
  bool has_words = false;  ///< text or thinking
  bool has_image = false;
  std::vector<std::string_view> texts;  ///< escaped
  std::vector<ClaudeCall> calls;
  std::vector<ClaudeResult> results;
  ClaudeOutcome outcome;
};

/// Texts, calls or results of one record beyond this many are not seen.
inline constexpr std::size_t kClaudeBlocksMax = 256;

/// Not thread-safe. Keeps its buffers from record to record.
class ClaudeRecordReader {
 public:
  ClaudeRecordReader();
  ~ClaudeRecordReader();

  /// The record at the start of `line`.
  [[nodiscard]] const ClaudeRecord& read(std::string_view line);

  /// Gives back the room that texts with escapes took. Ends the life of all views.
  void shed();

 private:
  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace vigil::parser
