#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "agent/hub/store/sqlite_forward.h"
#include "agent/hub/store/stats_query.h"
#include "base/time.h"

namespace vigil::agent {

class Names;

/// Which heartbeats are to be forgotten: those that pass all filters (at least one; of one
/// dimension any) and are older than `before`.
struct ForgetQuery {
  std::vector<StatsFilter> filters;
  std::optional<WallTime> before;
};

/// How many heartbeats that would be. Throws SQLite::Exception.
[[nodiscard]] std::size_t count_events(SQLite::Database& db, Names& names,
                                       const ForgetQuery& query);

/// Erases heartbeats and leaves their ids in table `forgotten`, so that they are not stored again
/// whoever sends them; marks their slots; and overwrites texts that nothing refers to any more.
/// Returns how many. Inside the caller's transaction; throws SQLite::Exception.
std::size_t forget_events(SQLite::Database& db, Names& names, const ForgetQuery& query);

}  // namespace vigil::agent
