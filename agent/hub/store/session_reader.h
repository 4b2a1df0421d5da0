#pragma once

#include "agent/hub/store/session_summary.h"
#include "agent/hub/store/sqlite_forward.h"
#include "base/result.h"

namespace vigil::agent {

class Names;

/// All sessions with a heartbeat within the query's days that passes its filters; a summary counts
/// what passes. Inside the caller's transaction; throws SQLite::Exception. `malformed` as
/// read_stats(), and where there are more than kSessionsMax.
[[nodiscard]] Result<Sessions> read_sessions(SQLite::Database& db, Names& names,
                                             const StatsQuery& query);

}  // namespace vigil::agent
