#include "crypto/keyed_hash.h"

#include <sodium.h>

#include <array>

#include "base/check.h"
#include "base/encoding.h"

namespace vigil::crypto {
namespace {

void hash(std::span<const std::byte> key, std::string_view text, std::span<std::byte> out) {
  // libsodium takes unsigned char; our bytes may alias it.
  check(sodium_init() >= 0);
  check(crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                           reinterpret_cast<const unsigned char*>(key.data()), key.size()) == 0);
}

}  // namespace

std::string keyed_name(std::span<const std::byte> key, std::string_view text) {
  std::array<std::byte, 16> full{};  // the shortest that BLAKE2b has here
  hash(key, text, full);
  return to_hex(std::span(full).first<8>());
}

SecretBytes derive_secret(std::span<const std::byte> secret, std::string_view purpose) {
  SecretBytes out(32);
  hash(secret, purpose, out.bytes());
  return out;
}

}  // namespace vigil::crypto
