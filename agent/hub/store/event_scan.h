#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/hub/store/figure_sink.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class Names;

/// Most heartbeats that a scan keeps at a time, where a single slot with its surroundings does not
/// have more.
inline constexpr std::size_t kScanHeartbeats = 32'768;

/// Counts and accounts the heartbeats of all `ranges`, from table `events` alone. Those with
/// `same_as` repeat others and count nowhere. Inside the caller's transaction; throws
/// SQLite::Exception.
void scan_figures(SQLite::Database& db, Names& names, std::span<const SlotRange> ranges,
                  const TimeLimits& limits, FigureSink& sink);

/// The slots from the first to the last heartbeat and what they reach; empty where there are none.
[[nodiscard]] SlotRange slots_with_events(SQLite::Database& db, const TimeLimits& limits);

/// Slots within `reach` of one of `touched` (ascending): joined, ascending, apart from each other.
[[nodiscard]] std::vector<SlotRange> reached_from(const std::vector<Slot>& touched,
                                                  milliseconds reach);

}  // namespace vigil::agent
