#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/hub/store/hub_store.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class FigureSink;
class Names;

/// Touched slots within `slots`, ascending, at most `limit`.
[[nodiscard]] std::vector<Slot> touched_slots(SQLite::Database& db, SlotRange slots,
                                              std::size_t limit);

/// Recomputes the figures of the slots that the first touched ones before `before` reach, as many
/// as the budget allows (but one), and unmarks those. Inside the caller's transaction; throws
/// SQLite::Exception. Returns how many touched slots are left before `before`.
std::size_t roll_up_touched(SQLite::Database& db, Names& names, const TimeLimits& limits,
                            Slot before, const RollUpBudget& budget);

/// Gives a sink the figures of `slots` that were rolled up, but not those in `stale` (ascending).
/// `malformed` where the table is damaged.
[[nodiscard]] Result<void> read_rollups(SQLite::Database& db, SlotRange slots,
                                        std::span<const SlotRange> stale, FigureSink& sink);

/// Which limits the rollups were made with.
[[nodiscard]] TimeLimits stored_limits(SQLite::Database& db);

/// Where the stored limits are others, stores these, drops all rollups and marks all slots.
void adopt_limits(SQLite::Database& db, const TimeLimits& limits);

}  // namespace vigil::agent
