#include "agent/outbox/batch_rows.h"

#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

constexpr const char* kFirstBatch =
    "SELECT first, last, seq, id, source, created, prev, split_of, events, digest"
    " FROM batches WHERE sink = ?1 AND lane = ?2 ORDER BY first LIMIT 1";
constexpr const char* kLastBatch =  // for the planted bug
    "SELECT first, last, seq, id, source, created, prev, split_of, events, digest"
    " FROM batches WHERE sink = ?1 AND lane = ?2 ORDER BY first DESC LIMIT 1";

}  // namespace

BatchRows::BatchRows(SQLite::Database& db)
    : insert_(db,
              "INSERT INTO batches (sink, lane, first, last, seq, id, source, created, prev,"
              " split_of, events, digest)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"),
      erase_(db, "DELETE FROM batches WHERE sink = ?1 AND lane = ?2 AND first = ?3"),
      erase_all_(db, "DELETE FROM batches WHERE sink = ?1 AND lane = ?2"),
      first_(db, planted(PlantedBug::newest_batch_first) ? kLastBatch : kFirstBatch) {}

Result<void> BatchRows::insert(const BatchRow& batch) {
  return insert_.run(batch.sink, lane_of(batch.range.first), batch.range.first, batch.range.last,
                     batch.seq, std::string_view(batch.id.text()),
                     std::string_view(batch.source.text()), unix_ms(batch.created),
                     std::string_view(batch.prev), std::string_view(batch.split_of.text()),
                     batch.events, std::string_view(batch.digest));
}

Result<void> BatchRows::erase(const BatchRow& batch) {
  return erase_.run(batch.sink, lane_of(batch.range.first), batch.range.first);
}

Result<void> BatchRows::erase_all(std::int64_t sink, Lane lane) {
  return erase_all_.run(sink, lane);
}

Result<std::optional<BatchRow>> BatchRows::first(std::int64_t sink, Lane lane) {
  std::optional<BatchRow> found;
  VIGIL_TRY(first_.each(
      [&](const Row& row) {
        found = BatchRow{sink,
                         {row.natural(0), row.natural(1)},
                         row.natural(2),
                         BatchId(std::string(row.text(3))),
                         SourceId(std::string(row.text(4))),
                         from_unix_ms(row.integer(5)),
                         std::string(row.text(6)),
                         BatchId(std::string(row.text(7))),
                         row.natural(8),
                         std::string(row.text(9)),
                         0};
        return Scan::stop;
      },
      sink, lane));
  return found;
}

}  // namespace vigil::agent
