// Signatures that fulfil the equation of RFC 8032 and still prove nothing: a verifier that only
// does the sum takes every one of these.

#include <sodium.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "base/encoding.h"
#include "crypto/ed25519.h"

namespace vigil::crypto {
namespace {

using Bytes32 = std::array<unsigned char, 32>;
using Bytes64 = std::array<unsigned char, 64>;

constexpr std::string_view kMessage = "a batch that nobody sent";
constexpr std::string_view kIdentityPoint =
    "0100000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kBasePoint =
    "5866666666666666666666666666666666666666666666666666666666666666";

Bytes32 bytes32(std::string_view hex) {
  const auto bytes = from_hex(hex);
  Bytes32 out{};
  REQUIRE((bytes && bytes->size() == out.size()));
  std::ranges::transform(*bytes, out.begin(),
                         [](std::byte b) { return static_cast<unsigned char>(b); });
  return out;
}

PublicKey public_key(const Bytes32& bytes) {
  PublicKey key{};
  std::ranges::transform(bytes, key.begin(), [](unsigned char c) { return std::byte{c}; });
  return key;
}

Signature signature_of(const Bytes32& point, const Bytes32& scalar) {
  Signature signature{};
  const auto as_byte = [](unsigned char c) { return std::byte{c}; };
  std::ranges::transform(point, signature.begin(), as_byte);
  std::ranges::transform(scalar, signature.begin() + 32, as_byte);
  return signature;
}

/// SHA-512(R, A, M) as a scalar: the challenge of the signature equation S*B = R + h*A.
Bytes32 challenge(const Bytes32& point, const Bytes32& key) {
  std::string text(point.begin(), point.end());
  text.append(key.begin(), key.end()).append(kMessage);
  Bytes64 hash{};
  crypto_hash_sha512(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  Bytes32 out{};
  crypto_core_ed25519_scalar_reduce(out.data(), hash.data());
  return out;
}

TEST_CASE("no signature holds for a key of small order", "[crypto][unit]") {
  // With A the identity, h*A vanishes: R = B and S = 1 "sign" any message.
  Bytes32 one{};
  one[0] = 1;
  const Signature forged = signature_of(bytes32(kBasePoint), one);
  CHECK_FALSE(verify(forged, kMessage, public_key(bytes32(kIdentityPoint))));
}

TEST_CASE("a commitment of small order is refused even from the key's owner", "[crypto][unit]") {
  // R the identity, S = h*a: right by the sum, but such signatures can hold for two messages
  // under other verifiers.
  const std::string seed(kSeedSize, 's');
  const auto pair = KeyPair::from_seed(bytes_of(seed));
  REQUIRE(pair);
  Bytes64 hash{};
  crypto_hash_sha512(hash.data(), reinterpret_cast<const unsigned char*>(seed.data()), seed.size());
  Bytes64 secret{};
  std::copy_n(hash.begin(), 32, secret.begin());
  secret[0] &= 248;
  secret[31] = static_cast<unsigned char>((secret[31] & 127) | 64);
  Bytes32 a{};
  crypto_core_ed25519_scalar_reduce(a.data(), secret.data());

  Bytes32 key{};
  std::ranges::transform(pair->public_key(), key.begin(),
                         [](std::byte b) { return static_cast<unsigned char>(b); });
  Bytes32 derived{};
  REQUIRE(crypto_scalarmult_ed25519_base_noclamp(derived.data(), a.data()) == 0);
  REQUIRE(derived == key);  // a is the secret scalar of this key

  const Bytes32 point = bytes32(kIdentityPoint);
  const Bytes32 h = challenge(point, key);
  Bytes32 scalar{};
  crypto_core_ed25519_scalar_mul(scalar.data(), h.data(), a.data());
  CHECK_FALSE(verify(signature_of(point, scalar), kMessage, pair->public_key()));
}

}  // namespace
}  // namespace vigil::crypto
