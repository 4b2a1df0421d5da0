#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/outbox/event_rows.h"

namespace vigil::agent {

/// An event that its sink refused, kept with its body until somebody retries it.
struct QuarantinedRow {
  std::int64_t place = 0;
  std::int64_t sink = 0;
  Lane lane = Lane::live;
  Origin origin = Origin::log;
  std::string body;
};

class QuarantineRows {
 public:
  explicit QuarantineRows(SQLite::Database& db);

  /// Returns the event's place in quarantine.
  Result<std::int64_t> insert(std::int64_t sink, const EventRow& event, std::string_view code,
                              WallTime now);

  /// The event at that place, or the first one after `place` that belongs to an active sink.
  [[nodiscard]] Result<std::optional<QuarantinedRow>> at(std::int64_t place);
  [[nodiscard]] Result<std::optional<QuarantinedRow>> next_after(std::int64_t place);
  Result<void> erase(std::int64_t place);

 private:
  [[nodiscard]] static Result<std::optional<QuarantinedRow>> one(Query& query, std::int64_t place);

  Query insert_;
  Query at_;
  Query next_;
  Query erase_;
};

}  // namespace vigil::agent
