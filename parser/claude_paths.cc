#include <algorithm>
#include <string_view>

#include "parser/claude_parser.h"

namespace vigil::parser {
namespace {

constexpr std::string_view kEnding = ".jsonl";
constexpr std::size_t kUuidSize = 36;

/// Takes the first name off a relative path.
std::string_view take_name(std::string_view& path) {
  const auto end = path.find('/');
  const auto name = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  return name;
}

/// Directories are named after sessions; beside them stand others, with notes for instance.
bool is_session_id(std::string_view name) {
  return name.size() == kUuidSize && name[8] == '-';
}

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

bool is_claude_log(std::string_view relative) {
  if (!relative.ends_with(kEnding) || take_name(relative) != "projects") return false;
  const auto project = take_name(relative);
  const auto first = take_name(relative);
  if (project.empty() || first.empty()) return false;
  if (relative.empty()) return first.size() > kEnding.size();
  return is_session_id(first) && relative.starts_with("subagents/") &&
         last_name(relative).starts_with("agent-");
}

bool may_hold_claude_logs(std::string_view relative) {
  if (relative.empty()) return true;
  if (take_name(relative) != "projects") return false;
  take_name(relative);
  if (relative.empty()) return true;
  if (!is_session_id(take_name(relative))) return false;
  return relative.empty() || relative == "subagents" || relative.starts_with("subagents/");
}

}  // namespace vigil::parser
