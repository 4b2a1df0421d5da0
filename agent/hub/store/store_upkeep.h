#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/hub/store/sqlite_forward.h"
#include "base/result.h"

namespace vigil::agent {

/// How large a store is.
struct StoreStorage {
  std::int64_t file_bytes = 0;                             ///< without the log of writes
  std::int64_t free_bytes = 0;                             ///< of it, that vacuum() would give back
  std::vector<std::pair<std::string, std::int64_t>> rows;  ///< of each table
};

/// Counts all rows: seconds for many millions. Errors as of open_store_for_reading().
[[nodiscard]] Result<StoreStorage> storage_of(const std::string& path);

/// Reads everything: SQLite's own structures, the numbers that stand for texts, and the roll-ups,
/// which must be what the heartbeats give. Names what is wrong; empty where the store is sound.
/// Changes nothing. Seconds for each million heartbeats.
[[nodiscard]] Result<std::vector<std::string>> check_store(const std::string& path);

/// Throws all roll-ups away and marks what they were of. Inside the caller's transaction; throws
/// SQLite::Exception.
void mark_everything(SQLite::Database& db);

}  // namespace vigil::agent
