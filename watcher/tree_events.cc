#include <algorithm>
#include <utility>

#include "watcher/tree_state.h"

namespace vigil::watcher {
namespace {

constexpr std::size_t kEventsAtOnce = 4096;
constexpr milliseconds kArrivalMax{50};  ///< between a departure and its arrival

}  // namespace

void TreeWatcher::State::take_events() {
  if (batch.empty()) begin_batch();
  for (std::size_t done = 0; done < kEventsAtOnce && !batch.empty() && has_room(); ++done) {
    TreeEvent event = std::move(batch.front());
    batch.pop_front();
    on_event(event);
  }
  if (batch.empty() && batch_is_all) {
    heard_until = batch_wall;
    heard_at = now;
  }
}

void TreeWatcher::State::begin_batch() {
  TreeEvents taken = source.take();
  batch = std::move(taken.events);
  batch_is_all = taken.caught_up && !taken.overflowed;
  batch_wall = wall;
  last_event = taken.last;
  if (taken.overflowed) lost_events();
}

/// What the lost events would have told is whatever changed since all was known, by the clock that
/// files go by now: it may have been set back since.
void TreeWatcher::State::lost_events() {
  ++overflows;
  const auto passed = std::chrono::ceil<milliseconds>(now - good_at);
  const WallTime since = std::min(good_until, wall - passed) - kFileTimeGrain;
  for (const auto& root : roots) {
    if (root != nullptr) root->to_find = std::min(root->to_find.value_or(since), since);
  }
}

void TreeWatcher::State::on_event(TreeEvent& event) {
  const NodeId node = nodes.by_watch(event.watch);
  if (node == kNoNode) return;  // of a directory that nobody watches any more
  switch (event.kind) {
    case TreeEvent::Kind::entry: return on_entry(node, event);
    case TreeEvent::Kind::directory: return on_directory(node, event);
    case TreeEvent::Kind::moved: return on_moved(node);
    case TreeEvent::Kind::unwatched: return on_unwatched(node);
  }
}

void TreeWatcher::State::tell(NodeId node, TreeEvent event) {
  const NodeId from = nodes.by_watch(event.from_watch);
  event.from_watch = from == kNoNode ? -1 : static_cast<std::int32_t>(from);
  event.watch = static_cast<std::int32_t>(node);
  [[maybe_unused]] const bool kept = pending.add(std::move(event));  // it has no bound of its own
}

void TreeWatcher::State::on_entry(NodeId node, TreeEvent& event) {
  if ((event.what & (TreeChange::created | TreeChange::moved_in)) != 0) {
    const NodeId replaced = nodes.child(node, event.name);
    if (replaced != kNoNode) leave(replaced);
  }
  tell(node, std::move(event));
}

void TreeWatcher::State::on_directory(NodeId node, TreeEvent& event) {
  const std::string path = join_path(nodes.path(node), event.name);
  tell(node, event);
  recheck_roots_at(path);
  if ((event.what & TreeChange::created) != 0) enter_made(node, event.name, path);
  if ((event.what & TreeChange::moved_in) != 0) on_arrival(node, event, path);
  if ((event.what & TreeChange::moved_out) != 0) on_departure(node, event);
  if ((event.what & TreeChange::deleted) != 0) {
    const NodeId gone = nodes.child(node, event.name);
    if (gone != kNoNode) leave(gone);
  }
}

void TreeWatcher::State::on_departure(NodeId node, const TreeEvent& event) {
  const NodeId child = nodes.child(node, event.name);
  if (child == kNoNode) return;
  nodes.take_apart(child);
  departed.push_back({event.cookie, child, now + kArrivalMax});
}

void TreeWatcher::State::on_arrival(NodeId node, const TreeEvent& event, const std::string& path) {
  const NodeId replaced = nodes.child(node, event.name);
  if (replaced != kNoNode) leave(replaced);
  const auto found = std::ranges::find(departed, event.cookie, &Departed::cookie);
  if (found == departed.end()) return enter_made(node, event.name, path);
  const NodeId arrived = found->node;
  departed.erase(found);
  const RootId root = nodes[node].root;
  const bool stays = nodes[arrived].root == root && has_path(arrived, path);
  if (stays && may_enter(*roots[root], path)) {
    nodes.put_below(arrived, node, event.name);
  } else {
    leave(arrived);
    enter_made(node, event.name, path);
  }
  release_held();
}

void TreeWatcher::State::drop_departed(MonoTime due) {
  if (departed.empty()) return;
  std::vector<NodeId> gone;
  std::erase_if(departed, [&](const Departed& one) {
    if (one.due <= due) gone.push_back(one.node);
    return one.due <= due;
  });
  for (const NodeId node : gone) leave(node);
  if (!gone.empty()) release_held();
}

void TreeWatcher::State::release_held() {
  enter.insert(enter.end(), held.begin(), held.end());
  held.clear();
}

void TreeWatcher::State::on_moved(NodeId node) {
  if (nodes[node].parent == kNoNode) {
    roots[nodes[node].root]->to_check = true;
  } else if (nodes.is_linked(node) && nodes[nodes[node].parent].state != TreeNode::Watch::held) {
    // Nothing else tells that it is not there any more.
    look_later({nodes[node].parent, nodes[node].root, Look::Why::again, 0, unix_ns(wall)}, now);
  }
}

void TreeWatcher::State::on_unwatched(NodeId node) {
  nodes.set_watch(node, -1);
  --watches;
  set_watching(node, TreeNode::Watch::none);
  if (nodes[node].parent == kNoNode) {
    roots[nodes[node].root]->to_check = true;
  } else {
    // Mostly its parent tells next that it was deleted; if not, it lost its watch otherwise.
    look_later({node, nodes[node].root, Look::Why::again, 0, unix_ns(good_until)}, now);
  }
}

}  // namespace vigil::watcher
