#include "parser/editors/lock_link.h"

#include <charconv>

namespace vigil::parser {

std::optional<LockHolder> parse_lock_link(std::string_view target) {
  const auto at = target.find('@');
  if (at == std::string_view::npos || at == 0 || target.contains('/')) return std::nullopt;
  auto holder = target.substr(at + 1);
  holder = holder.substr(0, holder.rfind(':'));
  const auto dot = holder.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto digits = holder.substr(dot + 1);
  LockHolder found;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), found.pid);
  if (error != std::errc{} || end != digits.data() + digits.size() || found.pid <= 0) {
    return std::nullopt;
  }
  found.is_joe = holder.substr(0, dot) == "here";
  return found;
}

}  // namespace vigil::parser
