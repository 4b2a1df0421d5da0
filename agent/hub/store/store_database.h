#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "agent/hub/store/sqlite_forward.h"
#include "base/file_system.h"
#include "base/result.h"

namespace vigil::agent {

/// What tells a hub's store from other SQLite files: `Vigl`.
inline constexpr std::int64_t kStoreApplicationId = 0x5669676C;

/// SQL that leads from each schema version to the next; version n is what the first n give. Never
/// edit one that was released, append another. See docs/formats/hub-store.md.
[[nodiscard]] std::span<const std::string_view> store_migrations();

/// Opens the store for its one writer, made on `files` (0600) where there is none, at the latest
/// schema; SQLite's own layer must lie on the same disk. `busy`: another process writes it.
/// `damaged`: put it aside and begin a new one. `malformed`: another program's database. `denied`:
/// no permission, or written by a newer version of this program.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_store_for_writing(
    const std::string& path, FileSystem& files);

/// 16 hex digits that no other store has.
[[nodiscard]] std::string store_id(SQLite::Database& db);

/// Opens it for a reader, which neither creates, migrates nor checkpoints. `not_found`: there is no
/// store. `unavailable`: it has an older schema, which a hub will bring up when it next starts.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_store_for_reading(
    const std::string& path);

/// Brings a database from its user_version to `migrations.size()`, each step a transaction.
/// `denied` where it is beyond that already.
[[nodiscard]] Result<void> migrate(SQLite::Database& db,
                                   std::span<const std::string_view> migrations);

/// Runs work that throws SQLite::Exception and turns that into an error that names the file and,
/// where a person must act, the remedy.
[[nodiscard]] Result<void> with_store_errors(const std::string& path,
                                             const std::function<Result<void>()>& work);

}  // namespace vigil::agent
