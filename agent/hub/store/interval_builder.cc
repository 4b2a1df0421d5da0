#include "agent/hub/store/interval_builder.h"

#include <algorithm>

namespace vigil::agent {

void IntervalBuilder::add(std::uint32_t lane, std::int64_t heartbeat, const TimeShare& share) {
  const auto [open, is_first] = open_.try_emplace({lane, share.actor}, 0);
  if (is_first || intervals_[open->second].end < share.begin) {
    is_full_ = is_full_ || intervals_.size() == kIntervalsMax;
    if (is_full_) {
      open_.erase(open);
      return;
    }
    open->second = intervals_.size();
    intervals_.push_back({.lane = lane, .actor = share.actor, .begin = share.begin});
  }
  Interval& interval = intervals_[open->second];
  interval.end = std::max(interval.end, share.end);
  interval.human += share.human;
  interval.agent += share.agent;
  interval.united += share.united;
  const auto [last, is_new] = last_of_.try_emplace(heartbeat, open->second);
  if (is_new || last->second != open->second) ++interval.heartbeats;
  last->second = open->second;
}

std::vector<Interval> IntervalBuilder::take() && {
  std::ranges::sort(intervals_, {}, [](const Interval& interval) {
    return std::tuple(interval.begin, interval.lane, interval.actor);
  });
  return std::move(intervals_);
}

}  // namespace vigil::agent
