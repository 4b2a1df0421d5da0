#pragma once

#include "agent/hub/routes.h"
#include "agent/hub/stats_request.h"

namespace vigil::agent {

/// Timecode's routes for statistics (docs/formats/timecode.md) from the store: `seconds` is human
/// time, of all sources. Parameters: `from`, `to`, `tz`, `machineId`, and `limit` of the
/// leaderboard. What is wrong is 400 `{"error":text}`.
[[nodiscard]] Response answer_timecode(Route route, HubReader& reader, const Request& request,
                                       const AskedAt& asked);

}  // namespace vigil::agent
