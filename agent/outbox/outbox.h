#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file_system.h"
#include "base/id.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "watcher/file_position.h"

namespace vigil::agent {

/// What happens now goes before what is being read back; each lane has its own order and cursor.
enum class Lane : std::uint8_t { live = 0, backfill = 1 };
inline constexpr std::array<Lane, 2> kLanes{Lane::live, Lane::backfill};
[[nodiscard]] std::string_view lane_name(Lane lane);  ///< `live`, `backfill`

/// Whether the record can be read again from its log. What cannot (`agent heartbeat`, hooks) may
/// be evicted only after OutboxLimits::retention and goes to the fallback file while the database
/// is away.
enum class Origin : std::uint8_t { log = 0, once = 1 };

/// One row to be queued: the canonical JSON of a heartbeat and what the queue must know of it.
struct OutboxEntry {
  Lane lane = Lane::live;
  Origin origin = Origin::log;
  std::string_view body;  ///< canonical JSON object
};

/// What is stored for one log file; commits together with the heartbeats it covers.
struct StoredFile {
  watcher::FilePosition position;
  std::string parser_state;  ///< opaque, at most parser::kStateMax bytes
};

/// A project tree that is watched without being named in the configuration, or how far one is seen.
struct StoredTree {
  std::string root;                    ///< absolute
  std::optional<WallTime> seen_until;  ///< what changed before was told of; nothing: not looked at
  WallTime used{};                     ///< when somebody was last at work there

  friend bool operator==(const StoredTree&, const StoredTree&) = default;
};

/// A sealed, immutable, numbered group of rows of one lane for one sink.
struct SealedBatch {
  SinkName sink;
  Lane lane = Lane::live;
  BatchId id;
  std::uint64_t seq = 0;   ///< per source, instance and lane, from 1
  std::string body;        ///< exactly the bytes to send
  std::string digest_hex;  ///< SHA-256 of body
  std::size_t events = 0;
};

/// When a batch is full, whichever comes first. An event that is larger than `bytes` travels alone.
struct BatchLimits {
  std::size_t events = 1'000;
  std::size_t bytes = 900 * 1024;  ///< of the whole body

  friend bool operator==(const BatchLimits&, const BatchLimits&) = default;
};

/// An event that a sink will not take, by its place in the batch. `code` is a short word of the
/// sink's or ours, never text from the event.
struct Refusal {
  std::size_t index = 0;
  std::string code;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// What the accounting `read = derived + ignored + malformed` and the fate of rows rest on.
enum class Counter : std::uint8_t {
  lines_read,
  lines_derived,
  lines_ignored,
  lines_malformed,
  events_queued,
  events_evicted,    ///< older than the retention beyond the cap, for want of room
  events_excluded,   ///< not recorded: a pause, or a path that the configuration excludes
  batches_resealed,  ///< could not be rebuilt from their rows and were sealed anew
};
inline constexpr std::size_t kCounters = 8;
[[nodiscard]] std::string_view counter_name(Counter counter);

/// How far one lane of one sink has come.
struct Backlog {
  std::uint64_t pending = 0;         ///< rows not yet settled, sealed ones included
  std::uint64_t unsealed = 0;        ///< rows that no batch holds yet
  std::uint64_t unsealed_bytes = 0;  ///< of their bodies with a separator each
  std::uint64_t delivered = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t evicted = 0;
};

/// Why a sink gets nothing at the moment; kept so that `agent queue status` can tell without a
/// daemon. `last_error` holds our own words and a status, never what the other side wrote.
struct SinkNote {
  std::string condition = "ok";
  std::uint32_t attempts = 0;
  std::string last_error;
  std::optional<WallTime> next_try;

  friend bool operator==(const SinkNote&, const SinkNote&) = default;
};

/// Named bounds of the outbox; tests go one past each.
struct OutboxLimits {
  std::uint64_t cap_bytes = 1024ULL * 1024 * 1024;    ///< beyond it reading of logs pauses
  std::uint64_t reserve_bytes = 64ULL * 1024 * 1024;  ///< beyond cap + reserve nothing is taken
  std::chrono::milliseconds retention = std::chrono::days(14);
  std::size_t sweep_rows = 8'192;  ///< rows deleted, evicted or retried in one transaction
};

/// The durable queue and everything that must commit with it, in one SQLite file. Rows are
/// append-only; each sink has a cursor per lane; what every active sink has settled is deleted.
///
/// Changes gather in one transaction, begun by the first of them and ended by commit(). When any
/// call fails, the whole open transaction is rolled back and the outbox stays usable: `full` and
/// `io` pass by themselves (try again later); after `damaged` destroy the
/// outbox, set_aside() the file and open a new one, which logs and ids make whole again.
///
/// One writer per file (the caller holds the state directory's lock). Not thread-safe.
class Outbox {
 public:
  struct Opened;

  /// Opens or creates `path` (0600). A damaged or foreign file is set aside first. `denied`: made
  /// by a newer version. `random` must outlive the outbox.
  [[nodiscard]] static Result<Opened> open(FileSystem& files, const std::string& path,
                                           Random& random, WallTime now, OutboxLimits limits = {});
  ~Outbox();

  /// Connects again where a failure has cost the connection: until then nothing is known to be
  /// queued. The calls that change something do it by themselves.
  Result<void> ready();

  /// Random, born with the file: tells apart the batch numbers of two lives of one source.
  [[nodiscard]] const std::string& instance() const;

  Result<void> append(std::span<const OutboxEntry> entries, WallTime now);
  Result<void> store_file(const StoredFile& file);
  Result<void> forget_files(std::span<const watcher::FilePosition> positions);
  void count(Counter counter, std::uint64_t by);

  /// Replaces what is stored of the same root.
  Result<void> store_tree(const StoredTree& tree);
  Result<void> forget_tree(std::string_view root);
  [[nodiscard]] Result<std::vector<StoredTree>> load_trees();  ///< the latest used first

  /// Makes everything since the last commit durable; on the way deletes what is settled and, beyond
  /// the cap, evicts. Without changes it does nothing.
  Result<void> commit(WallTime now);
  void rollback();

  /// Whether reading of logs must pause: the file holds OutboxLimits::cap_bytes.
  [[nodiscard]] bool is_full() const;

  [[nodiscard]] Result<std::vector<watcher::FilePosition>> load_positions();

  /// `not_found` where there is none for exactly this offset, or it is damaged: read from 0.
  [[nodiscard]] Result<std::string> load_parser_state(const watcher::FilePosition& position);

  /// Who is to get the rows. A new sink starts at the oldest row that is still there; one that is
  /// no longer named keeps its numbering but holds nothing back.
  Result<void> set_sinks(std::span<const SinkName> sinks);

  /// What the sink is sent in place of a body; it must say the same each time, else batches that
  /// are under way are sealed anew. Nothing: the body as it is.
  using Rewriter = std::function<std::optional<std::string>(std::string_view body)>;
  void set_rewriter(const SinkName& sink, Rewriter rewrite);

  /// The first sealed batch that is not settled, rebuilt byte for byte from its rows. When that is
  /// not possible any more, the lane's sealed batches are dissolved, and there is none.
  [[nodiscard]] Result<std::optional<SealedBatch>> unsettled(const SinkName& sink, Lane lane);

  /// Seals the next rows; nothing where there are none. Send it only after commit().
  Result<std::optional<SealedBatch>> seal(const SinkName& sink, Lane lane, BatchLimits limits,
                                          const SourceId& source, WallTime now);

  /// The sink has taken the batch, all but `refused`, which go to quarantine. Returns their places
  /// there. `not_found`: it is not the lane's first unsettled batch.
  Result<std::vector<std::int64_t>> settle(const SealedBatch& batch,
                                           std::span<const Refusal> refused, WallTime now);

  /// Replaces a batch of at least two events by two halves, each sealed under a new id and number.
  Result<void> split(const SealedBatch& batch, WallTime now);

  /// Queues quarantined events again, for their sink alone; returns how many (at most sweep_rows).
  Result<std::size_t> retry_quarantined(WallTime now);
  Result<void> retry_quarantined(std::span<const std::int64_t> places, WallTime now);

  Result<void> note(const SinkName& sink, const SinkNote& note);

  /// The sink answered from a store of this id. False for one that is new to a sink that had
  /// another: then start_anew(). The first one is learnt at once.
  [[nodiscard]] Result<bool> is_known_store(const SinkName& sink, std::string_view store);

  /// Forgets how far every file was read and learns the store: what logs hold is read and goes out
  /// again, to be stored by whom it is missing. Commits.
  Result<void> start_anew(const SinkName& sink, std::string_view store, WallTime now);

  [[nodiscard]] Backlog backlog(const SinkName& sink, Lane lane) const;
  [[nodiscard]] std::uint64_t counted(Counter counter) const;

 private:
  class Store;
  Outbox(std::string path, Random& random, OutboxLimits limits);
  template <class Change>
  auto change(Change change);

  std::string path_;
  Random& random_;
  OutboxLimits limits_;
  std::unordered_map<SinkName, Rewriter> rewriters_;
  std::unique_ptr<Store> store_;  ///< empty after a failure that the connection may not survive
};

struct Outbox::Opened {
  std::unique_ptr<Outbox> outbox;
  std::string set_aside;  ///< where a damaged file went; empty when there was none
  std::string reason;     ///< what was wrong with it
};

}  // namespace vigil::agent
