#pragma once

#include <memory>
#include <string_view>

#include "parser/log_parser.h"

namespace vigil::parser {

/// Reads session logs of Claude Code, all generations that are JSON lines. `path` is the file's
/// own: it tells a session's main file from those of its sub-agents.
[[nodiscard]] std::unique_ptr<LogParser> make_claude_parser(std::string_view path);

/// Whether a file below a configuration directory is a session log:
/// `projects/-home-a/5d52.jsonl`, `projects/-home-a/agent-1f.jsonl`, or of a sub-agent
/// `projects/-home-a/<session id>/subagents/agent-1f.jsonl`, at any depth below `subagents`.
[[nodiscard]] bool is_claude_log(std::string_view relative);

/// Whether a directory below a configuration directory may hold session logs. The root itself is
/// the empty path.
[[nodiscard]] bool may_hold_claude_logs(std::string_view relative);

}  // namespace vigil::parser
