#include "agent/outbox/outbox.h"

#include "agent/outbox/database_file.h"
#include "agent/outbox/outbox_store.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::uint32_t kPrivate = 0600;

/// Failures after which it is unclear what the connection believes to be on the disk.
bool needs_new_connection(Errc code) {
  return code == Errc::io || code == Errc::damaged;
}

}  // namespace

std::string_view lane_name(Lane lane) {
  return lane == Lane::live ? "live" : "backfill";
}

std::string_view counter_name(Counter counter) {
  static constexpr std::array<std::string_view, kCounters> kNames{
      "lines_read",    "lines_derived",  "lines_ignored",   "lines_malformed",
      "events_queued", "events_evicted", "events_excluded", "batches_resealed"};
  return kNames.at(static_cast<std::size_t>(counter));
}

Outbox::Outbox(std::string path, Random& random, OutboxLimits limits)
    : path_(std::move(path)), random_(random), limits_(limits) {}

Outbox::~Outbox() = default;

Result<Outbox::Opened> Outbox::open(FileSystem& files, const std::string& path, Random& random,
                                    WallTime now, OutboxLimits limits) {
  Opened opened;
  opened.outbox.reset(new Outbox(path, random, limits));  // private constructor
  // Made beforehand, since SQLite would give it the mode that the umask leaves.
  if (auto made = files.create(path, "", kPrivate); !made && made.error().code != Errc::exists) {
    return std::unexpected(std::move(made).error());
  }
  failpoint("outbox.open.created");
  auto ready = opened.outbox->ready();
  if (!ready && ready.error().code == Errc::damaged) {
    opened.reason = ready.error().message;
    opened.set_aside = VIGIL_TRY(set_aside(files, path, now));
    VIGIL_TRY(files.create(path, "", kPrivate));
    ready = opened.outbox->ready();
  }
  if (!ready) return std::unexpected(std::move(ready).error());
  return opened;
}

/// Connects again where the last connection was given up.
Result<void> Outbox::ready() {
  if (store_) return {};
  store_ = VIGIL_TRY(Store::open(path_, random_, limits_, rewriters_));
  return {};
}

/// Runs a change inside the open transaction, or begins one; a failure undoes the whole of it.
template <class Change>
auto Outbox::change(Change change) {
  auto attempt = [&]() -> decltype(change(*store_)) {
    VIGIL_TRY(ready());
    VIGIL_TRY(store_->begin());
    return change(*store_);
  };
  auto result = attempt();
  if (!result && store_) {
    const bool usable = store_->rollback().has_value();
    if (!usable || needs_new_connection(result.error().code)) store_.reset();
  }
  return result;
}

const std::string& Outbox::instance() const {
  static const std::string none;
  return store_ ? store_->instance() : none;
}

Result<void> Outbox::append(std::span<const OutboxEntry> entries, WallTime now) {
  return change([&](Store& store) -> Result<void> {
    if (store.holds(limits_.cap_bytes + limits_.reserve_bytes)) {
      return fail(Errc::full, "agent.db: the queue has reached its cap");
    }
    for (const auto& entry : entries) VIGIL_TRY(store.append(entry, std::nullopt, now));
    store.counter(Counter::events_queued) += entries.size();
    return {};
  });
}

Result<void> Outbox::store_file(const StoredFile& file) {
  return change([&](Store& store) { return store.files().store(file); });
}

Result<void> Outbox::forget_files(std::span<const watcher::FilePosition> positions) {
  return change([&](Store& store) -> Result<void> {
    failpoint("outbox.forget_files");
    for (const auto& position : positions) VIGIL_TRY(store.files().forget(position));
    return {};
  });
}

Result<void> Outbox::store_tree(const StoredTree& tree) {
  return change([&](Store& store) { return store.trees().store(tree); });
}

Result<void> Outbox::forget_tree(std::string_view root) {
  return change([&](Store& store) { return store.trees().forget(root); });
}

Result<std::vector<StoredTree>> Outbox::load_trees() {
  VIGIL_TRY(ready());
  return store_->trees().all();
}

void Outbox::count(Counter counter, std::uint64_t by) {
  if (store_) store_->counter(counter) += by;
}

Result<void> Outbox::commit(WallTime now) {
  if (!store_ || !store_->in_transaction()) return {};
  return change([&](Store& store) -> Result<void> {
    VIGIL_TRY(store.trim());
    VIGIL_TRY(store.evict(now));
    VIGIL_TRY(store.commit());
    store.shrink();
    return {};
  });
}

void Outbox::rollback() {
  if (store_ && store_->in_transaction() && !store_->rollback()) store_.reset();
}

bool Outbox::is_full() const {
  return store_ && store_->holds(limits_.cap_bytes);
}

Result<std::vector<watcher::FilePosition>> Outbox::load_positions() {
  VIGIL_TRY(ready());
  return store_->files().positions();
}

Result<std::string> Outbox::load_parser_state(const watcher::FilePosition& position) {
  VIGIL_TRY(ready());
  return store_->files().parser_state(position);
}

Result<void> Outbox::set_sinks(std::span<const SinkName> sinks) {
  return change([&](Store& store) { return store.set_sinks(sinks); });
}

void Outbox::set_rewriter(const SinkName& sink, Rewriter rewrite) {
  rewriters_.insert_or_assign(sink, std::move(rewrite));
}

Result<std::optional<SealedBatch>> Outbox::unsettled(const SinkName& sink, Lane lane) {
  return change([&](Store& store) { return store.unsettled(sink, lane); });
}

Result<std::optional<SealedBatch>> Outbox::seal(const SinkName& sink, Lane lane, BatchLimits limits,
                                                const SourceId& source, WallTime now) {
  return change([&](Store& store) { return store.seal(sink, lane, limits, source, now); });
}

Result<std::vector<std::int64_t>> Outbox::settle(const SealedBatch& batch,
                                                 std::span<const Refusal> refused, WallTime now) {
  return change([&](Store& store) { return store.settle(batch, refused, now); });
}

Result<void> Outbox::split(const SealedBatch& batch, WallTime now) {
  return change([&](Store& store) { return store.split(batch, now); });
}

Result<std::size_t> Outbox::retry_quarantined(WallTime now) {
  return change([&](Store& store) { return store.retry_quarantined(now); });
}

Result<void> Outbox::retry_quarantined(std::span<const std::int64_t> places, WallTime now) {
  return change([&](Store& store) -> Result<void> {
    for (const auto place : places) VIGIL_TRY(store.retry_quarantined(place, now));
    return {};
  });
}

Result<void> Outbox::note(const SinkName& sink, const SinkNote& note) {
  return change([&](Store& store) { return store.note(sink, note); });
}

Result<bool> Outbox::is_known_store(const SinkName& sink, std::string_view store) {
  return change([&](Store& known) { return known.is_known_store(sink, store); });
}

Result<void> Outbox::start_anew(const SinkName& sink, std::string_view store, WallTime now) {
  VIGIL_TRY(forget_files(VIGIL_TRY(load_positions())));
  failpoint("outbox.start_anew");
  VIGIL_TRY(change([&](Store& known) { return known.learn_store(sink, store); }));
  return commit(now);
}

Backlog Outbox::backlog(const SinkName& sink, Lane lane) const {
  const Sink* found = store_ ? store_->sinks().find(sink) : nullptr;
  return found != nullptr && found->active ? found->at(lane).backlog : Backlog{};
}

std::uint64_t Outbox::counted(Counter counter) const {
  return store_ ? store_->counter(counter) : 0;
}

}  // namespace vigil::agent
