#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::parser {

/// What a language is for, as Linguist sorts them.
enum class LanguageKind : std::uint8_t { programming, data, markup, prose };

/// Whose a key of a table is. `shared`: other languages use the key too, so that only the content
/// tells; `language` is then the most used one, or empty where none is.
struct LanguageMatch {
  std::string_view language;
  bool shared = false;
};

/// GitHub Linguist's tables. Keys are in lower case; only names that consist of capitals (`BUILD`)
/// are not. What is not in a table is an empty match. No allocation, no start-up work.
[[nodiscard]] LanguageMatch language_by_name(std::string_view name);
[[nodiscard]] LanguageMatch language_by_extension(std::string_view extension);
[[nodiscard]] LanguageMatch language_by_interpreter(std::string_view interpreter);
[[nodiscard]] LanguageMatch language_by_alias(std::string_view alias);

/// Nothing for what is no language's name.
[[nodiscard]] std::optional<LanguageKind> kind_of(std::string_view language);

[[nodiscard]] std::size_t language_count();

}  // namespace vigil::parser
