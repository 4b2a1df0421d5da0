#include "agent/hub/store/store_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/encoding.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

constexpr int kBusyTimeoutMs = 5'000;

/// Bounds of memory: pages kept by the writer and by each reader.
constexpr std::string_view kWriterPragmas = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -8192;
PRAGMA wal_autocheckpoint = 2000;
PRAGMA journal_size_limit = 16777216;
)";
constexpr std::string_view kReaderPragmas = R"(
PRAGMA query_only = ON;
PRAGMA cache_size = -4096;
)";
constexpr std::string_view kSharedPragmas = R"(
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA temp_store = MEMORY;
)";

Errc code_of(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Errc::busy;
    case SQLITE_FULL: return Errc::full;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return Errc::denied;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Errc::damaged;
    default: return Errc::io;
  }
}

Error damaged(const std::string& path, std::string_view what) {
  return {Errc::damaged, path + " is damaged (" + std::string(what) +
                             "): the hub puts it aside, goes on with what can be read of it, and "
                             "agents send again what their logs hold"};
}

Error error_of(const std::string& path, const SQLite::Exception& exception) {
  const Errc code = code_of(exception.getErrorCode());
  if (code == Errc::damaged) return damaged(path, exception.what());
  return {code, path + ": " + exception.what()};
}

std::int64_t pragma(SQLite::Database& db, const char* name) {
  return db.execAndGet(std::string("PRAGMA ") + name).getInt64();
}

void run(SQLite::Database& db, std::string_view sql) {
  db.exec(std::string(sql));
}

Result<void> check_identity(SQLite::Database& db, const std::string& path) {
  if (pragma(db, "application_id") == kStoreApplicationId) return {};
  if (pragma(db, "user_version") == 0 && pragma(db, "schema_version") == 0) return {};  // new
  return fail(Errc::malformed, path +
                                   " is not a hub's store but another program's database: "
                                   "give another path");
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path, int flags) {
  std::unique_ptr<SQLite::Database> db;
  VIGIL_TRY(with_store_errors(path, [&]() -> Result<void> {
    // Neither writer nor reader is shared between threads: no mutex per call.
    db = std::make_unique<SQLite::Database>(path, flags | SQLite::OPEN_NOMUTEX, kBusyTimeoutMs);
    run(*db, kSharedPragmas);
    return check_identity(*db, path);
  }));
  return db;
}

}  // namespace

Result<void> with_store_errors(const std::string& path, const std::function<Result<void>()>& work) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(error_of(path, exception));
  }
}

Result<void> migrate(SQLite::Database& db, std::span<const std::string_view> migrations) {
  const std::int64_t version = pragma(db, "user_version");
  if (version < 0 || std::cmp_greater(version, migrations.size())) {
    return fail(Errc::denied, db.getFilename() +
                                  " was written by a newer version of this program (" + "schema " +
                                  std::to_string(version) + ", known up to " +
                                  std::to_string(migrations.size()) + "): update this one");
  }
  for (auto next = static_cast<std::size_t>(version); next < migrations.size(); ++next) {
    SQLite::Transaction transaction(db);
    run(db, migrations[next]);
    failpoint("hub.migrate");
    db.exec("PRAGMA application_id = " + std::to_string(kStoreApplicationId));
    db.exec("PRAGMA user_version = " + std::to_string(next + 1));
    transaction.commit();
  }
  return {};
}

namespace {

/// Opens a store whose file is there, maybe empty.
Result<std::unique_ptr<SQLite::Database>> open_made_store(const std::string& path) {
  auto db = VIGIL_TRY(open_database(path, SQLite::OPEN_READWRITE));
  VIGIL_TRY(with_store_errors(path, [&]() -> Result<void> {
    run(*db, kWriterPragmas);
    if (planted(PlantedBug::hub_not_synced)) run(*db, "PRAGMA synchronous = NORMAL");
    VIGIL_TRY(migrate(*db, store_migrations()));
    // What is found in the log of writes may never have reached the disk: a sync that fails leaves
    // it to be seen and not to be kept. So it is moved into the file, and a first write begins the
    // log anew: else what is left of the old one after a power cut would be put over newer pages.
    if (planted(PlantedBug::unsynced_log_trusted)) return {};
    SQLite::Statement checkpoint(*db, "PRAGMA wal_checkpoint");
    const bool is_logged = checkpoint.executeStep() && checkpoint.getColumn(1).getInt64() > 0;
    checkpoint.reset();
    if (!is_logged) return {};
    run(*db, "PRAGMA wal_checkpoint(TRUNCATE)");
    run(*db, "PRAGMA user_version = " + std::to_string(store_migrations().size()));
    return {};
  }));
  return db;
}

}  // namespace

std::string store_id(SQLite::Database& db) {
  const auto number = db.execAndGet("SELECT value FROM settings WHERE name = 'store'").getInt64();
  std::array<std::byte, 8> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  return to_hex(bytes);
}

Result<std::unique_ptr<SQLite::Database>> open_store_for_writing(const std::string& path,
                                                                 FileSystem& files) {
  // SQLite would create the file readable by everybody whom the umask lets.
  if (auto made = files.create(path, "", 0600); !made && made.error().code != Errc::exists) {
    return std::unexpected(std::move(made).error());
  }
  failpoint("hub.open.created");
  return open_made_store(path);
}

Result<std::unique_ptr<SQLite::Database>> open_store_for_reading(const std::string& path) {
  struct stat unused{};
  if (::stat(path.c_str(), &unused) != 0 && errno == ENOENT) {
    return fail(Errc::not_found, "there is no store at " + path);
  }
  auto db = VIGIL_TRY(open_database(path, SQLite::OPEN_READONLY));
  VIGIL_TRY(with_store_errors(path, [&]() -> Result<void> {
    run(*db, kReaderPragmas);
    const auto version = pragma(*db, "user_version");
    if (std::cmp_less(version, store_migrations().size())) {
      return fail(Errc::unavailable,
                  path + " has an older schema: start the hub once, which brings it up to date");
    }
    return migrate(*db, store_migrations());  // refuses newer ones; nothing else is left to do
  }));
  return db;
}

}  // namespace vigil::agent
