#include "agent/outbox/sink_book.h"

#include <algorithm>

namespace vigil::agent {

SinkBook::SinkBook(SQLite::Database& db)
    : load_sinks_(db, "SELECT id, name, active, stores FROM sinks ORDER BY id"),
      load_cursors_(
          db,
          "SELECT lane, settled, sealed, batches, prev, pending, unsealed,"
          " unsealed_bytes, delivered, quarantined, evicted FROM cursors WHERE sink = ?1"),
      insert_sink_(db, "INSERT INTO sinks (name, active) VALUES (?1, 0) RETURNING id"),
      activate_(db, "UPDATE sinks SET active = ?2 WHERE id = ?1"),
      note_(db,
            "UPDATE sinks SET condition = ?2, attempts = ?3, last_error = ?4, next_try = ?5"
            " WHERE id = ?1"),
      set_stores_(db, "UPDATE sinks SET stores = ?2 WHERE id = ?1"),
      save_(db,
            "INSERT OR REPLACE INTO cursors (sink, lane, settled, sealed, batches, prev, pending,"
            " unsealed, unsealed_bytes, delivered, quarantined, evicted)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)") {}

Result<void> SinkBook::load() {
  sinks_.clear();
  VIGIL_TRY(load_sinks_.each([&](const Row& row) {
    sinks_.push_back({row.integer(0),
                      SinkName(std::string(row.text(1))),
                      row.integer(2) != 0,
                      std::string(row.text(3)),
                      {}});
    return Scan::go_on;
  }));
  for (auto& sink : sinks_) {
    VIGIL_TRY(load_cursors_.each(
        [&](const Row& row) {
          const auto lane = row.natural(0);
          if (lane >= kLanes.size()) return Scan::go_on;
          sink.cursors[lane] = {row.natural(1),
                                row.natural(2),
                                row.natural(3),
                                std::string(row.text(4)),
                                {row.natural(5), row.natural(6), row.natural(7), row.natural(8),
                                 row.natural(9), row.natural(10)},
                                false};
          return Scan::go_on;
        },
        sink.id));
  }
  return {};
}

Result<void> SinkBook::save() {
  for (auto& sink : sinks_) {
    for (const Lane lane : kLanes) {
      auto& cursor = sink.at(lane);
      if (!cursor.changed) continue;
      const auto& backlog = cursor.backlog;
      VIGIL_TRY(save_.run(sink.id, lane, cursor.settled, cursor.sealed, cursor.batches,
                          std::string_view(cursor.prev), backlog.pending, backlog.unsealed,
                          backlog.unsealed_bytes, backlog.delivered, backlog.quarantined,
                          backlog.evicted));
      cursor.changed = false;
    }
  }
  return {};
}

Sink* SinkBook::find(const SinkName& name) {
  const auto at = std::ranges::find(sinks_, name, &Sink::name);
  return at == sinks_.end() ? nullptr : &*at;
}

const Sink* SinkBook::find(const SinkName& name) const {
  const auto at = std::ranges::find(sinks_, name, &Sink::name);
  return at == sinks_.end() ? nullptr : &*at;
}

Result<Sink*> SinkBook::add(const SinkName& name) {
  const auto id = VIGIL_TRY(insert_sink_.integer(0, std::string_view(name.text())));
  auto& sink = sinks_.emplace_back(Sink{id, name, false, {}, {}});
  for (const Lane lane : kLanes) {
    sink.at(lane).settled = sink.at(lane).sealed = lane_start(lane);
    sink.at(lane).changed = true;
  }
  return &sink;
}

Result<void> SinkBook::set_active(Sink& sink, bool active) {
  sink.active = active;
  return activate_.run(sink.id, static_cast<std::int64_t>(active));
}

Result<void> SinkBook::note(const Sink& sink, const SinkNote& note) {
  return note_.run(sink.id, std::string_view(note.condition), note.attempts,
                   std::string_view(note.last_error), note.next_try ? unix_ms(*note.next_try) : 0);
}

Result<void> SinkBook::learn_store(Sink& sink, std::string_view store) {
  sink.stores += std::string(store) + ' ';
  if (std::ranges::count(sink.stores, ' ') > static_cast<std::ptrdiff_t>(kStoresMax)) {
    sink.stores.erase(0, sink.stores.find(' ') + 1);
  }
  return set_stores_.run(sink.id, std::string_view(sink.stores));
}

void SinkBook::add_row(Lane lane, std::optional<std::int64_t> sink, std::uint64_t bytes) {
  for (auto& each : sinks_) {
    if (!each.active || (sink && *sink != each.id)) continue;
    auto& cursor = each.at(lane);
    ++cursor.backlog.pending;
    ++cursor.backlog.unsealed;
    cursor.backlog.unsealed_bytes += bytes;
    cursor.changed = true;
  }
}

void SinkBook::drop_row(RowKey key, std::optional<std::int64_t> sink, std::uint64_t bytes) {
  for (auto& each : sinks_) {
    auto& cursor = each.at(lane_of(key));
    if (!each.active || (sink && *sink != each.id) || key <= cursor.sealed) continue;
    auto& backlog = cursor.backlog;
    backlog.pending -= std::min<std::uint64_t>(backlog.pending, 1);
    backlog.unsealed -= std::min<std::uint64_t>(backlog.unsealed, 1);
    backlog.unsealed_bytes -= std::min(backlog.unsealed_bytes, bytes);
    ++backlog.evicted;
    cursor.changed = true;
  }
}

std::optional<RowKey> SinkBook::settled_by_all(Lane lane) const {
  std::optional<RowKey> least;
  for (const auto& sink : sinks_) {
    if (sink.active) least = std::min(least.value_or(sink.at(lane).settled), sink.at(lane).settled);
  }
  return least;
}

bool SinkBook::has_pending() const {
  return std::ranges::any_of(sinks_, [](const Sink& sink) {
    return sink.active && std::ranges::any_of(sink.cursors, [](const Cursor& cursor) {
             return cursor.backlog.pending > 0;
           });
  });
}

RowKey SinkBook::last_named(Lane lane) const {
  RowKey last = lane_start(lane);
  for (const auto& sink : sinks_) last = std::max(last, sink.at(lane).sealed);
  return last;
}

}  // namespace vigil::agent
