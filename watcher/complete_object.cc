#include "watcher/complete_object.h"

#include <cstddef>

namespace vigil::watcher {
namespace {

constexpr std::string_view kBlank{" \t\r\0", 4};

/// Index behind the string that opens at `open`; npos where it does not close.
std::size_t skip_string(std::string_view text, std::size_t open) {
  std::size_t at = open + 1;
  for (;;) {
    at = text.find_first_of("\"\\", at);
    if (at == std::string_view::npos || text[at] == '"') break;
    at += 2;
  }
  return at == std::string_view::npos ? at : at + 1;
}

}  // namespace

bool is_complete_object(std::string_view text) {
  const auto start = text.find_first_not_of(kBlank);
  if (start == std::string_view::npos || text[start] != '{') return false;
  std::size_t depth = 0;
  for (std::size_t at = start; at < text.size();) {
    at = text.find_first_of("{}[]\"", at);
    if (at == std::string_view::npos) return false;
    if (text[at] == '"') {
      at = skip_string(text, at);
      continue;
    }
    depth += text[at] == '{' || text[at] == '[' ? 1U : -std::size_t{1};
    ++at;
    if (depth == 0) return text.find_first_not_of(kBlank, at) == std::string_view::npos;
  }
  return false;
}

}  // namespace vigil::watcher
