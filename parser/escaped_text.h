#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// Measures of texts that must not be kept, taken where they lie in a line: `escaped` is what
/// stands between the quotes of a JSON string. Nothing is unescaped or copied. Pure functions.
namespace vigil::parser {

/// An escaped surrogate pair is one code point.
[[nodiscard]] std::int64_t count_escaped_code_points(std::string_view escaped);

/// A last line without a line end counts.
[[nodiscard]] std::int64_t count_escaped_lines(std::string_view escaped);

struct ChangedLines {
  std::int64_t added = 0;
  std::int64_t removed = 0;

  friend bool operator==(const ChangedLines&, const ChangedLines&) = default;
};

/// Texts with more lines than this are not compared.
inline constexpr std::size_t kComparedLinesMax = 4096;

/// Lines by which `after` differs from `before`, not counting those that both begin or end with.
/// Nothing where one of them has more than kComparedLinesMax lines.
[[nodiscard]] std::optional<ChangedLines> compare_escaped_lines(std::string_view before,
                                                                std::string_view after);

}  // namespace vigil::parser
