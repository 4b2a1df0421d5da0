// `2026-11-21 10:00:00.123 [info] > git show --textconv :src/main.py [5ms]`: names are not quoted,
// so one ends where the duration in brackets begins.

#include "parser/editors/vscode_git_log.h"

#include <algorithm>

#include "base/file_system.h"
#include "base/text_lines.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

std::optional<std::string_view> behind(std::string_view line, std::string_view mark) {
  const auto at = line.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return line.substr(at + mark.size());
}

/// Without ` [5ms]` at its end; nothing where that is missing, since then the line may be cut.
std::optional<std::string_view> without_duration(std::string_view text) {
  const auto bracket = text.rfind(" [");
  if (bracket == std::string_view::npos || !text.ends_with("ms]")) return std::nullopt;
  return text.substr(0, bracket);
}

std::optional<std::string_view> file_in(std::string_view line) {
  if (const auto shown = behind(line, "[info] > git show --textconv ")) {
    const auto text = without_duration(*shown);
    const auto colon = text ? text->find(':') : std::string_view::npos;
    if (colon == std::string_view::npos) return std::nullopt;
    return text->substr(colon + 1);
  }
  for (const auto* mark : {"[info] > git ls-files --stage -- ", "[info] > git blame "}) {
    const auto command = behind(line, mark);
    if (!command) continue;
    const auto file = command->contains(" -- ") ? behind(*command, " -- ") : command;
    return without_duration(*file);
  }
  return std::nullopt;
}

/// A relative name becomes a normal one; one that leads out of its repository is none.
std::optional<std::string> relative_name(std::string_view file) {
  if (file.empty() || file.size() > kPathMax || !is_plain_text(file)) return std::nullopt;
  if (file.starts_with('/')) return trace_path(file);
  if (file.starts_with("../") || file.contains("/../")) return std::nullopt;
  return normal_path(file).substr(1);
}

}  // namespace

std::optional<std::string> VscodeGitLog::take(std::string_view line) {
  for (const auto* mark : {"Opened repository (path): ", "Opened repository (real path): "}) {
    const auto folder = behind(line, mark);
    if (!folder) continue;
    auto path = trace_path(trimmed(*folder));
    const bool is_new = path && std::ranges::find(repositories_, *path) == repositories_.end();
    if (is_new && repositories_.size() < kRepositoriesMax) {
      repositories_.push_back(std::move(*path));
    }
    return std::nullopt;
  }
  const auto file = file_in(trimmed(line));
  return file ? relative_name(*file) : std::nullopt;
}

}  // namespace vigil::parser
