#include "parser/editors/emacs_auto_saves.h"

#include <charconv>

#include "base/text_lines.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {

std::vector<EditorTrace> parse_emacs_auto_saves(std::string_view text, std::string_view home) {
  std::vector<EditorTrace> traces;
  while (!text.empty() && traces.size() < kTracesMax) {
    const auto file = take_line(text);
    const auto copy = take_line(text);
    auto path = trace_path(file, home);
    if (!path || copy.empty()) continue;
    traces.push_back(
        {.editor = "emacs", .kind = EditorTrace::Kind::edit, .path = std::move(*path)});
  }
  return traces;
}

std::optional<std::int32_t> pid_of_auto_saves(std::string_view name) {
  constexpr std::string_view kFront = ".saves-";
  if (!name.starts_with(kFront) || !name.ends_with('~')) return std::nullopt;
  name.remove_prefix(kFront.size());
  std::int32_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || *end != '-' || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace vigil::parser
