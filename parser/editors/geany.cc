// `FILE_NAME_0=212;Python;0;EUTF-8;0;1;0;%2Fhome%2Fada%2Fa.py;0;4`: the position in characters,
// then six fields of the document's form, then its percent-encoded path.

#include "parser/editors/geany.h"

#include "base/text_lines.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

constexpr int kFieldsBeforePath = 7;

std::string_view path_field(std::string_view value) {
  for (int i = 0; i < kFieldsBeforePath; ++i) {
    const auto end = value.find(';');
    if (end == std::string_view::npos) return {};
    value.remove_prefix(end + 1);
  }
  return value.substr(0, value.find(';'));
}

}  // namespace

std::vector<EditorTrace> parse_geany_files(std::string_view text) {
  std::vector<EditorTrace> traces;
  while (!text.empty() && traces.size() < kTracesMax) {
    const auto line = take_line(text);
    constexpr std::string_view kKey = "FILE_NAME_";
    if (!line.starts_with(kKey)) continue;
    const auto [key, value] = key_and_value(line, '=');
    const auto decoded = percent_decoded(path_field(value));
    auto path = decoded ? trace_path(*decoded) : std::nullopt;
    if (!path) continue;
    traces.push_back(
        {.editor = "geany", .kind = EditorTrace::Kind::open, .path = std::move(*path)});
  }
  return traces;
}

}  // namespace vigil::parser
