#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/corrections.h"
#include "agent/hub/store/forget.h"
#include "agent/hub/store/sqlite_forward.h"
#include "base/digest.h"
#include "base/file_system.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "base/unique_fd.h"

namespace vigil::agent {

/// One verified batch as it came in. Views must live through the call.
struct IngestBatch {
  SourceId source;
  std::string key_id;    ///< of the key that signed it
  BatchId id;            ///< empty where the sender has none (v0): then nothing is replayed
  std::string instance;  ///< empty likewise: then no gap is looked for
  std::string lane;
  std::uint64_t seq = 0;       ///< per source, instance and lane, from 1
  std::optional<Digest> prev;  ///< digest of the batch sealed before in that lane
  Digest digest{};             ///< of the body
  WallTime received{};
  std::span<const Heartbeat> heartbeats;

  /// Read out of a damaged store: whatever is known or comes of the same heartbeats stands.
  bool is_salvaged = false;
};

/// A heartbeat that is new in the store, or new in this revision.
struct StoredChange {
  std::size_t index = 0;  ///< in the batch
  std::int64_t seq = 0;   ///< its number in the store: greater than all before it
};

struct IngestOutcome {
  std::size_t stored = 0;
  std::size_t duplicate = 0;
  std::size_t revised = 0;
  bool is_replay = false;  ///< this batch was stored before; the counts are those of then
  std::vector<StoredChange> changes;  ///< empty for a replay
};

/// How much one call of roll_up() takes on: it ends with the slot that passes either.
struct RollUpBudget {
  std::size_t slots = 512;
  std::size_t heartbeats = 32'768;
};

/// The hub's store, for its one writer (a lock file beside it keeps a second one out). Readers use
/// HubReader, in this process or another, at any time. Not thread-safe; blocks on the disk.
///
/// A heartbeat is known by source and id. Sent again it changes nothing; a higher revision
/// replaces it; of two that differ at the same revision the one whose canonical JSON has the
/// greater SHA-256 stays. So the content never depends on the order or number of arrivals. What was
/// salvaged from a damaged store gives way to whatever is sent again in that or a later revision.
class HubStore {
 public:
  /// Creates what is missing but the folder. Errors as of open_store_for_writing; `busy` when
  /// another hub has it open. Other limits than those of the last time make all rollups stale.
  [[nodiscard]] static Result<std::unique_ptr<HubStore>> open(const std::string& path,
                                                              TimeLimits limits = {});
  /// The same on `files`, where SQLite's file system layer lies on them, for a caller who sees to
  /// it that no other hub has the store open: no lock is taken.
  [[nodiscard]] static Result<std::unique_ptr<HubStore>> open(const std::string& path,
                                                              FileSystem& files,
                                                              TimeLimits limits = {});
  ~HubStore();

  /// 16 hex digits, random: tells this store from every other, also from one that took its place.
  [[nodiscard]] const std::string& id() const;

  /// Stores batches in one durable transaction: when this returns they survive a power cut. One
  /// result per batch: `malformed` where a heartbeat has no valid id, `exists` where the batch id
  /// was used for another digest; such a batch stores nothing and does not disturb the others. On
  /// an error of the whole nothing was stored.
  [[nodiscard]] Result<std::vector<Result<IngestOutcome>>> ingest(
      std::span<const IngestBatch> batches);

  /// Recomputes figures of slots that were touched and end before `before`; readers compute those
  /// that were not yet rolled up. Returns how many touched slots are left. Call it when idle, with
  /// a `before` some minutes back, so that a busy quarter of an hour is computed once.
  [[nodiscard]] Result<std::size_t> roll_up(WallTime before, RollUpBudget budget = {});

  /// Erases heartbeats for good and leaves their ids, so that they do not come back when a log is
  /// read again: sent again they count as duplicates. Overwrites what they held on the disk too.
  /// Returns how many. `malformed` without a filter.
  [[nodiscard]] Result<std::size_t> forget(const ForgetQuery& query);

  /// Puts a correction in force (docs/formats/hub-store.md); its id and time are given to it. The
  /// heartbeats stay as they are. `malformed` as of check_correction().
  [[nodiscard]] Result<Correction> correct(Correction correction, WallTime now);

  /// As if it had never been made. `not_found`: no correction in force has this id.
  [[nodiscard]] Result<void> undo_correction(std::int64_t id);

  /// Makes all roll-ups anew.
  [[nodiscard]] Result<void> rebuild();

  /// Gives free room back to the disk; needs as much room again meanwhile.
  [[nodiscard]] Result<void> vacuum();

  /// Something that was read or written is `damaged`: puts the store aside and begins a new one,
  /// with another id. open() does the same.
  [[nodiscard]] Result<void> renew();

  /// A damaged store waits for what can be read of it to be copied: call salvage() when idle.
  [[nodiscard]] bool needs_salvage() const;

  /// Copies a page. Returns how many heartbeats were stored.
  [[nodiscard]] Result<std::size_t> salvage(WallTime now);

 private:
  struct State;
  explicit HubStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
