#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/outbox/event_rows.h"

namespace vigil::agent {

/// A sealed batch without its payload: with these facts the same bytes are built from its rows.
struct BatchRow {
  std::int64_t sink = 0;
  KeyRange range;
  std::uint64_t seq = 0;
  BatchId id;
  SourceId source;
  WallTime created{};
  std::string prev;
  BatchId split_of;
  std::uint64_t events = 0;
  std::string digest;
  std::uint64_t bytes = 0;  ///< of the events with a separator each; not stored
};

/// The table of sealed, unsettled batches.
class BatchRows {
 public:
  explicit BatchRows(SQLite::Database& db);

  Result<void> insert(const BatchRow& batch);
  Result<void> erase(const BatchRow& batch);
  Result<void> erase_all(std::int64_t sink, Lane lane);

  /// The one with the lowest rows.
  [[nodiscard]] Result<std::optional<BatchRow>> first(std::int64_t sink, Lane lane);

 private:
  Query insert_;
  Query erase_;
  Query erase_all_;
  Query first_;
};

}  // namespace vigil::agent
