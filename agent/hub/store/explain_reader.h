#pragma once

#include "agent/hub/store/explanation.h"
#include "agent/hub/store/sqlite_forward.h"
#include "base/result.h"

namespace vigil::agent {

class Names;

/// Inside the caller's transaction; throws SQLite::Exception. `malformed` as read_stats(), and
/// where there is more than kIntervalsMax or kIntervalHeartbeatsMax.
[[nodiscard]] Result<Explanation> read_explanation(SQLite::Database& db, Names& names,
                                                   const ExplainQuery& query);

/// Lanes by the query's one dimension, which is no period; without one a lane for each actor. Else
/// as read_explanation().
[[nodiscard]] Result<Timeline> read_timeline(SQLite::Database& db, Names& names,
                                             const StatsQuery& query);

}  // namespace vigil::agent
