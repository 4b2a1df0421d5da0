#pragma once

#include "base/clock.h"

namespace vigil {

/// The machine's own clocks: CLOCK_REALTIME and CLOCK_BOOTTIME.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] MonoTime mono_now() const override;
};

}  // namespace vigil
