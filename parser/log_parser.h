#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parser/activity.h"

namespace vigil::parser {

/// Session-log formats that are read.
enum class Format : std::uint8_t { claude_code, codex };

[[nodiscard]] std::string_view app_name(Format format);  ///< `claude-code`, `codex`

/// Bytes that must be readable behind every line (their content does not matter): the JSON scanner
/// reads whole vectors.
inline constexpr std::size_t kLinePadding = 64;

/// Largest state that a parser may save; what would exceed it is forgotten, oldest first.
inline constexpr std::size_t kStateMax = 64 * 1024;

/// What a file's lines came to, for the accounting `read = derived + ignored + malformed`.
struct LineCounts {
  std::uint64_t derived = 0;    ///< gave at least one activity
  std::uint64_t ignored = 0;    ///< understood, and nothing to tell (also unknown record types)
  std::uint64_t malformed = 0;  ///< not a record: torn, binary, too deep
};

/// Reads one generation of one file, line by line, from its beginning; keeps what later lines
/// need (open calls, model, cwd, token baseline). Pure but for its own state; not thread-safe.
class LogParser {
 public:
  virtual ~LogParser() = default;

  /// The activities of the next line: without its LF, at most the watcher's line limit long, with
  /// kLinePadding readable bytes behind it. Never fails: a line that is no record is counted.
  /// The result is valid until the next call.
  [[nodiscard]] virtual std::span<const Activity> parse_line(std::string_view line) = 0;

  [[nodiscard]] virtual const LineCounts& counts() const = 0;

  /// The state for restore(), at most kStateMax bytes, versioned. Equal states give equal bytes.
  [[nodiscard]] virtual std::string save() const = 0;

  /// Takes up a saved state. False (and the state is as new) when it is of another version or
  /// torn: then the file must be read from its beginning.
  [[nodiscard]] virtual bool restore(std::string_view state) = 0;
};

/// `path` is the log file's own: for what only its place tells (a sub-agent's file, for instance).
[[nodiscard]] std::unique_ptr<LogParser> make_log_parser(Format format, std::string_view path);

/// Whether a file below a root of that format is one of its session logs. `relative` is the path
/// below the root, e.g. `projects/-home-a/5d52.jsonl`, `sessions/2026/11/21/rollout-x.jsonl.zst`.
[[nodiscard]] bool is_session_log(Format format, std::string_view relative);

/// Whether a directory below a root may hold session logs (so that it must be watched). The root
/// itself is the empty path.
[[nodiscard]] bool may_hold_session_logs(Format format, std::string_view relative);

}  // namespace vigil::parser
