#include "agent/hub/store/activity_time.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <unordered_map>
#include <vector>

// A sweep over the ends of all stretches, in order of time. Between two neighbouring ends the set
// of active stretches is constant; that piece is cut at slot borders and shared out.
//
//   human   a-------------b              owner a
//   agent      p-----r                   owner r (session 1)
//   agent         q-------------s        owner s (session 2)
//   pieces  |  |  |  |    |     |

namespace vigil::agent {
namespace {

using parser::Action;
using parser::Actor;

struct Stretch {
  WallTime begin{};
  WallTime end{};
  std::size_t owner = 0;
  bool is_human = false;
};

bool joins(WallTime from, WallTime to, milliseconds limit) {
  return from < to && to - from < limit;
}

bool ends_stretch(const Moment& moment) {
  return moment.actor == Actor::agent && moment.action != Action::session_start &&
         moment.action != Action::session_end;
}

std::vector<Stretch> find_stretches(std::span<const Moment> moments, const TimeLimits& limits) {
  std::vector<Stretch> found;
  std::optional<std::size_t> last_human;
  std::unordered_map<std::uint64_t, WallTime> last_of_session;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Moment& moment = moments[i];
    assert(i == 0 || moments[i - 1].time <= moment.time);
    if (moment.actor == Actor::human) {
      if (last_human && joins(moments[*last_human].time, moment.time, limits.human)) {
        found.push_back({moments[*last_human].time, moment.time, *last_human, true});
      }
      last_human = i;
    }
    const auto [last, is_first] = last_of_session.try_emplace(moment.session, moment.time);
    if (!is_first && ends_stretch(moment) && joins(last->second, moment.time, limits.agent)) {
      found.push_back({last->second, moment.time, i, false});
    }
    last->second = moment.time;
  }
  return found;
}

struct Edge {
  WallTime at{};
  std::uint8_t begins = 0;  ///< ends come before beginnings of the same moment
  std::size_t stretch = 0;

  friend auto operator<=>(const Edge&, const Edge&) = default;
};

std::vector<Edge> edges_of(std::span<const Stretch> stretches) {
  std::vector<Edge> edges;
  edges.reserve(stretches.size() * 2);
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    edges.push_back({stretches[i].begin, 1, i});
    edges.push_back({stretches[i].end, 0, i});
  }
  std::ranges::sort(edges);
  return edges;
}

/// Splits whole microseconds into `parts`, the first ones getting what is left over.
class EvenSplit {
 public:
  EvenSplit(microseconds whole, std::size_t parts)
      : part_(whole / static_cast<std::int64_t>(parts)),
        left_over_((whole % static_cast<std::int64_t>(parts)).count()) {}

  microseconds next() { return part_ + microseconds{left_over_-- > 0 ? 1 : 0}; }

 private:
  microseconds part_;
  std::int64_t left_over_;
};

/// The pieces of a stretch that lie in one slot each, in order.
template <class Take>
void cut_at_slots(WallTime from, WallTime to, SlotRange slots, Take take) {
  from = std::max<WallTime>(from, slots.begin);
  to = std::min<WallTime>(to, slots.end);
  while (from < to) {
    const Slot slot = slot_of(from);
    const WallTime cut = std::min<WallTime>(to, slot + QuarterHours{1});
    take(slot, from, cut);
    from = cut;
  }
}

class Sweep {
 public:
  Sweep(SlotRange slots, const std::function<void(const TimeShare&)>& take)
      : slots_(slots), take_(take) {}

  void change(const Stretch& stretch, bool begins) {
    if (stretch.is_human) {
      has_human_ = begins;
      human_ = stretch.owner;
      return;
    }
    const auto place = std::ranges::lower_bound(agents_, stretch.owner);
    if (begins) {
      agents_.insert(place, stretch.owner);
    } else {
      agents_.erase(place);
    }
  }

  /// Shares out the time between two neighbouring edges.
  void spread(WallTime from, WallTime to) {
    if (!has_human_ && agents_.empty()) return;
    cut_at_slots(from, to, slots_,
                 [this](Slot slot, WallTime begin, WallTime end) { share(slot, begin, end); });
  }

 private:
  void share(Slot slot, WallTime from, WallTime to) const {
    const microseconds length = to - from;
    EvenSplit united(length, agents_.size() + (has_human_ ? 1 : 0));
    if (has_human_) {
      take_({human_, Actor::human, slot, from, to, length, microseconds{0}, united.next()});
    }
    if (agents_.empty()) return;
    EvenSplit agent(length, agents_.size());
    for (const std::size_t owner : agents_) {
      take_({owner, Actor::agent, slot, from, to, microseconds{0}, agent.next(), united.next()});
    }
  }

  SlotRange slots_;
  const std::function<void(const TimeShare&)>& take_;
  bool has_human_ = false;
  std::size_t human_ = 0;            ///< owner
  std::vector<std::size_t> agents_;  ///< owners, ascending
};

bool is_same_day(WallTime a, WallTime b, const TimeZone& zone) {
  const auto day = [&zone](WallTime at) {
    return std::chrono::floor<std::chrono::days>(zone.local_time(at));
  };
  return day(a) == day(b);
}

/// Others' rules: every heartbeat's time is what passes until the next, whoever made them.
void account_row(std::span<const Moment> moments, const TimeRules& rules, SlotRange slots,
                 const std::function<void(const TimeShare&)>& take) {
  for (std::size_t i = 0; i + 1 < moments.size(); ++i) {
    const WallTime from = moments[i].time;
    const WallTime to = moments[i + 1].time;
    if (!joins(from, to, rules.limits.human)) continue;
    if (rules.preset == Preset::wakapi && !is_same_day(from, to, rules.zone)) continue;
    const Actor actor = moments[i].actor;
    cut_at_slots(from, to, slots, [&](Slot slot, WallTime begin, WallTime end) {
      const microseconds length = end - begin;
      const microseconds none{0};
      take({i, actor, slot, begin, end, actor == Actor::human ? length : none,
            actor == Actor::agent ? length : none, length});
    });
  }
}

}  // namespace

void account_time(std::span<const Moment> moments, const TimeRules& rules, SlotRange slots,
                  const std::function<void(const TimeShare&)>& take) {
  if (rules.preset != Preset::vigil) return account_row(moments, rules, slots, take);
  const auto stretches = find_stretches(moments, rules.limits);
  Sweep sweep(slots, take);
  WallTime from{};
  for (const Edge& edge : edges_of(stretches)) {
    if (edge.at != from) sweep.spread(from, edge.at);
    from = edge.at;
    sweep.change(stretches[edge.stretch], edge.begins != 0);
  }
}

}  // namespace vigil::agent
