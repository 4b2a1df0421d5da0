#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::agent {

/// `250ms`, `60s`, `15min`, `1h`, `14d`: a whole number and its unit, nothing else. Nothing where
/// the text is not that or is beyond what 64 bits of milliseconds hold.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest exact form in the largest unit: 60,000 ms is `1min`.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);

/// `512B`, `900KiB`, `64MiB`, `1GiB`: bytes.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
[[nodiscard]] std::string format_size(std::int64_t bytes);

/// A whole decimal number, no sign but a leading minus.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace vigil::agent
