#pragma once

#include <cstddef>
#include <span>

namespace vigil::crypto {

/// Bytes that must not leak: kept out of swap and core dumps between guard pages, wiped at the end.
/// Move-only, and deliberately without `operator<<`, `==` or a copy.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  ///< zeros
  /// Copies `from` and leaves it to the caller to wipe that.
  explicit SecretBytes(std::span<const std::byte> from);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::byte> bytes() { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Overwrites memory in a way that no optimiser removes.
void wipe(std::span<std::byte> bytes);

}  // namespace vigil::crypto
