#include "base/system_clock.h"

#include <ctime>

namespace vigil {
namespace {

std::chrono::nanoseconds read_clock(clockid_t id) {
  timespec now{};
  ::clock_gettime(id, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace

WallTime SystemClock::wall_now() const {
  return WallTime{std::chrono::floor<milliseconds>(read_clock(CLOCK_REALTIME))};
}

MonoTime SystemClock::mono_now() const {
  return MonoTime{read_clock(CLOCK_BOOTTIME)};
}

}  // namespace vigil
