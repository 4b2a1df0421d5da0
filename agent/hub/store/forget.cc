#include "agent/hub/store/forget.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <string>

#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/query_meaning.h"

// The texts of what is forgotten (a project's name, paths) are as private as the rows. A text may
// be in use elsewhere, so candidates are noted first and looked for afterwards. Their rows stay:
// a number that is never given again cannot be taken for another text by whoever remembers it.

namespace vigil::agent {
namespace {

constexpr std::array kEventTexts{"project", "language",     "model",          "session",
                                 "branch",  "category",     "entity",         "tool",
                                 "flags",   "dependencies", "parent_session", "same_as"};
constexpr std::array kOriginTexts{"machine", "os", "timezone", "user_agent", "app", "app_version"};

/// Every number of a text that rows of `events` refer to, but for their source.
std::string texts_of(const std::string& condition) {
  std::string sql;
  for (const std::string column : kEventTexts) {
    sql += (sql.empty() ? "" : " UNION ");
    sql += "SELECT " + column + " AS number FROM events WHERE " + column + " IS NOT NULL AND " +
           condition;
  }
  for (const std::string column : kOriginTexts) {
    sql += " UNION SELECT " + column +
           " FROM origins WHERE id IN (SELECT origin FROM events WHERE " + condition + ")";
  }
  return sql;
}

/// Corrections of projects of which nothing is left go with them; the names in all others stay.
void forget_corrections(SQLite::Database& db) {
  db.exec(
      "DELETE FROM corrections WHERE project IN "
      "(SELECT text FROM names WHERE id IN (SELECT number FROM temp.candidates)) "
      "AND project NOT IN (SELECT target FROM corrections)");
  db.exec(
      "DELETE FROM temp.candidates WHERE number IN (SELECT id FROM names WHERE text IN "
      "(SELECT project FROM corrections UNION SELECT target FROM corrections UNION "
      "SELECT 'hidden'))");
}

std::string condition_of(const ForgetQuery& query, Names& names) {
  std::string condition = "1" + filter_sql(numbered_filters(query.filters, names));
  if (query.before) condition += " AND time < " + std::to_string(unix_ms(*query.before));
  return condition;
}

}  // namespace

std::size_t count_events(SQLite::Database& db, Names& names, const ForgetQuery& query) {
  const auto count =
      db.execAndGet("SELECT count(*) FROM events WHERE " + condition_of(query, names));
  return static_cast<std::size_t>(count.getInt64());
}

std::size_t forget_events(SQLite::Database& db, Names& names, const ForgetQuery& query) {
  const std::size_t count = count_events(db, names, query);
  if (count == 0) return 0;
  const std::string condition = condition_of(query, names);
  const std::string rows = " FROM events WHERE " + condition;
  db.exec("DROP TABLE IF EXISTS temp.candidates");
  // Names that were given to projects in their place, too: the last of these may go with them.
  db.exec("CREATE TEMP TABLE candidates AS " + texts_of(condition) +
          " UNION SELECT id FROM names WHERE text IN (SELECT target FROM corrections)");
  db.exec("INSERT OR IGNORE INTO dirty(slot) SELECT DISTINCT " + std::string(kSlotOfTime) + rows);
  db.exec("INSERT OR IGNORE INTO forgotten SELECT source, id_time, id_hash" + rows);
  db.exec("UPDATE sources SET events = events - (SELECT count(*)" + rows +
          " AND events.source = sources.source)");
  db.exec(kRaiseNewestSeq);
  db.exec("DELETE" + rows);
  db.exec("DELETE FROM temp.candidates WHERE number IN (" + texts_of("1") + ")");
  db.exec("DELETE FROM temp.candidates WHERE number IN (SELECT source FROM sources)");
  forget_corrections(db);
  db.exec(
      "UPDATE names SET text = char(1) || 'forgotten ' || id "
      "WHERE id IN (SELECT number FROM temp.candidates)");
  db.exec("DROP TABLE temp.candidates");
  return count;
}

}  // namespace vigil::agent
