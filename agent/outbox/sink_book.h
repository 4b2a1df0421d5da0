#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/outbox/event_rows.h"

namespace vigil::agent {

/// How far one lane of one sink has come: rows up to `settled` are done with, rows up to `sealed`
/// are in batches.
struct Cursor {
  RowKey settled = 0;
  RowKey sealed = 0;
  std::uint64_t batches = 0;  ///< number of the batch sealed last
  std::string prev;           ///< its digest
  Backlog backlog;
  bool changed = false;  ///< since it was last written
};

struct Sink {
  std::int64_t id = 0;
  SinkName name;
  bool active = false;
  std::string stores;  ///< ids of stores that it answered from, the newest last, each with a blank
  std::array<Cursor, kLanes.size()> cursors;

  [[nodiscard]] Cursor& at(Lane lane) { return cursors[static_cast<std::size_t>(lane)]; }
  [[nodiscard]] const Cursor& at(Lane lane) const {
    return cursors[static_cast<std::size_t>(lane)];
  }
};

inline constexpr std::size_t kStoresMax = 8;

/// Sinks and their cursors: held in memory, written by save(), read again after a rollback.
class SinkBook {
 public:
  explicit SinkBook(SQLite::Database& db);

  Result<void> load();
  Result<void> save();

  [[nodiscard]] std::span<Sink> all() { return sinks_; }
  [[nodiscard]] std::span<const Sink> all() const { return sinks_; }
  [[nodiscard]] Sink* find(const SinkName& name);
  [[nodiscard]] const Sink* find(const SinkName& name) const;

  /// Adds a sink (inactive, cursors at the start of their lanes).
  Result<Sink*> add(const SinkName& name);
  Result<void> set_active(Sink& sink, bool active);
  Result<void> note(const Sink& sink, const SinkNote& note);

  /// Remembers a store of the sink's, as one of the last kStoresMax.
  Result<void> learn_store(Sink& sink, std::string_view store);

  /// Counts a row that was added to the lane, for one sink or for every active one.
  void add_row(Lane lane, std::optional<std::int64_t> sink, std::uint64_t bytes);

  /// Takes an evicted row out of the counts of those who would still have got it.
  void drop_row(RowKey key, std::optional<std::int64_t> sink, std::uint64_t bytes);

  /// Every active sink has settled the lane's rows up to here; nothing when no sink is active.
  [[nodiscard]] std::optional<RowKey> settled_by_all(Lane lane) const;

  /// Somebody is still to get something.
  [[nodiscard]] bool has_pending() const;

  /// The last key that any cursor of the lane names.
  [[nodiscard]] RowKey last_named(Lane lane) const;

 private:
  std::vector<Sink> sinks_;
  Query load_sinks_;
  Query load_cursors_;
  Query insert_sink_;
  Query activate_;
  Query note_;
  Query set_stores_;
  Query save_;
};

}  // namespace vigil::agent
