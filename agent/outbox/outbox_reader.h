#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outbox/outbox.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own name
class Database;
}

namespace vigil::agent {

/// What `agent queue status` shows of one sink.
struct SinkStatus {
  SinkName name;
  SinkNote note;
  std::array<Backlog, kLanes.size()> lanes;
  std::uint64_t batches = 0;  ///< sealed and not settled
};

struct QueueStatus {
  std::string instance;
  std::vector<SinkStatus> sinks;  ///< the active ones
  std::array<std::uint64_t, kCounters> counters{};
  std::uint64_t files = 0;         ///< logs with a stored position
  std::uint64_t bytes = 0;         ///< in use, of the file
  std::optional<WallTime> oldest;  ///< when the oldest row was queued that some sink still lacks
};

/// A row that a sink has not settled, or refused.
struct ListedEvent {
  enum class State : std::uint8_t { pending, sealed, quarantined };

  SinkName sink;
  Lane lane = Lane::live;
  State state = State::pending;
  WallTime since{};       ///< queued or quarantined
  std::string_view code;  ///< why it was quarantined
  std::string_view body;  ///< valid during the call only
};

/// Looks into agent.db, beside a running daemon or without one; changes nothing. Not thread-safe.
class OutboxReader {
 public:
  /// `not_found`: there is no queue yet. `denied`: a newer program made it. `malformed`: damaged.
  [[nodiscard]] static Result<OutboxReader> open(const std::string& path);
  OutboxReader(OutboxReader&&) noexcept;
  ~OutboxReader();

  [[nodiscard]] Result<QueueStatus> status();

  /// The project trees that are watched, the latest used first.
  [[nodiscard]] Result<std::vector<StoredTree>> trees();

  using Take = std::function<void(const ListedEvent&)>;

  /// The first `limit` rows that a sink has yet to settle, live lane first, in order.
  [[nodiscard]] Result<void> list(const SinkName& sink, std::size_t limit, const Take& take);

  /// The first `limit` refused rows of the active sinks, oldest first.
  [[nodiscard]] Result<void> list_quarantined(std::size_t limit, const Take& take);

  /// The bodies of all rows that any active sink has yet to settle.
  [[nodiscard]] Result<void> each_body(const std::function<void(std::string_view)>& take);

 private:
  explicit OutboxReader(std::unique_ptr<SQLite::Database> db);
  Result<void> read_counts(QueueStatus& status);
  Result<void> read_sinks(QueueStatus& status);

  std::unique_ptr<SQLite::Database> db_;
};

}  // namespace vigil::agent
