#include "base/text_lines.h"

#include <algorithm>

namespace vigil {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::string_view first_line(std::string_view text) {
  return trimmed(take_line(text));
}

std::pair<std::string_view, std::string_view> key_and_value(std::string_view line, char separator) {
  const auto at = line.find(separator);
  if (at == std::string_view::npos) return {};
  const auto key = trimmed(line.substr(0, at));
  auto value = trimmed(line.substr(at + 1));
  if (value.empty() || (value.front() != '"' && value.front() != '\'')) return {key, value};
  const auto end = value.find(value.front(), 1);
  if (end == std::string_view::npos) return {key, value};
  return {key, value.substr(1, end - 1)};
}

bool is_plain_text(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace vigil
