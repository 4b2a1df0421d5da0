#include "parser/escaped_text.h"

#include <algorithm>
#include <vector>

namespace vigil::parser {
namespace {

/// Where the next escape begins at or behind `from`; the size of the text where there is none.
std::size_t next_escape(std::string_view escaped, std::size_t from) {
  return std::min(escaped.find('\\', from), escaped.size());
}

/// Length of the escape at `at`: two characters, or six for `\u0000`.
std::size_t escape_size(std::string_view escaped, std::size_t at) {
  return at + 1 < escaped.size() && escaped[at + 1] == 'u' ? 6 : 2;
}

bool is_low_surrogate(std::string_view escape) {
  return escape.size() >= 4 && (escape[2] == 'd' || escape[2] == 'D') &&
         std::string_view("cdefCDEF").contains(escape[3]);
}

std::int64_t count_plain(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

/// Calls `visit(line)` for each line, with its line end; until it says false.
template <class Visit>
void each_line(std::string_view escaped, Visit visit) {
  std::size_t start = 0;
  for (auto at = next_escape(escaped, 0); at < escaped.size();) {
    const bool is_line_end = at + 1 < escaped.size() && escaped[at + 1] == 'n';
    const auto behind = at + escape_size(escaped, at);
    if (is_line_end) {
      if (!visit(escaped.substr(start, behind - start))) return;
      start = behind;
    }
    at = next_escape(escaped, behind);
  }
  if (start < escaped.size()) visit(escaped.substr(start));
}

std::vector<std::string_view> lines_of(std::string_view escaped) {
  std::vector<std::string_view> lines;
  each_line(escaped, [&](std::string_view line) {
    lines.push_back(line);
    return lines.size() <= kComparedLinesMax;
  });
  return lines;
}

}  // namespace

std::int64_t count_escaped_code_points(std::string_view escaped) {
  std::int64_t count = 0;
  for (std::size_t start = 0; start < escaped.size();) {
    const auto at = next_escape(escaped, start);
    count += count_plain(escaped.substr(start, at - start));
    if (at == escaped.size()) break;
    const auto size = escape_size(escaped, at);
    count += !(size == 6 && is_low_surrogate(escaped.substr(at)));
    start = at + size;
  }
  return count;
}

std::int64_t count_escaped_lines(std::string_view escaped) {
  std::int64_t count = 0;
  each_line(escaped, [&](std::string_view) {
    ++count;
    return true;
  });
  return count;
}

std::optional<ChangedLines> compare_escaped_lines(std::string_view before, std::string_view after) {
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  if (std::max(old_lines.size(), new_lines.size()) > kComparedLinesMax) return std::nullopt;
  const auto limit = std::min(old_lines.size(), new_lines.size());
  std::size_t same = 0;
  while (same < limit && old_lines[same] == new_lines[same]) ++same;
  std::size_t same_at_end = 0;
  while (same_at_end < limit - same && old_lines[old_lines.size() - 1 - same_at_end] ==
                                           new_lines[new_lines.size() - 1 - same_at_end]) {
    ++same_at_end;
  }
  const auto kept = static_cast<std::int64_t>(same + same_at_end);
  return ChangedLines{std::ssize(new_lines) - kept, std::ssize(old_lines) - kept};
}

}  // namespace vigil::parser
