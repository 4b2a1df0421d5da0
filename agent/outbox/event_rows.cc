#include "agent/outbox/event_rows.h"

#include "agent/outbox/checksum.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

/// Stands for "every sink" where a number is needed; ids of sinks begin at 1.
constexpr std::int64_t kEverySink = 0;

Result<std::optional<RowKey>> key_of(Result<std::int64_t> found) {
  const auto key = VIGIL_TRY(std::move(found));
  if (key < 0) return std::nullopt;
  return static_cast<RowKey>(key);
}

}  // namespace

EventRows::EventRows(SQLite::Database& db)
    : insert_(db,
              "INSERT INTO events (key, origin, queued, sink, checksum, body)"
              " VALUES (?1, ?2, ?3, nullif(?4, 0), ?5, ?6)"),
      scan_(db,
            "SELECT key, origin, checksum, body FROM events"
            " WHERE key BETWEEN ?1 AND ?2 AND (sink IS NULL OR sink = ?3) ORDER BY key"),
      sum_(db,
           "SELECT count(*), coalesce(sum(length(body) + 1), 0) FROM events"
           " WHERE key BETWEEN ?1 AND ?2 AND (sink IS NULL OR sink = ?3)"),
      first_(db, "SELECT min(key) FROM events WHERE key BETWEEN ?1 AND ?2"),
      last_(db, "SELECT max(key) FROM events WHERE key BETWEEN ?1 AND ?2"),
      erase_(db, "DELETE FROM events WHERE key BETWEEN ?1 AND ?2"),
      aged_(db,
            "SELECT key, sink, length(body) + 1 FROM events"
            " WHERE origin = 1 AND queued < ?1 ORDER BY queued LIMIT ?2") {}

bool EventRows::is_sound(std::string_view body, std::uint64_t sum) {
  return checksum(body) == sum || planted(PlantedBug::row_checksum_unchecked);
}

Result<void> EventRows::insert(RowKey key, const OutboxEntry& entry,
                               std::optional<std::int64_t> sink, WallTime now) {
  return insert_.run(key, entry.origin, unix_ms(now), sink.value_or(kEverySink),
                     checksum(entry.body), blob(entry.body));
}

Result<EventRows::Sum> EventRows::sum(KeyRange range, std::int64_t sink) {
  Sum sum;
  VIGIL_TRY(sum_.each(
      [&](const Row& row) {
        sum = {row.natural(0), row.natural(1)};
        return Scan::stop;
      },
      range.first, range.last, sink));
  return sum;
}

Result<std::optional<RowKey>> EventRows::first_key(KeyRange range) {
  return key_of(first_.integer(-1, range.first, range.last));
}

Result<std::optional<RowKey>> EventRows::last_key(KeyRange range) {
  return key_of(last_.integer(-1, range.first, range.last));
}

Result<void> EventRows::erase(KeyRange range) {
  return erase_.run(range.first, range.last);
}

Result<std::vector<EventRows::Aged>> EventRows::aged(WallTime before, std::size_t limit) {
  std::vector<Aged> found;
  VIGIL_TRY(aged_.each(
      [&](const Row& row) {
        auto& aged = found.emplace_back(Aged{row.natural(0), std::nullopt, row.natural(2)});
        if (!row.is_null(1)) aged.sink = row.integer(1);
        return Scan::go_on;
      },
      unix_ms(before), limit));
  return found;
}

}  // namespace vigil::agent
