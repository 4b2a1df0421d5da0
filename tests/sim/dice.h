#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "base/random.h"

namespace vigil::sim {

/// Seeded pseudo-random numbers (SplitMix64). A value: equal seeds give equal sequences on every
/// machine and compiler, unlike the standard library's distributions.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  /// From 0 to `end` - 1.
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : next() % end; }
  /// From `first` to `last`, both possible.
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first + 1)));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  bool percent(std::uint64_t chance) { return below(100) < chance; }

  /// A sequence of its own, so that what one part draws does not shift what others draw.
  [[nodiscard]] Dice fork(std::uint64_t salt) const {
    Dice mixed(state_ ^ (salt * 0xD1B54A32D192ED03ULL));
    mixed.next();
    return mixed;
  }

 private:
  std::uint64_t state_;
};

/// What the program takes for the system's randomness.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : dice_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(dice_.next() >> 56U);
  }

 private:
  Dice dice_;
};

}  // namespace vigil::sim
