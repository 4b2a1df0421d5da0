#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigil {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<std::vector<std::byte>> from_hex(std::string_view text);

/// Standard base64 (RFC 4648 section 4) with padding.
[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes);

/// Strict: padding is required, unused bits must be zero, no white space.
[[nodiscard]] std::optional<std::vector<std::byte>> from_base64(std::string_view text);

/// The low `out.size()` base-36 digits (0-9a-z) of `value`, most significant first.
void put_base36(std::uint64_t value, std::span<char> out);

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // char may alias anything
}

}  // namespace vigil
