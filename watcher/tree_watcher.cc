#include "watcher/tree_watcher.h"

#include <algorithm>
#include <utility>

#include "watcher/tree_state.h"

// A step takes events in the order in which the kernel queued them and keeps the forest of
// directories (tree_nodes.h) as they tell it. What happened to files waits in `pending`, each file
// once, by its directory's node; the path is put together only when somebody takes the change, so
// that a file whose directory moved meanwhile goes by its new name.
//
// Events are hints about directories: whatever is entered is watched first and listed then, so what
// comes between is told twice instead of never, and merged.

namespace vigil::watcher {
namespace {

/// How old what a poll of everything has seen may be, rest included.
constexpr milliseconds kPollAge{11'000};

}  // namespace

TreeWatcher::TreeWatcher(const FileSystem& files, TreeSource& source, TreeLimits limits)
    : state_(std::make_unique<State>(files, source, limits)) {}

TreeWatcher::~TreeWatcher() = default;

void TreeWatcher::add(const std::string& root, std::optional<WallTime> seen_until, Enters enters) {
  auto added = std::make_unique<State::Root>();
  added->asked = root;
  added->enters = std::move(enters);
  added->told = seen_until;
  state_->add_root(std::move(added));
}

void TreeWatcher::watch_flat(const std::string& directory) {
  auto added = std::make_unique<State::Root>();
  added->asked = directory;
  added->kind = State::Root::Kind::flat;
  state_->add_root(std::move(added));
}

void TreeWatcher::remove(const std::string& root) {
  for (std::size_t id = 0; id < state_->roots.size(); ++id) {
    if (state_->roots[id] != nullptr && state_->roots[id]->asked == root) {
      state_->remove_root(static_cast<State::RootId>(id));
    }
  }
}

void TreeWatcher::reconsider(const std::string& root) {
  State::Root* found = state_->find_root(root);
  if (found == nullptr) return;
  found->asks_next = true;
  found->to_find = std::min(found->to_find.value_or(state_->wall), state_->wall);
}

void TreeWatcher::step(MonoTime now, WallTime wall_now) {
  state_->now = now;
  state_->wall = wall_now;
  state_->step();
}

void TreeWatcher::State::step() {
  if (!has_stepped) {
    has_stepped = true;
    heard_until = good_until = wall;
    heard_at = good_at = now;
  }
  check_roots();
  if (has_room()) take_events();
  drop_departed(now);
  start_sweeps();
  do_looks();
  if (pending.empty()) nodes.release(popped);
  note_told();
}

/// Where nothing waits, whoever took the changes knows everything up to the last good moment.
void TreeWatcher::State::note_told() {
  if (!pending.empty() || !batch.empty() || !departed.empty()) return;
  good_until = heard_until;
  good_at = heard_at;
  for (const auto& root : roots) {
    if (root == nullptr || root->top == kNoNode || root->to_find) continue;
    if (root->entering + root->sweeping + root->waiting > 0) continue;
    root->told = good_until - (root->polled > 0 ? kPollAge : kFileTimeGrain);
  }
}

bool TreeWatcher::has_more() const {
  const State& state = *state_;
  const bool has_looks = !state.enter.empty() || !state.sweep.empty() || state.poll_left > 0;
  const bool has_sweeps = std::ranges::any_of(state.roots, [](const auto& root) {
    return root != nullptr && (root->to_check || (root->to_find && root->top != kNoNode &&
                                                  root->entering + root->sweeping == 0));
  });
  return !state.pending.empty() || !state.batch.empty() || has_looks || has_sweeps;
}

std::optional<MonoTime> TreeWatcher::deadline() const {
  const State& state = *state_;
  std::optional<MonoTime> first;
  const auto note = [&first](MonoTime due) { first = first ? std::min(*first, due) : due; };
  for (const auto& departed : state.departed) note(departed.due);
  for (const auto& later : state.later) note(later.due);
  if (!state.polled.empty()) note(state.poll_due);
  if (!state.roots.empty()) note(state.roots_due);
  return first;
}

int TreeWatcher::wake_fd() const {
  return state_->source.wake_fd();
}

std::vector<TreeChange> TreeWatcher::take(std::size_t max) {
  State& state = *state_;
  std::vector<TreeChange> changes;
  changes.reserve(std::min(max, state.pending.size()));
  while (changes.size() < max && !state.pending.empty()) {
    changes.push_back(state.change(state.pending.pop()));
    ++state.popped;
  }
  state.nodes.release(state.popped);
  state.note_told();
  return changes;
}

TreeChange TreeWatcher::State::change(TreeEvent event) const {
  const auto node = static_cast<NodeId>(event.watch);
  TreeChange change;
  change.directory = nodes.path(node);
  change.name = std::move(event.name);
  change.what = event.what;
  change.first = event.first;
  change.last = event.last;
  change.at = event.at;
  if (event.kind == TreeEvent::Kind::directory) change.kind = FileKind::directory;
  if (event.from_watch == event.watch) {
    change.moved_from = std::move(event.from_name);
  } else if (event.from_watch >= 0) {
    change.moved_from =
        join_path(nodes.path(static_cast<NodeId>(event.from_watch)), event.from_name);
  }
  return change;
}

std::optional<WallTime> TreeWatcher::seen_until(const std::string& root) const {
  const State::Root* found = state_->find_root(root);
  return found == nullptr ? std::nullopt : found->told;
}

std::vector<TreeStatus> TreeWatcher::status() const {
  std::vector<TreeStatus> out;
  for (const auto& root : state_->roots) {
    if (root == nullptr) continue;
    const bool is_ready = root->top != kNoNode && root->entering == 0;
    out.push_back({root->asked, root->directories, root->watched, root->polled, is_ready,
                   root->top == kNoNode || root->polled > 0 ? root->trouble : ""});
  }
  return out;
}

std::uint64_t TreeWatcher::overflows() const {
  return state_->overflows;
}

}  // namespace vigil::watcher
