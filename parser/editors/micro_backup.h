#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vigil::parser {

/// The file that a name in micro's folder of backups stands for: with `%` for every slash, or
/// (since 2.0.14) percent-encoded as in a URL. The backup itself is the text and is never opened.
[[nodiscard]] std::optional<std::string> owner_of_micro_backup(std::string_view name);

}  // namespace vigil::parser
