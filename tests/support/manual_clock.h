#pragma once

#include <mutex>

#include "base/clock.h"

namespace vigil::test {

/// A clock that stands still until a test moves it. Both times start at round, unequal moments.
/// Thread-safe.
class ManualClock final : public Clock {
 public:
  static constexpr WallTime kWallStart{milliseconds{1'700'000'000'000}};
  static constexpr MonoTime kMonoStart{std::chrono::hours{1}};

  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] MonoTime mono_now() const override;

  /// Time passes: both clocks go on together.
  void advance(milliseconds by);

  /// Somebody sets the machine's clock: only civil time jumps.
  void jump_wall(milliseconds by);

 private:
  mutable std::mutex mutex_;
  WallTime wall_ = kWallStart;
  MonoTime mono_ = kMonoStart;
};

}  // namespace vigil::test
