#include "agent/hub/store/store_upkeep.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>

#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/stats_reader.h"
#include "agent/hub/store/store_database.h"

namespace vigil::agent {
namespace {

constexpr std::array kTables{"events", "names",   "origins", "sources",   "streams",    "batches",
                             "groups", "rollups", "dirty",   "forgotten", "corrections"};
constexpr std::array kTextColumns{"project",  "language", "model", "session",       "branch",
                                  "category", "entity",   "tool",  "parent_session"};

std::int64_t number(SQLite::Database& db, const std::string& sql) {
  return db.execAndGet(sql).getInt64();
}

void check_structure(SQLite::Database& db, std::vector<std::string>& problems) {
  SQLite::Statement check(db, "PRAGMA integrity_check(20)");
  while (check.executeStep()) {
    const std::string line = check.getColumn(0).getString();
    if (line != "ok") problems.push_back(line);
  }
}

void check_texts(SQLite::Database& db, std::vector<std::string>& problems) {
  for (const std::string column : kTextColumns) {
    const auto missing =
        number(db, "SELECT count(*) FROM events WHERE " + column + " IS NOT NULL AND " + column +
                       " NOT IN (SELECT id FROM names)");
    if (missing != 0) {
      problems.push_back(std::to_string(missing) + " heartbeats have a " + column +
                         " whose text is missing");
    }
  }
  const auto strays = number(
      db,
      "SELECT count(*) FROM events WHERE origin <> 0 AND origin NOT IN (SELECT id FROM origins)");
  if (strays != 0) problems.push_back(std::to_string(strays) + " heartbeats have no origin");
}

}  // namespace

Result<StoreStorage> storage_of(const std::string& path) {
  auto db = VIGIL_TRY(open_store_for_reading(path));
  StoreStorage storage;
  VIGIL_TRY(with_store_errors(path, [&]() -> Result<void> {
    const auto page = number(*db, "PRAGMA page_size");
    storage.file_bytes = page * number(*db, "PRAGMA page_count");
    storage.free_bytes = page * number(*db, "PRAGMA freelist_count");
    for (const std::string table : kTables) {
      storage.rows.emplace_back(table, number(*db, "SELECT count(*) FROM " + table));
    }
    return {};
  }));
  return storage;
}

Result<std::vector<std::string>> check_store(const std::string& path) {
  auto db = VIGIL_TRY(open_store_for_reading(path));
  std::vector<std::string> problems;
  VIGIL_TRY(with_store_errors(path, [&]() -> Result<void> {
    const SQLite::Transaction snapshot(*db);
    check_structure(*db, problems);
    if (!problems.empty()) return {};
    check_texts(*db, problems);
    Names names(*db);
    if (!VIGIL_TRY(rollups_agree(*db, names))) {
      problems.emplace_back("the roll-ups are not what the heartbeats give: agent db rebuild");
    }
    return {};
  }));
  return problems;
}

void mark_everything(SQLite::Database& db) {
  db.exec("DELETE FROM rollups");
  db.exec("INSERT OR IGNORE INTO dirty(slot) SELECT DISTINCT " + std::string(kSlotOfTime) +
          " FROM events");
}

}  // namespace vigil::agent
