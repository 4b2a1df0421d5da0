#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil {

using std::chrono::milliseconds;

/// A moment of civil time, UTC, ms. Data only: no timer may wait for one, since wall clocks jump.
using WallTime = std::chrono::sys_time<milliseconds>;

/// Names the clock that timers use: it never goes back and counts through suspend
/// (CLOCK_BOOTTIME). Deliberately has no now(): ask a `Clock`.
struct BootClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<BootClock, duration>;
  static constexpr bool is_steady = true;
};
using MonoTime = BootClock::time_point;

/// Milliseconds since 1970-01-01T00:00:00Z; may be negative.
[[nodiscard]] constexpr std::int64_t unix_ms(WallTime time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] constexpr WallTime from_unix_ms(std::int64_t ms) {
  return WallTime{milliseconds{ms}};
}

/// As file systems say when something changed; the rest of a millisecond is cut.
[[nodiscard]] constexpr WallTime from_unix_ns(std::int64_t ns) {
  return std::chrono::floor<milliseconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{ns}});
}

/// `2026-09-01T08:00:04.100Z`. Years 0000 to 9999; anything beyond is clamped to that range.
[[nodiscard]] std::string format_rfc3339(WallTime time);

/// Reads RFC 3339 with `Z` or a numeric offset, `T` or a space, 0 to 9 fraction digits (cut to ms).
/// Nothing where the text is not exactly that, or names a day that does not exist.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace vigil
