#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace vigil::watcher {

/// Lines as records want them, and what was taken out on the way.
struct SplitLines {
  std::vector<std::string_view> lines;  ///< into the text that was split
  std::uint64_t nul_bytes = 0;
  std::uint64_t oversized = 0;  ///< lines dropped because longer than the limit
};

/// Splits whole lines (the last one may lack its LF): LF and CR come off, empty lines go, a run of
/// NUL (the hole that a crashed writer leaves) parts a line in two, lines over `line_max` bytes
/// are dropped and counted.
[[nodiscard]] SplitLines split_lines(std::string_view text, std::size_t line_max);

/// Without the byte order mark that some editors put at the start of a file.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text);

}  // namespace vigil::watcher
