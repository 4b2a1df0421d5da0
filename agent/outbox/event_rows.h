#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agent/outbox/outbox.h"
#include "agent/outbox/sqlite_query.h"

namespace vigil::agent {

/// A row's place: the lane in the high bits, so that each lane is one ascending run of the table.
using RowKey = std::uint64_t;
inline constexpr unsigned kLaneShift = 60;
[[nodiscard]] constexpr RowKey lane_start(Lane lane) {
  return static_cast<RowKey>(lane) << kLaneShift;
}
[[nodiscard]] constexpr RowKey lane_end(Lane lane) {
  return lane_start(lane) + ((RowKey{1} << kLaneShift) - 1);
}
[[nodiscard]] constexpr Lane lane_of(RowKey key) {
  return static_cast<Lane>(key >> kLaneShift);
}

/// `first` and `last` belong to it.
struct KeyRange {
  RowKey first = 0;
  RowKey last = 0;
};

/// A row as scans see it; the view is valid until the next row.
struct EventRow {
  RowKey key = 0;
  Origin origin = Origin::log;
  std::string_view body;
};

/// The table of queued heartbeats. Damage to a body is found by its checksum: `malformed`.
class EventRows {
 public:
  explicit EventRows(SQLite::Database& db);

  /// `sink` is the only one to get the row, or nothing for all.
  Result<void> insert(RowKey key, const OutboxEntry& entry, std::optional<std::int64_t> sink,
                      WallTime now);

  /// Calls `take(EventRow)` for the rows in `range` that are for `sink`, in order, until it returns
  /// Scan::stop.
  template <class Take>
  Result<void> each(KeyRange range, std::int64_t sink, Take&& take) {
    bool damaged = false;
    VIGIL_TRY(scan_.each(
        [&](const Row& row) {
          const EventRow event{row.natural(0), static_cast<Origin>(row.integer(1)), row.text(3)};
          damaged = !is_sound(event.body, row.natural(2));
          return damaged ? Scan::stop : take(event);
        },
        range.first, range.last, sink));
    if (damaged) return fail(Errc::damaged, "agent.db: the body of a row is damaged");
    return {};
  }

  struct Sum {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;  ///< of the bodies with a separator each
  };
  [[nodiscard]] Result<Sum> sum(KeyRange range, std::int64_t sink);

  /// The first or last key in the range; nothing when it is empty.
  [[nodiscard]] Result<std::optional<RowKey>> first_key(KeyRange range);
  [[nodiscard]] Result<std::optional<RowKey>> last_key(KeyRange range);

  Result<void> erase(KeyRange range);

  struct Aged {
    RowKey key = 0;
    std::optional<std::int64_t> sink;
    std::uint64_t bytes = 0;
  };
  /// The oldest rows of Origin::once that were queued before `before`, at most `limit`.
  [[nodiscard]] Result<std::vector<Aged>> aged(WallTime before, std::size_t limit);

 private:
  static bool is_sound(std::string_view body, std::uint64_t sum);

  Query insert_;
  Query scan_;
  Query sum_;
  Query first_;
  Query last_;
  Query erase_;
  Query aged_;
};

}  // namespace vigil::agent
