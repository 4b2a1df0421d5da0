#include "base/digest.h"

#include <openssl/evp.h>

#include <cstdint>

#include "base/check.h"

namespace vigil {

struct Sha256::State {
  // Fetched once per hasher: an implicit fetch at every message costs more than a short message.
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> method{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                         &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  check(EVP_DigestInit_ex2(state_->context.get(), state_->method.get(), nullptr) == 1);
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::add(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
  return *this;
}

Sha256& Sha256::add(std::string_view text) {
  return add(std::as_bytes(std::span(text)));
}

Sha256& Sha256::add_field(std::string_view text) {
  std::array<std::byte, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<std::byte>((static_cast<std::uint64_t>(text.size()) >> (8 * i)) & 255);
  }
  return add(length).add(text);
}

Digest Sha256::finish() {
  Digest out{};
  unsigned size = 0;
  auto* raw = reinterpret_cast<unsigned char*>(out.data());  // OpenSSL wants unsigned char
  check(EVP_DigestFinal_ex(state_->context.get(), raw, &size) == 1 && size == out.size());
  check(EVP_DigestInit_ex2(state_->context.get(), state_->method.get(), nullptr) == 1);
  return out;
}

Digest sha256(std::string_view text) {
  return Sha256().add(text).finish();
}

}  // namespace vigil
