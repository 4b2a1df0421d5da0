#include "agent/hub/store/batch_writer.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cstring>

#include "agent/hub/store/names.h"

namespace vigil::agent {
namespace {

void bind_digest(SQLite::Statement& to, int parameter, const Digest& digest) {
  to.bind(parameter, digest.data(), static_cast<int>(digest.size()));
}

Digest digest_of(const SQLite::Column& column) {
  Digest digest{};
  const auto size = static_cast<std::size_t>(column.getBytes());
  if (size == digest.size()) std::memcpy(digest.data(), column.getBlob(), size);
  return digest;
}

std::int64_t signed_seq(const IngestBatch& batch) {
  return static_cast<std::int64_t>(batch.seq);
}

/// What is known of a stream of batches: one source, instance and lane.
struct Stream {
  std::int64_t id = 0;
  std::int64_t last_seq = 0;
  Digest last_digest{};
  std::int64_t missing = 0;  ///< numbers that were skipped and did not come later
  std::int64_t breaks = 0;   ///< batches that follow another than the one before them
};

/// Takes note of a batch: a gap is shown, never refused.
void advance(Stream& stream, const IngestBatch& batch) {
  const std::int64_t seq = signed_seq(batch);
  if (seq <= stream.last_seq) {
    stream.missing = std::max<std::int64_t>(0, stream.missing - 1);
    return;
  }
  if (stream.last_seq != 0) stream.missing += seq - stream.last_seq - 1;
  const bool follows = stream.last_seq != 0 && seq == stream.last_seq + 1;
  if (follows && batch.prev && *batch.prev != stream.last_digest) ++stream.breaks;
  stream.last_seq = seq;
  stream.last_digest = batch.digest;
}

}  // namespace

struct BatchWriter::State {
  State(SQLite::Database& database, Names& name_table)
      : db(database),
        names(name_table),
        find_batch(db,
                   "SELECT digest, stored, duplicate, revised FROM batches "
                   "WHERE source = ? AND batch = ?"),
        add_batch(db,
                  "INSERT INTO batches(source, batch, stream, seq, digest, prev, key_id, "
                  "received, stored, duplicate, revised) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)"),
        count_batch(db, "UPDATE batches SET stored = ?, duplicate = ?, revised = ? WHERE id = ?"),
        find_stream(db,
                    "SELECT id, last_seq, last_digest, missing, breaks FROM streams "
                    "WHERE source = ? AND instance = ? AND lane = ?"),
        put_stream(db,
                   "INSERT INTO streams(source, instance, lane, last_seq, last_digest, "
                   "missing, breaks) VALUES (?, ?, ?, ?, ?, ?, ?) "
                   "ON CONFLICT(source, instance, lane) DO UPDATE SET "
                   "last_seq = excluded.last_seq, last_digest = excluded.last_digest, "
                   "missing = excluded.missing, breaks = excluded.breaks"),
        put_source(db,
                   "INSERT INTO sources(source, events, first_received, last_received, "
                   "last_time) VALUES (?1, ?2, ?3, ?3, ?4) "
                   "ON CONFLICT(source) DO UPDATE SET events = events + excluded.events, "
                   "last_received = max(last_received, excluded.last_received), "
                   "last_time = max(last_time, excluded.last_time)") {}

  Stream load_stream(const IngestBatch& batch, std::int64_t source) {
    find_stream.reset();
    find_stream.bind(1, source);
    find_stream.bind(2, batch.instance);
    find_stream.bind(3, batch.lane);
    Stream stream;
    if (find_stream.executeStep()) {
      stream = {find_stream.getColumn(0).getInt64(), find_stream.getColumn(1).getInt64(),
                digest_of(find_stream.getColumn(2)), find_stream.getColumn(3).getInt64(),
                find_stream.getColumn(4).getInt64()};
    }
    find_stream.reset();
    return stream;
  }

  /// The stream's number; 0 where the sender has no streams.
  std::int64_t advance_stream(const IngestBatch& batch, std::int64_t source) {
    if (batch.instance.empty()) return 0;
    Stream stream = load_stream(batch, source);
    advance(stream, batch);
    put_stream.reset();
    put_stream.bind(1, source);
    put_stream.bind(2, batch.instance);
    put_stream.bind(3, batch.lane);
    put_stream.bind(4, stream.last_seq);
    bind_digest(put_stream, 5, stream.last_digest);
    put_stream.bind(6, stream.missing);
    put_stream.bind(7, stream.breaks);
    put_stream.exec();
    return stream.id != 0 ? stream.id : db.getLastInsertRowid();
  }

  SQLite::Database& db;
  Names& names;
  SQLite::Statement find_batch;
  SQLite::Statement add_batch;
  SQLite::Statement count_batch;
  SQLite::Statement find_stream;
  SQLite::Statement put_stream;
  SQLite::Statement put_source;
};

BatchWriter::BatchWriter(SQLite::Database& db, Names& names)
    : state_(std::make_unique<State>(db, names)) {}
BatchWriter::~BatchWriter() = default;

std::optional<KnownBatch> BatchWriter::find(const IngestBatch& batch) {
  const auto source = state_->names.find(batch.source.text());
  if (batch.id.empty() || !source) return std::nullopt;
  auto& find = state_->find_batch;
  find.reset();
  find.bind(1, *source);
  find.bind(2, batch.id.text());
  if (!find.executeStep()) return std::nullopt;
  const auto count = [&find](int column) {
    return static_cast<std::size_t>(find.getColumn(column).getInt64());
  };
  KnownBatch known{digest_of(find.getColumn(0)),
                   {.stored = count(1),
                    .duplicate = count(2),
                    .revised = count(3),
                    .is_replay = true,
                    .changes = {}}};
  find.reset();
  return known;
}

std::int64_t BatchWriter::begin(const IngestBatch& batch, std::int64_t source) {
  const std::int64_t stream = state_->advance_stream(batch, source);
  auto& add = state_->add_batch;
  add.reset();
  add.clearBindings();
  add.bind(1, source);
  if (!batch.id.empty()) add.bind(2, batch.id.text());
  if (stream != 0) {
    add.bind(3, stream);
    add.bind(4, signed_seq(batch));
  }
  bind_digest(add, 5, batch.digest);
  if (batch.prev) bind_digest(add, 6, *batch.prev);
  add.bind(7, batch.key_id);
  add.bind(8, unix_ms(batch.received));
  add.exec();
  return state_->db.getLastInsertRowid();
}

void BatchWriter::finish(const IngestBatch& batch, std::int64_t source, std::int64_t number,
                         const IngestOutcome& outcome) {
  auto& count = state_->count_batch;
  count.reset();
  count.bind(1, static_cast<std::int64_t>(outcome.stored));
  count.bind(2, static_cast<std::int64_t>(outcome.duplicate));
  count.bind(3, static_cast<std::int64_t>(outcome.revised));
  count.bind(4, number);
  count.exec();
  WallTime last_time{};
  for (const auto& heartbeat : batch.heartbeats) last_time = std::max(last_time, heartbeat.time);
  auto& put = state_->put_source;
  put.reset();
  put.bind(1, source);
  put.bind(2, static_cast<std::int64_t>(outcome.stored));
  put.bind(3, unix_ms(batch.received));
  put.bind(4, unix_ms(last_time));
  put.exec();
}

}  // namespace vigil::agent
