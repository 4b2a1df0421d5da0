#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

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

/// Who asks a question when: what its parameters do not say.
struct AskedAt {
  std::string default_zone;
  WallTime now{};
};

/// Whether a route's answers have times, so that `preset` and `timeout_seconds` mean something.
enum class Accounting : bool { none, of_time };

/// What one route takes beside `from`, `to`, `range`, `tz` and any dimension that is no period as a
/// filter.
struct RouteTerms {
  Accounting accounting = Accounting::of_time;
  std::string_view default_range = "today";
  std::span<const std::string_view> own{};  ///< names of further parameters
};

/// `preset` is `vigil`, `wakatime` or `wakapi`; `by` (dimensions, commas between them) is read
/// where it is one of the route's own. `malformed` names the parameter.
[[nodiscard]] Result<StatsQuery> query_parameters(const Request& request, const AskedAt& asked,
                                                  const RouteTerms& terms);

/// A question for statistics, and what they are compared with (`compare=previous`).
struct StatsRequest {
  StatsQuery query;
  std::optional<StatsQuery> previous;
};
[[nodiscard]] Result<StatsRequest> stats_request(const Request& request, const AskedAt& asked);

/// `{"from","to","tz","method":{"preset","timeout_seconds","agent_gap_seconds"},
/// "items":[{dimension...,"heartbeats","seconds","human_seconds","agent_seconds","tokens":{...}}],
/// "total":{...}}`. Seconds are numbers with up to three decimals. Where nothing but time tells the
/// items from each other they and the total have `overlap_seconds`, human and agent at once.
[[nodiscard]] std::string stats_json(const StatsQuery& query, const Stats& stats);

/// The same with the other's `from`, `to`, `items` and `total` as `previous`.
[[nodiscard]] std::string stats_json(const StatsQuery& query, const Stats& stats,
                                     const StatsQuery& other, const Stats& previous);

}  // namespace vigil::agent
