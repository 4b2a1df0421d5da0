#include "tests/support/manual_clock.h"

namespace vigil::test {

WallTime ManualClock::wall_now() const {
  const std::scoped_lock lock(mutex_);
  return wall_;
}

MonoTime ManualClock::mono_now() const {
  const std::scoped_lock lock(mutex_);
  return mono_;
}

void ManualClock::advance(milliseconds by) {
  const std::scoped_lock lock(mutex_);
  wall_ += by;
  mono_ += by;
}

void ManualClock::jump_wall(milliseconds by) {
  const std::scoped_lock lock(mutex_);
  wall_ += by;
}

}  // namespace vigil::test
