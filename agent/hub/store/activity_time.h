#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <ratio>
#include <span>

#include "agent/hub/store/time_zone.h"
#include "base/time.h"
#include "parser/activity.h"

namespace vigil::agent {

using std::chrono::microseconds;

/// Time is accounted in quarters of an hour UTC: every zone in use since 1972 is a whole number of
/// them away from UTC, so that days and hours of any zone are sums of slots.
using QuarterHours = std::chrono::duration<std::int64_t, std::ratio<900>>;
using Slot = std::chrono::sys_time<QuarterHours>;

[[nodiscard]] constexpr Slot slot_of(WallTime time) {
  return std::chrono::floor<QuarterHours>(time);
}

/// Slots from `begin` up to, not including, `end`.
struct SlotRange {
  Slot begin{};
  Slot end{};

  friend bool operator==(const SlotRange&, const SlotRange&) = default;
};

/// How far apart two heartbeats may be and still be one stretch of activity: less than this.
struct TimeLimits {
  milliseconds human = std::chrono::minutes{15};
  milliseconds agent = std::chrono::minutes{5};

  /// The farthest that a heartbeat can influence the time around it.
  [[nodiscard]] milliseconds reach() const { return std::max(human, agent); }

  friend bool operator==(const TimeLimits&, const TimeLimits&) = default;
};

/// By whose rules time is accounted.
enum class Preset : std::uint8_t {
  vigil,     ///< human time is a union, agents' time goes by turns; see account_time()
  wakatime,  ///< WakaTime's: all heartbeats in one row, neighbours within the timeout are joined
  wakapi,    ///< Wakapi's: the same, but no stretch goes over midnight
};

/// The timeout that a preset stands for where none is asked for.
[[nodiscard]] constexpr milliseconds timeout_of(Preset preset) {
  return preset == Preset::wakapi ? std::chrono::minutes{10} : std::chrono::minutes{15};
}

/// How one answer accounts time.
struct TimeRules {
  Preset preset = Preset::vigil;
  TimeLimits limits;
  TimeZone zone{};  ///< in which days end; only Wakapi's rules ask

  /// The farthest that a heartbeat can influence the time around it.
  [[nodiscard]] milliseconds reach() const {
    return preset == Preset::vigil ? limits.reach() : limits.human;
  }
};

/// What accounting needs to know of a heartbeat.
struct Moment {
  WallTime time{};
  parser::Actor actor = parser::Actor::unknown;
  parser::Action action = parser::Action::tool;
  std::uint64_t session = 0;  ///< equal for heartbeats of one session; 0 is a session too
};

/// A part of one slot that is attributed to one heartbeat.
struct TimeShare {
  std::size_t owner = 0;                         ///< index of the moment
  parser::Actor actor = parser::Actor::unknown;  ///< whose time it is
  Slot slot{};
  WallTime begin{};  ///< of the piece that is shared, within the slot
  WallTime end{};
  microseconds human{};
  microseconds agent{};
  microseconds united{};  ///< of the union of human and agent time
};

/// Attributes the time within `slots` to heartbeats. `moments` are in order of time (and those of
/// equal time in an order that does not depend on their arrival), and complete from
/// `slots.begin - rules.reach()` to `slots.end + rules.reach()`. Shares come in order of time.
///
/// By Vigil's rules:
///
/// - Human: from one human heartbeat to the next, if that comes within the limit, is one stretch;
///   it belongs to the earlier of the two. There is one human: two editors never count twice.
/// - Agent: from any heartbeat of a session to the next one of the same session, if that is the
///   agent's and comes within the limit, is a stretch; it belongs to the later one, whose making it
///   was. So a prompt starts a turn, and waiting for a human is nobody's time. Starts and ends of
///   sessions end no stretch: nothing was being made.
/// - An unknown actor owns no time.
///
/// Where n turns run at once, each gets 1/n of the agent time; `united` is shared equally by all
/// that are active, the human being one. Shares are whole microseconds and add up exactly: to the
/// union of all agents' stretches, and to the union of those and the human's. A slot's shares do
/// not depend on what other slots are asked for.
///
/// By the others' rules there are no actors and no turns: from any heartbeat to the next of all,
/// where that comes within `limits.human` (and, by Wakapi's, on the same day), is the earlier
/// one's. It is `human` or `agent` after whoever made that heartbeat, neither where that is
/// unknown, and always `united`.
void account_time(std::span<const Moment> moments, const TimeRules& rules, SlotRange slots,
                  const std::function<void(const TimeShare&)>& take);

}  // namespace vigil::agent
