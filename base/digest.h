#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace vigil {

using Digest = std::array<std::byte, 32>;

/// SHA-256, fed piece by piece. Reusable: finish() starts a new message. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  Sha256& add(std::span<const std::byte> bytes);
  Sha256& add(std::string_view text);

  /// Adds the length and then the text, so that ("ab","c") and ("a","bc") differ.
  Sha256& add_field(std::string_view text);

  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view text);

}  // namespace vigil
