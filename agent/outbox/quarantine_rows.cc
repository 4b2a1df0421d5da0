#include "agent/outbox/quarantine_rows.h"

#include "agent/outbox/checksum.h"

namespace vigil::agent {

QuarantineRows::QuarantineRows(SQLite::Database& db)
    : insert_(db,
              "INSERT INTO quarantine (sink, lane, origin, time, code, checksum, body)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id"),
      at_(db, "SELECT id, sink, lane, origin, checksum, body FROM quarantine WHERE id = ?1"),
      next_(db,
            "SELECT q.id, q.sink, q.lane, q.origin, q.checksum, q.body FROM quarantine q"
            " JOIN sinks s ON s.id = q.sink WHERE q.id > ?1 AND s.active ORDER BY q.id LIMIT 1"),
      erase_(db, "DELETE FROM quarantine WHERE id = ?1") {}

Result<std::int64_t> QuarantineRows::insert(std::int64_t sink, const EventRow& event,
                                            std::string_view code, WallTime now) {
  return insert_.integer(0, sink, lane_of(event.key), event.origin, unix_ms(now), code,
                         checksum(event.body), blob(event.body));
}

Result<std::optional<QuarantinedRow>> QuarantineRows::at(std::int64_t place) {
  return one(at_, place);
}

Result<std::optional<QuarantinedRow>> QuarantineRows::next_after(std::int64_t place) {
  return one(next_, place);
}

Result<std::optional<QuarantinedRow>> QuarantineRows::one(Query& query, std::int64_t place) {
  std::optional<QuarantinedRow> found;
  bool damaged = false;
  VIGIL_TRY(query.each(
      [&](const Row& row) {
        found = QuarantinedRow{row.integer(0), row.integer(1), static_cast<Lane>(row.integer(2)),
                               static_cast<Origin>(row.integer(3)), std::string(row.text(5))};
        damaged = checksum(found->body) != row.natural(4) || row.natural(2) >= kLanes.size();
        return Scan::stop;
      },
      place));
  if (damaged) return fail(Errc::damaged, "agent.db: the body of a quarantined row is damaged");
  return found;
}

Result<void> QuarantineRows::erase(std::int64_t place) {
  return erase_.run(place);
}

}  // namespace vigil::agent
