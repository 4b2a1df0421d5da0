#include "parser/editors/kate.h"

#include <optional>
#include <string>

#include "base/text_lines.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

EditorTrace opened(std::string path) {
  return {.editor = "kate", .kind = EditorTrace::Kind::open, .path = std::move(path)};
}

/// The text between the brackets of a group's head.
std::optional<std::string_view> group_in(std::string_view line) {
  if (!line.starts_with('[') || !line.ends_with(']')) return std::nullopt;
  return line.substr(1, line.size() - 2);
}

}  // namespace

bool is_kate_swap(std::string_view head) {
  constexpr std::string_view kMark("\0\0\0\x12Kate Swap File 2.0", 22);
  return head.starts_with(kMark);
}

std::vector<EditorTrace> parse_kate_session(std::string_view text) {
  std::vector<EditorTrace> traces;
  bool in_document = false;
  while (!text.empty() && traces.size() < kTracesMax) {
    const auto line = trimmed(take_line(text));
    if (const auto group = group_in(line)) in_document = group->starts_with("Document ");
    constexpr std::string_view kUrl = "URL=";
    if (!in_document || !line.starts_with(kUrl)) continue;
    if (auto path = path_of_uri(line.substr(kUrl.size()))) {
      traces.push_back(opened(std::move(*path)));
    }
  }
  return traces;
}

}  // namespace vigil::parser
