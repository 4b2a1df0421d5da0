#include "agent/outbox/database_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "agent/outbox/sqlite_failure.h"
#include "agent/outbox/sqlite_query.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

constexpr std::int64_t kApplicationId = 0x5647'4F42;  // "VGOB"
constexpr int kBusyTimeoutMs = 500;  // readers only hold the file while it is opened or closed
constexpr std::string_view kCorruptMark = ".corrupt-";

// Each entry takes a database from the version before it; one transaction each. Never edit one that
// was released: add the next.
constexpr std::array<const char*, kSchemaVersion> kMigrations{R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
  key INTEGER PRIMARY KEY, origin INTEGER NOT NULL, queued INTEGER NOT NULL, sink INTEGER,
  checksum INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX events_once ON events (queued) WHERE origin = 1;
CREATE TABLE sinks (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, active INTEGER NOT NULL,
  condition TEXT NOT NULL DEFAULT 'ok', attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '', next_try INTEGER NOT NULL DEFAULT 0,
  stores TEXT NOT NULL DEFAULT '');
CREATE TABLE cursors (
  sink INTEGER NOT NULL, lane INTEGER NOT NULL, settled INTEGER NOT NULL, sealed INTEGER NOT NULL,
  batches INTEGER NOT NULL, prev TEXT NOT NULL, pending INTEGER NOT NULL,
  unsealed INTEGER NOT NULL, unsealed_bytes INTEGER NOT NULL, delivered INTEGER NOT NULL,
  quarantined INTEGER NOT NULL, evicted INTEGER NOT NULL,
  PRIMARY KEY (sink, lane)) WITHOUT ROWID;
CREATE TABLE batches (
  sink INTEGER NOT NULL, lane INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  seq INTEGER NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, created INTEGER NOT NULL,
  prev TEXT NOT NULL, split_of TEXT NOT NULL, events INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (sink, lane, first)) WITHOUT ROWID;
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, sink INTEGER NOT NULL, lane INTEGER NOT NULL, origin INTEGER NOT NULL,
  time INTEGER NOT NULL, code TEXT NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE files (
  device INTEGER NOT NULL, inode INTEGER NOT NULL, birth INTEGER NOT NULL, path TEXT NOT NULL,
  root INTEGER NOT NULL, offset INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
  head INTEGER NOT NULL, tail INTEGER NOT NULL,
  PRIMARY KEY (device, inode, birth)) WITHOUT ROWID;
CREATE TABLE parser_states (
  device INTEGER NOT NULL, inode INTEGER NOT NULL, birth INTEGER NOT NULL, offset INTEGER NOT NULL,
  checksum INTEGER NOT NULL, state BLOB NOT NULL,
  UNIQUE (device, inode, birth));
CREATE TABLE trees (
  root TEXT PRIMARY KEY, seen_until INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
)sql"};

Result<std::unique_ptr<SQLite::Database>> connect(const std::string& path, int flags) {
  try {
    return std::make_unique<SQLite::Database>(path, flags, kBusyTimeoutMs);
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(sqlite_failure(exception.getErrorCode(), exception.what()));
  }
}

Result<std::int64_t> number(SQLite::Database& db, const char* sql) {
  return Query(db, sql).integer(0);
}

/// The schema's version; 0 for an empty file.
Result<std::int64_t> version_of(SQLite::Database& db) {
  const auto application = VIGIL_TRY(number(db, "PRAGMA application_id"));
  const auto version = VIGIL_TRY(number(db, "PRAGMA user_version"));
  const auto tables = VIGIL_TRY(number(db, "SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && version == 0 && tables == 0) return 0;
  if (application != kApplicationId || version < 1) {
    return fail(Errc::damaged, "agent.db: not a database of this program");
  }
  if (version > kSchemaVersion) {
    return fail(Errc::denied, "agent.db: made by a newer version of this program (schema " +
                                  std::to_string(version) + ", known here: " +
                                  std::to_string(kSchemaVersion) + "); start that one instead");
  }
  return version;
}

Result<void> migrate(SQLite::Database& db, std::int64_t version) {
  for (; version < kSchemaVersion; ++version) {
    const std::string script = "BEGIN IMMEDIATE;" +
                               std::string(kMigrations.at(static_cast<std::size_t>(version))) +
                               "PRAGMA application_id=" + std::to_string(kApplicationId) +
                               ";PRAGMA user_version=" + std::to_string(version + 1) + ";COMMIT";
    failpoint("outbox.migrate.before");
    if (auto done = execute(db, script.c_str()); !done) {
      (void)execute(db, "ROLLBACK");  // fails where the failure itself rolled back
      return done;
    }
    failpoint("outbox.migrate.after");
  }
  return {};
}

/// Pages that are missing SQLite takes for zeros, and half a page for a whole one. Rightly so only
/// where they are in the log of writes, which is there after a crash: then all are looked at.
/// Before anything else is done to the file, which would make it long enough.
Result<void> check_length(SQLite::Database& db) {
  sqlite3_file* file = nullptr;
  sqlite3_int64 bytes = 0;
  sqlite3_file_control(db.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER,
                       static_cast<void*>(&file));
  if (file == nullptr || file->pMethods->xFileSize(file, &bytes) != SQLITE_OK) return {};
  const auto pages = VIGIL_TRY(number(db, "PRAGMA page_count"));
  const auto page_bytes = VIGIL_TRY(number(db, "PRAGMA page_size"));
  if (bytes == pages * page_bytes) return {};
  bool is_sound = false;
  VIGIL_TRY(Query(db, "PRAGMA quick_check(1)").each([&](const Row& row) {
    is_sound = row.text(0) == "ok";
    return Scan::stop;
  }));
  if (!is_sound) return fail(Errc::damaged, "agent.db: a page of it is damaged");
  return {};
}

/// Whether the last connection to go moves the log of writes into the file.
enum class OnClose : int { moves_log = 0, leaves_log = 1 };

void set_on_close(SQLite::Database& db, OnClose what) {
  sqlite3_db_config(db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, static_cast<int>(what),
                    nullptr);
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> open_for_writing(const std::string& path) {
  auto db = VIGIL_TRY(connect(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
  // A file that lacks pages must not become long enough by being closed: whoever opens it again
  // before it was set aside would take it for sound.
  set_on_close(*db, OnClose::leaves_log);
  const auto version = VIGIL_TRY(version_of(*db));  // before anything writes to it
  // The log of writes is moved into the file every 8 MiB. 2 MiB of cache: appends need none, and
  // dirty pages beyond it spill into the log. No auto_vacuum: it doubles the cost of deleting.
  VIGIL_TRY(
      execute(*db,
              "PRAGMA trusted_schema=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
              "PRAGMA wal_autocheckpoint=2048; PRAGMA journal_size_limit=8388608;"
              "PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON"));
  if (planted(PlantedBug::outbox_not_synced)) VIGIL_TRY(execute(*db, "PRAGMA synchronous=NORMAL"));
  if (!planted(PlantedBug::cut_page_unnoticed)) VIGIL_TRY(check_length(*db));
  set_on_close(*db, OnClose::moves_log);
  VIGIL_TRY(migrate(*db, version));
  // What is found in the log of writes may never have reached the disk: a sync that fails leaves it
  // to be seen and not to be kept. So it is moved into the file, and a first write begins the log
  // anew: else what is left of the old one after a power cut would be put over newer pages.
  if (planted(PlantedBug::unsynced_log_trusted)) return db;
  std::int64_t logged = 0;
  VIGIL_TRY(Query(*db, "PRAGMA wal_checkpoint").each([&](const Row& row) {
    logged = row.integer(1);  // pages, moved before or just now
    return Scan::stop;
  }));
  if (logged > 0) {
    const std::string renewal =
        "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version=" + std::to_string(kSchemaVersion);
    VIGIL_TRY(execute(*db, renewal.c_str()));
  }
  return db;
}

Result<std::unique_ptr<SQLite::Database>> open_for_reading(const std::string& path) {
  auto opened = connect(path, SQLite::OPEN_READONLY);
  if (!opened) return fail(Errc::not_found, path + ": " + opened.error().message);
  VIGIL_TRY(execute(**opened, "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-1024"));
  if (VIGIL_TRY(version_of(**opened)) == 0) return fail(Errc::not_found, path + ": empty");
  return opened;
}

Result<std::string> set_aside(FileSystem& files, const std::string& path, WallTime now) {
  const std::string directory(parent_path(path));
  const std::string prefix = std::string(file_name(path)) + std::string(kCorruptMark);
  const std::string name = prefix + std::to_string(unix_ms(now));
  std::string aside = join_path(directory, name);
  VIGIL_TRY(files.rename(path, aside));
  failpoint("outbox.set_aside.file");
  for (const char* suffix : {"-wal", "-shm"}) {
    // The log goes along: a person who tries to rescue rows needs it. Mostly there is none.
    if (auto moved = files.rename(path + suffix, aside + suffix);
        !moved && moved.error().code != Errc::not_found) {
      return std::unexpected(moved.error());
    }
  }
  failpoint("outbox.set_aside.log");
  std::vector<std::string> kept;
  for (auto& entry : VIGIL_TRY(files.list(directory))) {
    if (entry.name.starts_with(prefix) && !entry.name.ends_with("-wal") &&
        !entry.name.ends_with("-shm")) {
      kept.push_back(std::move(entry.name));
    }
  }
  std::ranges::sort(kept);  // the times have the same number of digits until the year 2286
  for (std::size_t i = 0; i + kSetAsideMax < kept.size(); ++i) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      (void)files.remove(join_path(directory, kept[i] + suffix));  // best effort: only old copies
    }
  }
  return aside;
}

}  // namespace vigil::agent
