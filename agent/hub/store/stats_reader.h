#pragma once

#include <vector>

#include "agent/hub/store/sqlite_forward.h"
#include "agent/hub/store/stats_query.h"
#include "base/result.h"

namespace vigil::agent {

class Names;

/// Answers a query from what was rolled up and, where that is stale or too coarse, from the
/// heartbeats. Inside the caller's transaction; throws SQLite::Exception. `malformed`: too many
/// dimensions or items, a dimension twice, a filter on time, a timeout out of bounds.
[[nodiscard]] Result<Stats> read_stats(SQLite::Database& db, Names& names, const StatsQuery& query);

/// Whether what was rolled up, where it is not stale, is what the heartbeats give. As read_stats().
[[nodiscard]] Result<bool> rollups_agree(SQLite::Database& db, Names& names);

/// In order of their keys, absent ones last.
void sort_by_keys(std::vector<StatsItem>& items);

}  // namespace vigil::agent
