#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/hub/store/activity_time.h"

namespace vigil::agent {

/// Most intervals, and most heartbeats behind them, of one answer.
inline constexpr std::size_t kIntervalsMax = 20'000;
inline constexpr std::size_t kIntervalHeartbeatsMax = 200'000;

/// Time of one actor in one lane without a break.
struct Interval {
  std::uint32_t lane = 0;
  parser::Actor actor = parser::Actor::unknown;
  WallTime begin{};
  WallTime end{};
  std::size_t heartbeats = 0;  ///< whose time it is
  microseconds human{};        ///< shares, so that intervals add up however many run at once
  microseconds agent{};
  microseconds united{};
};

/// Joins shares to intervals, by lanes of the caller's. Shares must come as a scan gives them.
/// Pure; not thread-safe.
class IntervalBuilder {
 public:
  /// `heartbeat` is the number in the store of the one whose time it is.
  void add(std::uint32_t lane, std::int64_t heartbeat, const TimeShare& share);

  /// Past kIntervalsMax there was no room: they are not complete.
  [[nodiscard]] bool is_full() const { return is_full_; }

  /// In order of their beginnings.
  [[nodiscard]] std::vector<Interval> take() &&;

 private:
  std::vector<Interval> intervals_;
  std::map<std::pair<std::uint32_t, parser::Actor>, std::size_t> open_;
  std::unordered_map<std::int64_t, std::size_t> last_of_;  ///< interval of a heartbeat
  bool is_full_ = false;
};

}  // namespace vigil::agent
