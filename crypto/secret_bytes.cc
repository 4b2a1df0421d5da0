#include "crypto/secret_bytes.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace vigil::crypto {

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  check(sodium_init() >= 0);
  data_ = static_cast<std::byte*>(sodium_malloc(size));
  check(data_ != nullptr);
  wipe(bytes());
}

SecretBytes::SecretBytes(std::span<const std::byte> from) : SecretBytes(from.size()) {
  std::ranges::copy(from, data_);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SecretBytes::~SecretBytes() {
  sodium_free(data_);
}

void wipe(std::span<std::byte> bytes) {
  sodium_memzero(bytes.data(), bytes.size());
}

}  // namespace vigil::crypto
