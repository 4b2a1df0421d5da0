#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/interval_builder.h"
#include "agent/hub/store/stats_query.h"
#include "base/id.h"

namespace vigil::agent {

/// A stored heartbeat and who sent it.
struct ExportedHeartbeat {
  SourceId source;
  std::int64_t seq = 0;
  Heartbeat heartbeat;
};

/// Where a page of an explanation ended: the next one begins behind it.
struct ExplainCursor {
  std::int64_t time = 0;
  std::int64_t seq = 0;

  friend auto operator<=>(const ExplainCursor&, const ExplainCursor&) = default;
};

/// What stands behind the total of a query; what that is broken down by does not matter.
struct ExplainQuery {
  StatsQuery of;
  std::optional<ExplainCursor> after;
  std::size_t limit = 100;  ///< heartbeats
};

/// Time without a break, of the human or of one session's agent.
struct ExplainedInterval {
  Interval interval;
  std::optional<std::string> session;  ///< of an agent's turns; nothing by others' rules
};

/// A heartbeat with the time that is its own.
struct ExplainedHeartbeat {
  ExportedHeartbeat row;          ///< its project is the one that it counts for
  bool is_counted = false;        ///< it lies within the days; else only its time does
  std::optional<WallTime> begin;  ///< of its time, within the days; nothing where it has none
  std::optional<WallTime> end;
  Figures time;  ///< nothing but times
};

/// Times of all intervals, and times of all heartbeats, add up to the total.
struct Explanation {
  Figures total;
  TimeLimits limits;
  std::vector<ExplainedInterval> intervals;    ///< all, in order of their beginnings
  std::vector<ExplainedHeartbeat> heartbeats;  ///< of this page, in order of time
  std::optional<ExplainCursor> next;           ///< nothing after the last page
};

/// What one actor did of one kind.
struct TimelineLane {
  parser::Actor actor = parser::Actor::unknown;
  std::optional<std::string> key;
  std::vector<Interval> intervals;
};

struct Timeline {
  std::vector<TimelineLane> lanes;  ///< human, agent, unknown; of each in order of their keys
  TimeLimits limits;
};

}  // namespace vigil::agent
