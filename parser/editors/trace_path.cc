#include "parser/editors/trace_path.h"

#include <algorithm>

#include "base/file_system.h"
#include "base/text_lines.h"

namespace vigil::parser {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> trace_path(std::string_view text) {
  if (!text.starts_with('/') || text.size() > kPathMax || !is_plain_text(text)) return std::nullopt;
  auto path = normal_path(text);
  if (path == "/") return std::nullopt;
  return path;
}

std::optional<std::string> trace_path(std::string_view text, std::string_view home) {
  if (!text.starts_with('~')) return trace_path(text);
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || home.empty() || text.size() > kPathMax) {
    return std::nullopt;
  }
  return trace_path(join_path(home, text.substr(slash + 1)));
}

std::optional<std::string> path_from(std::string_view directory, std::string_view name) {
  if (name.empty() || name.size() > kPathMax) return std::nullopt;
  return name.starts_with('/') ? trace_path(name) : trace_path(join_path(directory, name));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const int high = digit_of(text[at + 1]);
    const int low = digit_of(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

std::optional<std::string> path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme) || uri.size() > 3 * kPathMax) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  constexpr std::string_view kHere = "localhost";
  if (uri.starts_with(kHere)) uri.remove_prefix(kHere.size());
  uri = uri.substr(0, uri.find_first_of("?#"));
  const auto path = percent_decoded(uri);
  return path ? trace_path(*path) : std::nullopt;
}

}  // namespace vigil::parser
