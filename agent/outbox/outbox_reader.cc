#include "agent/outbox/outbox_reader.h"

#include <SQLiteCpp/Database.h>

#include "agent/outbox/database_file.h"
#include "agent/outbox/event_rows.h"
#include "agent/outbox/sqlite_query.h"
#include "agent/outbox/tree_rows.h"

namespace vigil::agent {
namespace {

// Settled by a sink means: at or below its cursor, or meant for another one.
constexpr const char* kList =
    "SELECT e.key, e.queued, e.key <= c.sealed, e.body FROM sinks s"
    " JOIN cursors c ON c.sink = s.id"
    " JOIN events e ON e.key > c.settled AND e.key < (c.lane + 1) << 60"
    " WHERE s.name = ?1 AND s.active AND (e.sink IS NULL OR e.sink = s.id)"
    " ORDER BY c.lane, e.key LIMIT ?2";

constexpr const char* kQuarantined =
    "SELECT s.name, q.lane, q.time, q.code, q.body FROM quarantine q"
    " JOIN sinks s ON s.id = q.sink WHERE s.active ORDER BY q.id LIMIT ?1";

constexpr const char* kBodies =
    "SELECT e.body FROM (SELECT lane, min(settled) AS settled FROM cursors c"
    "   JOIN sinks s ON s.id = c.sink WHERE s.active GROUP BY lane) low"
    " JOIN events e ON e.key > low.settled AND e.key < (low.lane + 1) << 60 ORDER BY e.key";

constexpr const char* kOldest =
    "SELECT min((SELECT queued FROM events e WHERE e.key > low.settled"
    "   AND e.key < (low.lane + 1) << 60 ORDER BY e.key LIMIT 1))"
    " FROM (SELECT lane, min(settled) AS settled FROM cursors c"
    "   JOIN sinks s ON s.id = c.sink WHERE s.active GROUP BY lane) low";

constexpr const char* kSinks =
    "SELECT id, name, condition, attempts, last_error, next_try,"
    " (SELECT count(*) FROM batches b WHERE b.sink = s.id)"
    " FROM sinks s WHERE active ORDER BY id";

constexpr const char* kCursors =
    "SELECT lane, pending, unsealed, unsealed_bytes, delivered, quarantined, evicted"
    " FROM cursors WHERE sink = ?1";

}  // namespace

OutboxReader::OutboxReader(std::unique_ptr<SQLite::Database> db) : db_(std::move(db)) {}
OutboxReader::OutboxReader(OutboxReader&&) noexcept = default;
OutboxReader::~OutboxReader() = default;

Result<OutboxReader> OutboxReader::open(const std::string& path) {
  return OutboxReader(VIGIL_TRY(open_for_reading(path)));
}

Result<QueueStatus> OutboxReader::status() {
  QueueStatus status;
  VIGIL_TRY(execute(*db_, "BEGIN"));  // all from one moment
  auto done = read_counts(status);
  if (done) done = read_sinks(status);
  VIGIL_TRY(execute(*db_, "COMMIT"));
  if (!done) return std::unexpected(std::move(done).error());
  return status;
}

Result<void> OutboxReader::read_counts(QueueStatus& status) {
  const auto number = [&](const char* sql) { return Query(*db_, sql).integer(0); };
  VIGIL_TRY(Query(*db_, "SELECT value FROM meta WHERE name = 'instance'").each([&](const Row& row) {
    status.instance = row.text(0);
    return Scan::stop;
  }));
  Query counter(*db_, "SELECT value FROM counters WHERE name = ?1");
  for (std::size_t i = 0; i < kCounters; ++i) {
    status.counters[i] = static_cast<std::uint64_t>(
        VIGIL_TRY(counter.integer(0, counter_name(static_cast<Counter>(i)))));
  }
  status.files = static_cast<std::uint64_t>(VIGIL_TRY(number("SELECT count(*) FROM files")));
  const auto pages =
      VIGIL_TRY(number("PRAGMA page_count")) - VIGIL_TRY(number("PRAGMA freelist_count"));
  status.bytes = static_cast<std::uint64_t>(pages * VIGIL_TRY(number("PRAGMA page_size")));
  const auto oldest = VIGIL_TRY(number(kOldest));
  if (oldest != 0) status.oldest = from_unix_ms(oldest);
  return {};
}

Result<void> OutboxReader::read_sinks(QueueStatus& status) {
  Query cursors(*db_, kCursors);
  Result<void> inner;
  VIGIL_TRY(Query(*db_, kSinks).each([&](const Row& row) {
    SinkStatus sink;
    sink.name = SinkName(std::string(row.text(1)));
    sink.note = {std::string(row.text(2)), static_cast<std::uint32_t>(row.natural(3)),
                 std::string(row.text(4)), std::nullopt};
    if (row.integer(5) != 0) sink.note.next_try = from_unix_ms(row.integer(5));
    sink.batches = row.natural(6);
    inner = cursors.each(
        [&](const Row& cursor) {
          const auto lane = cursor.natural(0);
          if (lane >= kLanes.size()) return Scan::go_on;
          sink.lanes[lane] = {cursor.natural(1), cursor.natural(2), cursor.natural(3),
                              cursor.natural(4), cursor.natural(5), cursor.natural(6)};
          return Scan::go_on;
        },
        row.integer(0));
    status.sinks.push_back(std::move(sink));
    return inner ? Scan::go_on : Scan::stop;
  }));
  return inner;
}

Result<std::vector<StoredTree>> OutboxReader::trees() {
  return TreeRows(*db_).all();
}

Result<void> OutboxReader::list(const SinkName& sink, std::size_t limit, const Take& take) {
  return Query(*db_, kList)
      .each(
          [&](const Row& row) {
            take({sink,
                  lane_of(row.natural(0)),
                  row.integer(2) != 0 ? ListedEvent::State::sealed : ListedEvent::State::pending,
                  from_unix_ms(row.integer(1)),
                  {},
                  row.text(3)});
            return Scan::go_on;
          },
          std::string_view(sink.text()), limit);
}

Result<void> OutboxReader::list_quarantined(std::size_t limit, const Take& take) {
  return Query(*db_, kQuarantined)
      .each(
          [&](const Row& row) {
            take({SinkName(std::string(row.text(0))), static_cast<Lane>(row.integer(1)),
                  ListedEvent::State::quarantined, from_unix_ms(row.integer(2)), row.text(3),
                  row.text(4)});
            return Scan::go_on;
          },
          limit);
}

Result<void> OutboxReader::each_body(const std::function<void(std::string_view)>& take) {
  return Query(*db_, kBodies).each([&](const Row& row) {
    take(row.text(0));
    return Scan::go_on;
  });
}

}  // namespace vigil::agent
