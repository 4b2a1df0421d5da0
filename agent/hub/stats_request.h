#pragma once

#include <string>
#include <vector>

#include "agent/hub/http_message.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/stats_query.h"
#include "base/result.h"

namespace vigil::agent {

/// What the parameters of a query say about time. `from` and `to` are days and both inclusive;
/// `range` is a word or days of parse_range; `tz` an IANA name. `malformed` names the parameter.
struct TimeParameters {
  DayRange days;
  TimeZone zone;
};
[[nodiscard]] Result<TimeParameters> time_parameters(const Request& request,
                                                     const std::string& default_zone,
                                                     std::string_view default_range, WallTime now);

/// `from`, `to`, `range`, `tz`, `by` (dimensions, commas between them) and any dimension's name as
/// a filter.
[[nodiscard]] Result<StatsQuery> stats_query(const Request& request,
                                             const std::string& default_zone, WallTime now);

/// `{"from","to","tz","items":[{dimension...,"heartbeats","seconds","human_seconds",
/// "agent_seconds","tokens":{...}}],"total":{...}}`. Seconds are numbers with up to three decimals.
[[nodiscard]] std::string stats_json(const StatsQuery& query, const Stats& stats);

}  // namespace vigil::agent
