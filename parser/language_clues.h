#pragma once

#include <string_view>

namespace vigil::parser {

/// The language of a text whose extension several languages share, by what only one of them
/// writes (`parser/language_clues.inc`). `extension` is in lower case without its dot. Empty where
/// nothing tells: then the extension's most used language is the best guess.
[[nodiscard]] std::string_view language_by_clues(std::string_view extension, std::string_view head);

/// The rules' text, for tests.
[[nodiscard]] std::string_view language_clues();

}  // namespace vigil::parser
