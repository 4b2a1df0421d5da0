#include "agent/hub/store/event_writer.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>
#include <utility>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/store/event_row.h"
#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/names.h"
#include "base/digest.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

/// Slots kept until they are marked; past it they are marked at once.
constexpr std::size_t kSlotsMax = 4'096;

std::string insert_sql() {
  std::string sql = "INSERT INTO events(seq,batch," + column_list() + ") VALUES (?,?";
  for (std::size_t i = 0; i < kColumnNames.size(); ++i) sql += ",?";
  return sql + ") ON CONFLICT(source, id_time, id_hash) DO NOTHING";
}

/// Of two different heartbeats with the same id and revision: does the newcomer stay?
bool wins(const Heartbeat& newcomer, const Heartbeat& holder) {
  return sha256(to_json(newcomer)) > sha256(to_json(holder));
}

}  // namespace

struct EventWriter::State {
  State(SQLite::Database& db, Names& name_table)
      : names(name_table),
        insert(db, insert_sql()),
        find(db, "SELECT seq,batch," + column_list() +
                     " FROM events WHERE source = ? AND id_time = ? AND id_hash = ?"),
        remove(db, "DELETE FROM events WHERE seq = ?"),
        mark(db, "INSERT INTO dirty(slot) VALUES (?) ON CONFLICT DO NOTHING"),
        find_forgotten(db,
                       "SELECT 1 FROM forgotten WHERE source = ? AND id_time = ? AND id_hash = ?"),
        has_forgotten(db.execAndGet("SELECT EXISTS (SELECT 1 FROM forgotten)").getInt() != 0),
        next_seq(db.execAndGet(kNewestSeq).getInt64() + 1) {}

  /// It was erased, so it must not come back. Asked before its texts get numbers.
  bool is_forgotten(const Heartbeat& heartbeat, std::int64_t source) {
    if (!has_forgotten) return false;
    const auto key = to_event_key(heartbeat.id.text());
    find_forgotten.reset();
    find_forgotten.bind(1, source);
    find_forgotten.bind(2, static_cast<std::int64_t>(key->time_ms));
    find_forgotten.bind(3, static_cast<std::int64_t>(key->hash));
    const bool is_there = find_forgotten.executeStep();
    find_forgotten.reset();
    return is_there;
  }

  struct Holder {
    std::int64_t seq = 0;
    std::int64_t batch = 0;
    EventRow row;
  };

  bool insert_new(const EventRow& row, std::int64_t batch) {
    insert.reset();
    insert.bind(1, next_seq);
    insert.bind(2, batch);
    bind_row(insert, 3, row);
    return insert.exec() == 1;
  }

  Holder holder_of(const EventRow& row) {
    find.reset();
    find.bind(1, row[Column::source]);
    find.bind(2, row[Column::id_time]);
    find.bind(3, row[Column::id_hash]);
    find.executeStep();
    Holder holder{find.getColumn(0).getInt64(), find.getColumn(1).getInt64(), read_row(find, 2)};
    find.reset();
    return holder;
  }

  bool replaces(const Heartbeat& heartbeat, const EventRow& row, const Holder& holder) {
    const EventRow& held = holder.row;
    if (planted(PlantedBug::revision_ignored)) return false;
    if (row == held || row[Column::rev] < held[Column::rev]) return false;
    return row[Column::rev] > held[Column::rev] || holder.batch == kSalvagedBatch ||
           wins(heartbeat, to_heartbeat(held, names));
  }

  void touch(const EventRow& row) {
    touched.insert(slot_of(from_unix_ms(row[Column::time])));
    if (touched.size() > kSlotsMax) mark_touched();
  }

  void mark_touched() {
    for (const Slot slot : std::exchange(touched, {})) {
      mark.reset();
      mark.bind(1, slot.time_since_epoch().count());
      mark.exec();
    }
  }

  Names& names;
  SQLite::Statement insert;
  SQLite::Statement find;
  SQLite::Statement remove;
  SQLite::Statement mark;
  SQLite::Statement find_forgotten;
  bool has_forgotten;
  std::int64_t next_seq;  ///< numbers only grow: the greatest is never freed without a greater one
  std::set<Slot> touched;
};

EventWriter::EventWriter(SQLite::Database& db, Names& names)
    : state_(std::make_unique<State>(db, names)) {}
EventWriter::~EventWriter() = default;

EventWrite EventWriter::write(const Heartbeat& heartbeat, std::int64_t source, std::int64_t batch) {
  State& state = *state_;
  if (state.is_forgotten(heartbeat, source)) return {};
  EventRow row = to_row(heartbeat, source, state.names);
  if (planted(PlantedBug::dedupe_per_batch)) row[Column::id_hash] ^= batch;
  WriteOutcome outcome = WriteOutcome::stored;
  if (!state.insert_new(row, batch)) {
    const auto holder = state.holder_of(row);
    if (batch == kSalvagedBatch || !state.replaces(heartbeat, row, holder)) return {};
    failpoint("hub.revise");
    state.touch(holder.row);
    state.remove.reset();
    state.remove.bind(1, holder.seq);
    state.remove.exec();
    state.insert_new(row, batch);
    outcome = WriteOutcome::revised;
  }
  failpoint("hub.insert");
  state.touch(row);
  return {outcome, state.next_seq++};
}

void EventWriter::mark_slots() {
  state_->mark_touched();
}

}  // namespace vigil::agent
