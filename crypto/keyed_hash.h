#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "crypto/secret_bytes.h"

namespace vigil::crypto {

/// The first 8 bytes of keyed BLAKE2b of a text, in hex: a name that tells nothing to whoever does
/// not have the key. `key` is 16 to 64 bytes.
[[nodiscard]] std::string keyed_name(std::span<const std::byte> key, std::string_view text);

/// 32 bytes that follow from a secret and a purpose; different purposes tell nothing of each other.
[[nodiscard]] SecretBytes derive_secret(std::span<const std::byte> secret,
                                        std::string_view purpose);

}  // namespace vigil::crypto
