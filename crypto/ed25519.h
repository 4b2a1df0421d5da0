#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/secret_bytes.h"

namespace vigil::crypto {

inline constexpr std::size_t kSeedSize = 32;

using PublicKey = std::array<std::byte, 32>;
using Signature = std::array<std::byte, 64>;

/// An Ed25519 key (RFC 8032). Safe to use from several threads at once.
class KeyPair {
 public:
  /// `malformed` unless the seed has kSeedSize bytes and gives a usable key.
  [[nodiscard]] static Result<KeyPair> from_seed(std::span<const std::byte> seed);

  [[nodiscard]] const PublicKey& public_key() const { return public_; }
  [[nodiscard]] std::span<const std::byte> seed() const;
  [[nodiscard]] Signature sign(std::string_view message) const;

 private:
  KeyPair() = default;

  SecretBytes secret_;  ///< seed and public key, as libsodium wants them
  PublicKey public_{};
};

/// Strict: refuses small-order keys, points of small order and non-canonical scalars, so that a
/// signature has one form and says that one key's owner made it.
[[nodiscard]] bool verify(std::span<const std::byte, 64> signature, std::string_view message,
                          const PublicKey& key);

/// Whether a public key is a canonical point of the main group. A small-order one would accept
/// signatures that nobody made.
[[nodiscard]] bool is_strong_public_key(const PublicKey& key);

/// First 8 bytes of the key's SHA-256, in hex.
[[nodiscard]] std::string key_id(const PublicKey& key);

/// A public key in base64; `malformed` for other lengths and weak keys.
[[nodiscard]] Result<PublicKey> parse_public_key(std::string_view base64);

}  // namespace vigil::crypto
