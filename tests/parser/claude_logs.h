#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/parser/codex_rollouts.h"

/// Logs of Claude Code as the tests read them: whole homes from the fixtures, or lines by hand.
namespace vigil::parser::test {

inline constexpr std::string_view kClaudeVersions[] = {"1.0.128", "2.0.76", "2.1.329"};

/// All session logs below the configuration directories of one home.
[[nodiscard]] std::vector<std::filesystem::path> claude_logs_of(std::string_view version);

[[nodiscard]] Ledger parse_claude_logs(std::string_view version);

/// What comes of each line; `path` is the file's.
[[nodiscard]] std::vector<Activity> parse_claude_text(std::string_view text,
                                                      std::string_view path = "/p/s.jsonl");

}  // namespace vigil::parser::test
