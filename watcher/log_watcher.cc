#include "watcher/log_watcher.h"

#include <algorithm>
#include <utility>

#include "base/failpoint.h"
#include "base/planted_bug.h"
#include "watcher/directory_tree.h"
#include "watcher/file_table.h"
#include "watcher/plain_reader.h"
#include "watcher/shared_watches.h"
#include "watcher/trouble_list.h"
#include "watcher/zstd_reader.h"

namespace vigil::watcher {
namespace {

/// A decompressor at work, and for what.
struct Decompression {
  std::uint64_t generation = 0;
  ZstdReader reader;
  bool finished = false;  ///< its last lines are out: may go at the next turn
};

/// What a file is set back to when the store could not keep what it gave.
struct Undo {
  FileKey key;
  ReadState state;
};

}  // namespace

struct LogWatcher::State {
  State(FileSystem& files, WatchSource& source_in, std::vector<Root> roots_in,
        WatchLimits limits_in)
      : limits(limits_in),
        source(source_in),
        roots(std::move(roots_in)),
        watches(source_in),
        table(files, limits),
        plain(limits.slice_size, limits.line_max, limits.line_padding) {
    trees.reserve(roots.size());
    for (std::uint32_t i = 0; i < roots.size(); ++i) {
      trees.emplace_back(files, watches, table, troubles, roots[i], i);
    }
  }

  void reconcile(MonoTime now);
  void follow(const std::vector<WatchEvent>& events);
  void plan_poll(MonoTime now);
  [[nodiscard]] std::optional<Slice> take_turn(const TurnOrder::Turn& turn);
  [[nodiscard]] Result<Reading> read(TrackedFile& file, const ReadableFile& handle);
  void postpone(TrackedFile& file, Error error);
  [[nodiscard]] Slice make_slice(TrackedFile& file, Reading reading, std::uint64_t begin);

  const WatchLimits limits;
  WatchSource& source;
  const std::vector<Root> roots;
  SharedWatches watches;
  TroubleList troubles;
  FileTable table;
  std::vector<DirectoryTree> trees;
  PlainReader plain;
  std::optional<Decompression> decompression;
  std::vector<Undo> journal;  ///< one entry for each file read since the last commit
  std::string slice_path;
  FileKey slice_key{};  ///< whose lines were handed out last

  bool reconcile_wanted = true;
  MonoTime next_reconcile{};
  MonoTime next_recent{};
  std::optional<MonoTime> next_poll;

  std::uint64_t bytes_read = 0;
  std::uint64_t lines_oversized = 0;
  std::uint64_t nul_bytes = 0;
  std::uint64_t overflows = 0;
  std::uint64_t reconciles = 0;
};

LogWatcher::LogWatcher(FileSystem& files, WatchSource& watches, std::vector<Root> roots,
                       WatchLimits limits)
    : state_(std::make_unique<State>(files, watches, std::move(roots), limits)) {}

LogWatcher::~LogWatcher() = default;

void LogWatcher::restore(std::vector<FilePosition> positions) {
  state_->table.restore(std::move(positions));
}

void LogWatcher::request_reconcile() {
  state_->reconcile_wanted = true;
}

// --- Looking -----------------------------------------------------------------------------------

void LogWatcher::step(MonoTime now, WallTime wall_now) {
  State& state = *state_;
  state.table.set_time(now, wall_now);
  state.follow(state.source.take());
  if (state.reconcile_wanted || now >= state.next_reconcile) {
    state.reconcile(now);
  } else if (now >= state.next_recent) {
    for (auto& tree : state.trees) tree.check_root();
    state.table.recheck_recent();
    state.next_recent = now + state.limits.recent_interval;
  }
  if (state.next_poll && now >= *state.next_poll) {
    for (auto& tree : state.trees) tree.poll();
    state.next_poll.reset();
  }
  state.table.settle();
  state.plan_poll(now);
}

void LogWatcher::State::follow(const std::vector<WatchEvent>& events) {
  const auto lost = std::ranges::count(events, WatchEvent::Kind::overflow, &WatchEvent::kind);
  overflows += static_cast<std::uint64_t>(lost);
  if (lost > 0 && !planted(PlantedBug::overflow_ignored)) reconcile_wanted = true;
  if (reconcile_wanted) return;  // looks at everything that could have been hinted at
  for (const auto& event : events) {
    for (auto& tree : trees) {
      if (event.kind == WatchEvent::Kind::entry) {
        tree.entry_changed(event.directory, event.name);
      } else if (event.kind == WatchEvent::Kind::directory_gone) {
        tree.directory_gone(event.directory);
      }
    }
  }
}

void LogWatcher::State::reconcile(MonoTime now) {
  failpoint("watch.reconcile.before");
  for (auto& tree : trees) tree.reconcile();
  failpoint("watch.reconcile.after");
  reconcile_wanted = false;
  ++reconciles;
  // Spread by +-25 %, so that many machines which were started together do not stay in step.
  const auto quarter = limits.reconcile_interval / 4;
  const std::uint64_t dice =
      fingerprint(roots.empty() ? "" : roots.front().path,
                  static_cast<std::uint64_t>(now.time_since_epoch().count()));
  const auto spread = quarter * static_cast<int>(dice % 201) / 100;
  next_reconcile = now + limits.reconcile_interval - quarter + spread;
  next_recent = now + limits.recent_interval;
}

void LogWatcher::State::plan_poll(MonoTime now) {
  if (next_poll) return;
  if (std::ranges::any_of(trees, &DirectoryTree::needs_polling)) {
    next_poll = now + limits.poll_interval;
  }
}

MonoTime LogWatcher::deadline() const {
  const State& state = *state_;
  if (state.reconcile_wanted) return MonoTime{};
  MonoTime first = std::min(state.next_reconcile, state.next_recent);
  if (state.next_poll) first = std::min(first, *state.next_poll);
  if (const auto due = state.table.deadline()) first = std::min(first, *due);
  return first;
}

// --- Reading -----------------------------------------------------------------------------------

std::optional<Slice> LogWatcher::next_slice(MonoTime /*now*/) {
  while (const auto turn = state_->table.next_turn()) {
    if (auto slice = state_->take_turn(*turn)) return slice;
  }
  return std::nullopt;
}

std::optional<Slice> LogWatcher::State::take_turn(const TurnOrder::Turn& turn) {
  TrackedFile& file = *turn.file;
  if (decompression && decompression->finished) decompression.reset();
  failpoint("log.open");
  const auto handle = table.open(file);
  if (!handle) {
    postpone(file, handle.error());
    return std::nullopt;
  }
  const ReadState before = file.read;
  failpoint("log.read.before");
  auto reading = read(file, **handle);
  failpoint("log.read.after");
  if (!reading) {
    postpone(file, std::move(reading).error());
    return std::nullopt;
  }
  if (reading->outcome == Reading::Outcome::other_file) {
    failpoint("log.other_generation");
    table.begin_generation(file);
    table.queue(file);
    return std::nullopt;
  }
  table.finish_turn(turn, **handle, reading->outcome);
  if (reading->advanced && !file.uncommitted) {
    journal.push_back({file.key, before});
    file.uncommitted = true;
  }
  if (!reading->advanced && reading->outcome == Reading::Outcome::caught_up) return std::nullopt;
  return make_slice(file, *std::move(reading), before.offset);
}

Result<Reading> LogWatcher::State::read(TrackedFile& file, const ReadableFile& handle) {
  if (!file.compressed()) return plain.read(file, handle);
  const std::uint64_t generation = file.read.generation;
  if (!decompression || decompression->generation != generation || file.scanned == 0) {
    file.scanned = 0;
    file.read.fresh = true;  // what an earlier, unfinished pass gave comes again
    decompression = Decompression{
        generation, ZstdReader(limits.slice_size, limits.line_max, limits.line_padding)};
  }
  auto reading = decompression->reader.read(file, handle);
  decompression->finished = !reading || reading->outcome == Reading::Outcome::caught_up;
  if (!reading) file.scanned = 0;
  return reading;
}

/// It could not be read: it is tried again later, or as soon as a hint comes.
void LogWatcher::State::postpone(TrackedFile& file, Error error) {
  const std::string path = table.path_of(file);
  if (error.code != Errc::not_found) troubles.note(path, std::move(error.message));
  table.look_again(file, table.now() + limits.poll_interval);
}

Slice LogWatcher::State::make_slice(TrackedFile& file, Reading reading, std::uint64_t begin) {
  bytes_read += reading.bytes;
  lines_oversized += reading.oversized;
  nul_bytes += reading.nul_bytes;
  Slice slice;
  slice.file = file.read.generation;
  slice.from_start = file.read.fresh;
  slice.begin = begin;
  slice_key = file.key;
  slice.behind = reading.outcome == Reading::Outcome::more;
  slice.position = table.position_of(file);
  slice_path = slice.position.path;
  troubles.clear(slice_path);
  slice.path = slice_path;
  slice.root = file.root;
  slice.lines = std::move(reading.lines);
  if (reading.advanced) file.read.fresh = false;
  return slice;
}

void LogWatcher::commit() {
  for (const auto& undo : state_->journal) {
    if (TrackedFile* file = state_->table.find(undo.key)) file->uncommitted = false;
  }
  state_->journal.clear();
}

void LogWatcher::rollback() {
  for (const auto& undo : state_->journal) {
    TrackedFile* file = state_->table.find(undo.key);
    if (file == nullptr) continue;
    file->uncommitted = false;
    state_->table.roll_back(*file, undo.state);
  }
  state_->journal.clear();
  state_->decompression.reset();
}

void LogWatcher::reread() {
  TrackedFile* file = state_->table.find(state_->slice_key);
  if (file == nullptr) return;
  state_->table.begin_generation(*file);
  state_->table.queue(*file);
}

std::vector<FilePosition> LogWatcher::take_vanished() {
  return state_->table.take_vanished();
}

WatchStatus LogWatcher::status() const {
  const State& state = *state_;
  WatchStatus status;
  state.table.add_to(status);
  for (const auto& tree : state.trees) {
    status.directories += tree.directories();
    status.watches_failed += tree.refused();
  }
  status.polling_only = state.watches.unavailable();
  status.bytes_read = state.bytes_read;
  status.lines_oversized = state.lines_oversized;
  status.nul_bytes = state.nul_bytes;
  status.overflows = state.overflows;
  status.reconciles = state.reconciles;
  status.unreadable = state.troubles.reasons();
  return status;
}

}  // namespace vigil::watcher
