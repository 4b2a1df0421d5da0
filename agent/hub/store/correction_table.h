#pragma once

#include <cstdint>
#include <vector>

#include "agent/hub/store/corrections.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class Names;

// Table `corrections`. All work inside the caller's transaction and throw SQLite::Exception.

/// In the order of their ids.
[[nodiscard]] std::vector<Correction> read_corrections(SQLite::Database& db);

/// What they make of heartbeats.
[[nodiscard]] Corrections corrections_of(SQLite::Database& db, Names& names);

/// Puts a correction that was checked in force, as the last one, and marks the slots whose figures
/// it changes. Its id is given to it.
[[nodiscard]] Correction add_correction(SQLite::Database& db, Names& names, Correction correction);

/// The other way round; `not_found` where no correction has that id.
[[nodiscard]] Result<void> remove_correction(SQLite::Database& db, Names& names, std::int64_t id);

/// Takes corrections over from another store as they are, their ids too.
void copy_corrections(SQLite::Database& db, Names& names, std::span<const Correction> corrections);

}  // namespace vigil::agent
