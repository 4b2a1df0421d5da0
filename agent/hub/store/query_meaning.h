#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/hub/store/corrections.h"
#include "agent/hub/store/figure_sink.h"
#include "agent/hub/store/sqlite_forward.h"
#include "agent/hub/store/stats_query.h"
#include "base/result.h"

namespace vigil::agent {

class Names;

// What a query means in a store. Those that read it work inside the caller's transaction and throw
// SQLite::Exception.

/// `malformed`: too many dimensions, one twice, a filter on time, a timeout out of bounds. The
/// message begins with the name of the parameter.
[[nodiscard]] Result<void> check_query(const StatsQuery& query);

/// The preset's limits, the store's for Vigil's, with the query's timeout.
[[nodiscard]] TimeRules rules_of(SQLite::Database& db, const StatsQuery& query);

/// Its days, but not beyond those that hold anything.
[[nodiscard]] SlotRange slots_of(SQLite::Database& db, const StatsQuery& query,
                                 const TimeRules& rules);

/// Filters of one dimension become one.
[[nodiscard]] std::vector<ValueFilter> numbered_filters(const std::vector<StatsFilter>& filters,
                                                        Names& names);

/// What rows of `events` pass the filters: ` AND project IN (3,4) AND ...`, empty without any.
[[nodiscard]] std::string filter_sql(const std::vector<ValueFilter>& filters);

/// The values of a scanned heartbeat with the name that its project is told by, which is what
/// filters and breakdowns go by.
[[nodiscard]] DimensionValues as_told(DimensionValues values, const Corrections& corrections);

/// How a key is written; nothing where there is none.
[[nodiscard]] std::optional<std::string> key_text(Dimension dimension, std::int64_t key,
                                                  Names& names);

}  // namespace vigil::agent
