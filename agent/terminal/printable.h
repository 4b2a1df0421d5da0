#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::agent {

/// Text that somebody else chose (a project's, a file's, a model's name) as it may be shown on a
/// terminal: control characters, characters that turn the direction of writing, and bytes that are
/// not UTF-8 are written as escapes (`\x1b`, `\u202e`), so that a name can neither move the cursor
/// nor look like another one.
[[nodiscard]] std::string printable(std::string_view text);

/// How many columns a printable text takes: one per code point, two for East Asian wide ones, none
/// for combining marks.
[[nodiscard]] std::size_t columns_of(std::string_view printable_text);

/// `12,345`.
[[nodiscard]] std::string format_count(std::int64_t count);

/// `3h 12m`, `12m`, `5s`, `0s`.
[[nodiscard]] std::string format_span(std::int64_t seconds);

/// `310 B`, `12.5 MiB`.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace vigil::agent
