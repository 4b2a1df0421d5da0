#pragma once

#include <cstddef>
#include <string_view>

namespace vigil::parser {

/// How much of a file's beginning tells its language; what is behind it is not looked at.
inline constexpr std::size_t kLanguageHeadMax = 4096;

/// The language of a file by its name alone, spelled as GitHub Linguist spells it (`C++`,
/// `TypeScript`, `Markdown`); empty where the name tells nothing. An extension that several
/// languages share is the most used one's. Upper and lower case are the same. No allocation.
[[nodiscard]] std::string_view language_of(std::string_view path);

/// The same where the beginning of the file is known: by what an editor's modeline says, by
/// name, by the interpreter of its first line, and by what distinguishes the languages that share
/// its extension. Nothing of the content is kept.
[[nodiscard]] std::string_view language_of(std::string_view path, std::string_view head);

}  // namespace vigil::parser
