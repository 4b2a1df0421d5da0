#include "parser/editors/nano_positions.h"

#include <charconv>
#include <optional>

#include "base/text_lines.h"
#include "parser/editors/trace_path.h"

namespace vigil::parser {
namespace {

/// Takes the number behind the last blank.
std::optional<std::int64_t> take_last(std::string_view& line) {
  const auto blank = line.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto digits = line.substr(blank + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number < 1) {
    return std::nullopt;
  }
  line = line.substr(0, blank);
  return number;
}

}  // namespace

std::vector<EditorTrace> parse_nano_positions(std::string_view text) {
  std::vector<EditorTrace> traces;
  while (!text.empty() && traces.size() < kTracesMax) {
    auto line = take_line(text);
    const auto column = take_last(line);
    const auto lineno = take_last(line);
    auto path = trace_path(line);
    if (!path || !lineno || !column) continue;
    traces.push_back({.editor = "nano",
                      .kind = EditorTrace::Kind::close,
                      .path = std::move(*path),
                      .lineno = lineno,
                      .cursorpos = column});
  }
  return traces;
}

}  // namespace vigil::parser
