#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/outbox/batch_rows.h"
#include "agent/outbox/event_rows.h"
#include "agent/outbox/file_rows.h"
#include "agent/outbox/outbox.h"
#include "agent/outbox/quarantine_rows.h"
#include "agent/outbox/sink_book.h"
#include "agent/outbox/sqlite_query.h"
#include "agent/outbox/tree_rows.h"

namespace vigil::agent {

/// One connection to agent.db with its tables, and what of them is held in memory. Does what it is
/// told within the open transaction; Outbox decides when one ends.
class Outbox::Store {
 public:
  using Rewriters = std::unordered_map<SinkName, Rewriter>;
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string& path, Random& random,
                                                           const OutboxLimits& limits,
                                                           const Rewriters& rewriters);
  ~Store();

  Result<void> begin();   ///< does nothing inside a transaction
  Result<void> commit();  ///< writes what is held in memory, then ends the transaction
  Result<void> rollback();
  [[nodiscard]] bool in_transaction() const { return in_transaction_; }

  Result<void> append(const OutboxEntry& entry, std::optional<std::int64_t> sink, WallTime now);
  Result<void> set_sinks(std::span<const SinkName> names);
  Result<std::optional<SealedBatch>> unsettled(const SinkName& name, Lane lane);
  Result<std::optional<SealedBatch>> seal(const SinkName& name, Lane lane, BatchLimits limits,
                                          const SourceId& source, WallTime now);
  Result<std::vector<std::int64_t>> settle(const SealedBatch& batch,
                                           std::span<const Refusal> refused, WallTime now);
  Result<void> split(const SealedBatch& batch, WallTime now);
  Result<std::size_t> retry_quarantined(WallTime now);
  Result<void> retry_quarantined(std::int64_t place, WallTime now);
  Result<void> note(const SinkName& name, const SinkNote& note);
  Result<bool> is_known_store(const SinkName& name, std::string_view store);
  Result<void> learn_store(const SinkName& name, std::string_view store);

  /// Deletes what every active sink has settled, a bounded piece at a time.
  Result<void> trim();

  /// Beyond the cap: gives up the oldest rows that cannot be read again and are past retention.
  Result<void> evict(WallTime now);

  /// Gives back to the file system what a long backlog left unused. Outside a transaction.
  void shrink();

  Result<void> measure();  ///< refreshes what holds() rests on

  /// The file has grown to `bytes`, and something waits to be delivered: positions and parser
  /// states alone are no reason to pause, since nothing that is delivered would make them fewer.
  [[nodiscard]] bool holds(std::uint64_t bytes) const {
    return used_bytes_ >= bytes && sinks_.has_pending();
  }
  [[nodiscard]] const std::string& instance() const { return instance_; }
  [[nodiscard]] FileRows& files() { return files_; }
  [[nodiscard]] TreeRows& trees() { return trees_; }
  [[nodiscard]] const SinkBook& sinks() const { return sinks_; }
  [[nodiscard]] std::uint64_t& counter(Counter which);

 private:
  Store(std::unique_ptr<SQLite::Database> db, Random& random, const OutboxLimits& limits,
        const Rewriters& rewriters);
  Result<void> load();
  Result<void> load_instance();
  Result<void> save_counters();
  Result<void> activate(Sink& sink);
  Result<Sink*> sink_of(const SinkName& name);
  Result<BatchRow> first_batch(Sink& sink, const SealedBatch& batch);
  Result<SealedBatch> seal_range(Sink& sink, Lane lane, BatchRow& batch, BatchLimits limits);
  Result<std::string> build(const Sink& sink, BatchRow& batch, Lane lane, BatchLimits limits);
  Result<void> dissolve(Sink& sink, Lane lane);
  [[nodiscard]] BatchId make_id();
  [[nodiscard]] bool may_evict(const EventRows::Aged& row) const;

  std::unique_ptr<SQLite::Database> db_;  // before the queries: they end before it closes
  Random& random_;
  const OutboxLimits& limits_;
  const Rewriters& rewriters_;
  EventRows events_;
  BatchRows batches_;
  QuarantineRows quarantine_;
  FileRows files_;
  TreeRows trees_;
  SinkBook sinks_;
  Query page_count_;
  Query free_pages_;
  Query load_counter_;
  Query save_counter_;
  bool in_transaction_ = false;
  std::string instance_;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t unused_bytes_ = 0;
  std::array<RowKey, kLanes.size()> last_{};
  std::array<RowKey, kLanes.size()> trimmed_{};  ///< rows up to here are deleted
  std::array<std::uint64_t, kCounters> counters_{};
  std::array<std::uint64_t, kCounters> counters_saved_{};
};

}  // namespace vigil::agent
