#include "agent/hub/store/event_export.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/query_meaning.h"

namespace vigil::agent {
namespace {

constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

ExportCursor cursor_at(const EventRow& row) {
  return {row[Column::time], row[Column::id_time], row[Column::id_hash], row[Column::source]};
}

std::int64_t begin_of(const ExportQuery& query) {
  return query.days.first ? unix_ms(query.zone.start_of(*query.days.first)) : kFirst;
}

std::int64_t end_of(const ExportQuery& query) {
  if (!query.days.last) return kLast;
  return unix_ms(query.zone.start_of(*query.days.last + std::chrono::days{1}));
}

}  // namespace

struct EventExport::State {
  State(SQLite::Database& database, Names& name_table) : db(database), names(name_table) {}

  /// Columns of rows that a condition chooses.
  static std::string select(const std::string& condition) {
    return "SELECT seq," + column_list() + " FROM events WHERE " + condition;
  }

  ExportedHeartbeat exported(std::int64_t seq, const EventRow& row) {
    return {SourceId(names.text_of(row[Column::source])), seq, to_heartbeat(row, names)};
  }

  SQLite::Database& db;
  Names& names;
  std::optional<SQLite::Statement> by_number;  ///< for numbered(), which is asked many times
};

EventExport::EventExport(SQLite::Database& db, Names& names)
    : state_(std::make_unique<State>(db, names)) {}
EventExport::~EventExport() = default;

ExportPage EventExport::page(const ExportQuery& query, const std::optional<ExportCursor>& after,
                             std::size_t limit) {
  const ExportCursor from = after.value_or(ExportCursor{begin_of(query), kFirst, kFirst, kFirst});
  const auto filters = numbered_filters(query.filters, state_->names);
  SQLite::Statement select(
      state_->db,
      State::select("time >= ?1 AND time < ?2 AND "
                    "(time, id_time, id_hash, source) > (?1, ?3, ?4, ?5)" +
                    filter_sql(filters) + " ORDER BY time, id_time, id_hash, source LIMIT ?6"));
  select.bind(1, from.time);
  select.bind(2, end_of(query));
  select.bind(3, from.id_time);
  select.bind(4, from.id_hash);
  select.bind(5, from.source);
  select.bind(6, static_cast<std::int64_t>(limit));
  ExportPage page;
  while (select.executeStep()) {
    const EventRow row = read_row(select, 1);
    page.heartbeats.push_back(state_->exported(select.getColumn(0).getInt64(), row));
    if (page.heartbeats.size() == limit) page.next = cursor_at(row);
  }
  return page;
}

std::vector<ExportedHeartbeat> EventExport::stored_after(std::int64_t seq, std::size_t limit) {
  SQLite::Statement select(state_->db, State::select("seq > ? ORDER BY seq LIMIT ?"));
  select.bind(1, seq);
  select.bind(2, static_cast<std::int64_t>(limit));
  std::vector<ExportedHeartbeat> heartbeats;
  while (select.executeStep()) {
    heartbeats.push_back(state_->exported(select.getColumn(0).getInt64(), read_row(select, 1)));
  }
  return heartbeats;
}

ExportedHeartbeat EventExport::numbered(std::int64_t seq) {
  auto& find = state_->by_number;
  if (!find) find.emplace(state_->db, State::select("seq = ?"));
  find->reset();
  find->bind(1, seq);
  if (!find->executeStep())
    throw SQLite::Exception("an index names a row that is not there", SQLITE_CORRUPT);
  auto row = state_->exported(seq, read_row(*find, 1));
  find->reset();
  return row;
}

}  // namespace vigil::agent
