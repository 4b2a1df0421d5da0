// The connection, its transaction, and what is swept up on the way: settled rows, evicted rows,
// unused pages. Batches are in outbox_batches.cc.

#include "agent/outbox/outbox_store.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>

#include "agent/outbox/database_file.h"
#include "base/encoding.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

constexpr std::uint64_t kPageBytes = 4096;  // SQLite's default

// What a long backlog left unused is given back once it is this much and the rest is small enough
// to be copied in a few milliseconds.
constexpr std::uint64_t kUnusedBytesMax = 64ULL * 1024 * 1024;
constexpr std::uint64_t kCopiedBytesMax = 16ULL * 1024 * 1024;

}  // namespace

Outbox::Store::Store(std::unique_ptr<SQLite::Database> db, Random& random,
                     const OutboxLimits& limits, const Rewriters& rewriters)
    : db_(std::move(db)),
      random_(random),
      limits_(limits),
      rewriters_(rewriters),
      events_(*db_),
      batches_(*db_),
      quarantine_(*db_),
      files_(*db_),
      trees_(*db_),
      sinks_(*db_),
      page_count_(*db_, "PRAGMA page_count"),
      free_pages_(*db_, "PRAGMA freelist_count"),
      load_counter_(*db_, "SELECT value FROM counters WHERE name = ?1"),
      save_counter_(*db_, "INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)") {}

Outbox::Store::~Store() = default;

Result<std::unique_ptr<Outbox::Store>> Outbox::Store::open(const std::string& path, Random& random,
                                                           const OutboxLimits& limits,
                                                           const Rewriters& rewriters) {
  auto db = VIGIL_TRY(open_for_writing(path));
  std::unique_ptr<Store> store(
      new Store(std::move(db), random, limits, rewriters));  // private constructor
  VIGIL_TRY(store->load_instance());
  VIGIL_TRY(store->load());
  return store;
}

Result<void> Outbox::Store::load_instance() {
  const auto read = [&] {
    return Query(*db_, "SELECT value FROM meta WHERE name = 'instance'").each([&](const Row& row) {
      instance_ = row.text(0);
      return Scan::stop;
    });
  };
  VIGIL_TRY(read());
  if (!instance_.empty()) return {};
  std::array<std::byte, 12> bytes{};
  random_.fill(bytes);
  VIGIL_TRY(Query(*db_, "INSERT INTO meta (name, value) VALUES ('instance', ?1)")
                .run(std::string_view(to_hex(bytes))));
  return read();
}

Result<void> Outbox::Store::load() {
  VIGIL_TRY(sinks_.load());
  for (const Lane lane : kLanes) {
    const KeyRange all{lane_start(lane), lane_end(lane)};
    const auto at = static_cast<std::size_t>(lane);
    // A key must never come back once a cursor has passed it.
    last_[at] = std::max(VIGIL_TRY(events_.last_key(all)).value_or(0), sinks_.last_named(lane));
    const auto first = VIGIL_TRY(events_.first_key(all));
    trimmed_[at] = first ? *first - 1 : last_[at];
  }
  for (std::size_t i = 0; i < kCounters; ++i) {
    counters_[i] = static_cast<std::uint64_t>(
        VIGIL_TRY(load_counter_.integer(0, counter_name(static_cast<Counter>(i)))));
  }
  counters_saved_ = counters_;
  return measure();
}

Result<void> Outbox::Store::begin() {
  if (in_transaction_) return {};
  VIGIL_TRY(execute(*db_, "BEGIN IMMEDIATE"));
  failpoint("outbox.begin");
  in_transaction_ = true;
  return {};
}

Result<void> Outbox::Store::commit() {
  VIGIL_TRY(sinks_.save());
  VIGIL_TRY(save_counters());
  failpoint("outbox.commit.before");
  VIGIL_TRY(execute(*db_, "COMMIT"));
  failpoint("outbox.commit.after");
  in_transaction_ = false;
  return {};
}

Result<void> Outbox::Store::rollback() {
  // Fails where SQLite rolled back by itself (full disk); then there is nothing left to do.
  (void)execute(*db_, "ROLLBACK");
  failpoint("outbox.rollback");
  in_transaction_ = false;
  return load();
}

Result<void> Outbox::Store::append(const OutboxEntry& entry, std::optional<std::int64_t> sink,
                                   WallTime now) {
  const RowKey key = ++last_[static_cast<std::size_t>(entry.lane)];
  VIGIL_TRY(events_.insert(key, entry, sink, now));
  failpoint("outbox.insert");
  sinks_.add_row(entry.lane, sink, entry.body.size() + 1);
  return {};
}

Result<void> Outbox::Store::save_counters() {
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (counters_[i] == counters_saved_[i]) continue;
    VIGIL_TRY(save_counter_.run(counter_name(static_cast<Counter>(i)), counters_[i]));
  }
  counters_saved_ = counters_;
  return {};
}

std::uint64_t& Outbox::Store::counter(Counter which) {
  return counters_[static_cast<std::size_t>(which)];
}

Result<void> Outbox::Store::trim() {
  for (const Lane lane : kLanes) {
    auto& trimmed = trimmed_[static_cast<std::size_t>(lane)];
    const RowKey settled = sinks_.settled_by_all(lane).value_or(trimmed);
    if (settled <= trimmed) continue;
    const RowKey last = std::min(settled, trimmed + limits_.sweep_rows);
    VIGIL_TRY(events_.erase({trimmed + 1, last}));
    failpoint("outbox.trim");
    trimmed = last;
  }
  return {};
}

bool Outbox::Store::may_evict(const EventRows::Aged& row) const {
  // A row inside a sealed batch belongs to bytes that may be on their way.
  return std::ranges::none_of(sinks_.all(), [&](const Sink& sink) {
    const auto& cursor = sink.at(lane_of(row.key));
    return sink.active && row.key > cursor.settled && row.key <= cursor.sealed;
  });
}

Result<void> Outbox::Store::evict(WallTime now) {
  VIGIL_TRY(measure());
  if (used_bytes_ < limits_.cap_bytes) return {};
  for (const auto& row : VIGIL_TRY(events_.aged(now - limits_.retention, limits_.sweep_rows))) {
    if (!may_evict(row)) continue;
    VIGIL_TRY(events_.erase({row.key, row.key}));
    if (!planted(PlantedBug::evicted_uncounted)) ++counter(Counter::events_evicted);
    sinks_.drop_row(row.key, row.sink, row.bytes);
  }
  return measure();
}

void Outbox::Store::shrink() {
  if (unused_bytes_ < kUnusedBytesMax || used_bytes_ > kCopiedBytesMax) return;
  unused_bytes_ = 0;  // where it fails (no room for the copy), the next measure() tries again
  (void)execute(*db_, "VACUUM");
}

Result<void> Outbox::Store::measure() {
  const auto pages = VIGIL_TRY(page_count_.integer(0));
  const auto unused = VIGIL_TRY(free_pages_.integer(0));
  unused_bytes_ = static_cast<std::uint64_t>(unused) * kPageBytes;
  used_bytes_ = static_cast<std::uint64_t>(pages - unused) * kPageBytes;
  return {};
}

Result<void> Outbox::Store::note(const SinkName& name, const SinkNote& note) {
  return sinks_.note(*VIGIL_TRY(sink_of(name)), note);
}

Result<bool> Outbox::Store::is_known_store(const SinkName& name, std::string_view store) {
  auto& sink = *VIGIL_TRY(sink_of(name));
  if (sink.stores.empty()) VIGIL_TRY(sinks_.learn_store(sink, store));
  return sink.stores.contains(std::string(store) + ' ');
}

Result<void> Outbox::Store::learn_store(const SinkName& name, std::string_view store) {
  return sinks_.learn_store(*VIGIL_TRY(sink_of(name)), store);
}

Result<Sink*> Outbox::Store::sink_of(const SinkName& name) {
  Sink* sink = sinks_.find(name);
  if (sink == nullptr || !sink->active) {
    return fail(Errc::not_found, name.text() + ": no such sink");
  }
  return sink;
}

Result<void> Outbox::Store::set_sinks(std::span<const SinkName> names) {
  for (const auto& name : names) {
    Sink* sink = sinks_.find(name);
    if (sink == nullptr) sink = VIGIL_TRY(sinks_.add(name));
    if (!sink->active) VIGIL_TRY(activate(*sink));
  }
  for (auto& sink : sinks_.all()) {
    if (!sink.active || std::ranges::find(names, sink.name) != names.end()) continue;
    VIGIL_TRY(sinks_.set_active(sink, false));
    failpoint("outbox.sink_dropped");
    for (const Lane lane : kLanes) VIGIL_TRY(batches_.erase_all(sink.id, lane));
  }
  return {};
}

Result<void> Outbox::Store::activate(Sink& sink) {
  VIGIL_TRY(sinks_.set_active(sink, true));
  for (const Lane lane : kLanes) {
    auto& cursor = sink.at(lane);
    // What was settled before it was named last must not go out a second time.
    cursor.settled = std::max(cursor.settled, trimmed_[static_cast<std::size_t>(lane)]);
    VIGIL_TRY(dissolve(sink, lane));
  }
  return {};
}

BatchId Outbox::Store::make_id() {
  std::array<std::byte, 16> bytes{};
  random_.fill(bytes);
  return BatchId("bat_" + to_hex(bytes));
}

}  // namespace vigil::agent
