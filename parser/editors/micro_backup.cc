#include "parser/editors/micro_backup.h"

#include <algorithm>

#include "parser/editors/trace_path.h"

namespace vigil::parser {

std::optional<std::string> owner_of_micro_backup(std::string_view name) {
  if (!name.starts_with('%')) return std::nullopt;
  if (name.starts_with("%2F")) {
    const auto path = percent_decoded(name);
    return path ? trace_path(*path) : std::nullopt;
  }
  std::string path(name);
  std::ranges::replace(path, '%', '/');
  return trace_path(path);
}

}  // namespace vigil::parser
