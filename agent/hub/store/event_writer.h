#pragma once

#include <cstdint>
#include <memory>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class Names;

/// What became of a heartbeat that came in.
enum class WriteOutcome : std::uint8_t { stored, duplicate, revised };

struct EventWrite {
  WriteOutcome outcome = WriteOutcome::duplicate;
  std::int64_t seq = 0;  ///< 0 for a duplicate
};

/// Stands for a batch in rows that were read out of a damaged store.
inline constexpr std::int64_t kSalvagedBatch = 0;

/// Puts heartbeats into table `events`, each once, and marks the slots that they touch. Works
/// inside the caller's transaction, and must be made anew when one was rolled back. Throws
/// SQLite::Exception. Not thread-safe.
class EventWriter {
 public:
  EventWriter(SQLite::Database& db, Names& names);
  ~EventWriter();

  /// `source` is a number of `names`; `batch` of `batches`, or kSalvagedBatch: then it replaces
  /// nothing, and is replaced by what comes. The heartbeat's id must be valid.
  EventWrite write(const Heartbeat& heartbeat, std::int64_t source, std::int64_t batch);

  /// Marks what was written since the last call; before the transaction is committed.
  void mark_slots();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
