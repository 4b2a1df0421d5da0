#pragma once

#include <string_view>

namespace vigil::parser {

/// The language of a file by its name alone, spelled as GitHub Linguist and WakaTime spell it
/// (`C++`, `TypeScript`, `Markdown`); empty where the name tells nothing.
[[nodiscard]] std::string_view language_of(std::string_view path);

}  // namespace vigil::parser
