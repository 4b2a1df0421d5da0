#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/http_message.h"

namespace vigil::agent {

/// The newest heartbeats, for clients that watch. A client is a position in a ring that all share,
/// so a slow one costs nothing: what it could not take in time is announced as a reset.
/// Thread-safe.
class LiveFeed {
 public:
  static constexpr std::size_t kRemembered = 1'024;

  /// `newest` is the number of what was stored last before this feed began.
  explicit LiveFeed(std::int64_t newest) : forgotten_(newest), newest_(newest) {}

  /// `seq` is the heartbeat's number in the store and grows.
  void publish(std::int64_t seq, Heartbeat heartbeat);

  /// The store gave way to another, whose numbers begin anew, or something was erased from it: who
  /// listens is told to reset, and what was remembered is gone.
  void restart();

  /// Figures of the same store that were told before are no longer right: whoever watches begins
  /// again. The store must have taken a number for that change.
  void restate();

  /// A stream of server-sent events (docs/formats/http-api.md) with everything after the event
  /// `last_id`, or with what comes from now on. The feed must outlive it.
  [[nodiscard]] std::unique_ptr<BodyStream> open(std::optional<std::int64_t> last_id);

  struct News {
    std::string events;  ///< as text/event-stream
    std::int64_t last_id = 0;
  };

  /// What came after `last_id`, about kPieceBytes of it.
  [[nodiscard]] News after(std::int64_t last_id) const;

 private:
  static constexpr std::size_t kPieceBytes = 32 * 1024;
  struct Entry {
    std::int64_t seq = 0;
    Heartbeat heartbeat;
  };

  mutable std::mutex mutex_;
  std::deque<Entry> ring_;
  std::int64_t forgotten_;  ///< the newest number that cannot be told any more
  std::int64_t newest_;
};

}  // namespace vigil::agent
