#pragma once

#include <memory>
#include <string_view>

#include "parser/log_parser.h"

namespace vigil::parser {

/// Reads rollouts of Codex (CLI, desktop, IDE), all generations since 2025-04. `path` is the file's
/// own: a rewound session says so in its name only.
[[nodiscard]] std::unique_ptr<LogParser> make_codex_parser(std::string_view path);

/// Whether a file below CODEX_HOME is a rollout: `sessions/2026/11/21/rollout-x.jsonl`, the same in
/// `archived_sessions/`, compressed (`.zst`), or the `.json` documents of before June 2025.
[[nodiscard]] bool is_codex_log(std::string_view relative);

/// Whether a directory below CODEX_HOME may hold rollouts. The root itself is the empty path.
[[nodiscard]] bool may_hold_codex_logs(std::string_view relative);

}  // namespace vigil::parser
