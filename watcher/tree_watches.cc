#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <utility>

#include "watcher/tree_state.h"

namespace vigil::watcher {
namespace {

constexpr std::chrono::seconds kWatchesAgain{10};  ///< after the system had none to give
constexpr std::chrono::seconds kFirstPoll{1};
constexpr milliseconds kTryAgain{200};

}  // namespace

/// Sees to it that a directory is watched, or polled where it cannot be.
TreeWatcher::State::Hold TreeWatcher::State::hold_watch(const Look& look, const std::string& path) {
  const NodeId node = look.node;
  const auto state = nodes[node].state;
  const bool is_held = state == TreeNode::Watch::held;
  if (state == TreeNode::Watch::shared) return Hold::yes;
  if (is_held && !look.doubts_watch) return Hold::yes;
  const bool has_budget = watches < limits.watches_max && now >= watches_again;
  if (!is_held && !has_budget && watches >= limits.watches_max) {
    roots[look.root]->trouble =
        "all of " + std::to_string(limits.watches_max) + " watches are used";
  }
  if (!devices[nodes[node].device].reports_changes || (!is_held && !has_budget)) {
    poll(node);
    return Hold::yes;
  }
  const auto watch = source.watch(path);
  if (!watch) return refused(node, watch.error());
  const NodeId owner = nodes.by_watch(*watch);
  if (owner == node) return Hold::yes;
  if (is_held) return Hold::another;
  if (owner != kNoNode && !take_over(owner, node)) return Hold::yes;
  stop_polling(node);
  nodes.set_watch(node, *watch);
  ++watches;
  set_watching(node, TreeNode::Watch::held);
  return Hold::yes;
}

/// Whether the directory that a node watches is the one that has its path.
bool TreeWatcher::State::has_path(NodeId node, const std::string& path) {
  if (nodes[node].state != TreeNode::Watch::held) return true;
  const auto watch = source.watch(path);
  return watch && *watch == nodes[node].watch;
}

TreeWatcher::State::Hold TreeWatcher::State::refused(NodeId node, const Error& error) {
  if (error.code == Errc::not_found) return Hold::none;
  if (error.code == Errc::full) watches_again = now + kWatchesAgain;
  roots[nodes[node].root]->trouble = error.message;
  poll(node);
  return Hold::yes;
}

/// Two nodes lead to one directory. Whether `node` is to have the watch.
bool TreeWatcher::State::take_over(NodeId owner, NodeId node) {
  const auto is_flat = [&](NodeId id) { return roots[nodes[id].root]->kind == Root::Kind::flat; };
  if (is_flat(node)) {
    drop_watch(node);
    stop_polling(node);
    set_watching(node, TreeNode::Watch::shared);
    return false;
  }
  if (is_flat(owner)) {
    give_up_watch(owner, TreeNode::Watch::shared);
    return true;
  }
  const auto before = files.stat(nodes.path(owner));
  const auto here = files.stat(nodes.path(node));
  const bool is_mounted_twice =
      before && here && before->device == here->device && before->inode == here->inode;
  if (is_mounted_twice || is_below(node, owner)) {
    poll(node);
    return false;
  }
  // The owner's path does not lead there any more, and the event that says so was lost or is late.
  if (nodes[owner].parent == kNoNode) {
    give_up_watch(owner, TreeNode::Watch::none);
    roots[nodes[owner].root]->to_check = true;
  } else {
    // Another one may have its name by now.
    const NodeId parent = nodes[owner].parent;
    const RootId root = nodes[owner].root;
    give_up_watch(owner, TreeNode::Watch::none);
    leave(owner);
    look_later({parent, root, Look::Why::again, 0, unix_ns(good_until)}, now);
  }
  return true;
}

bool TreeWatcher::State::is_below(NodeId node, NodeId above) const {
  while (node != kNoNode && node != above) node = nodes[node].parent;
  return node == above;
}

/// Without telling the source: another node goes on with the same watch.
void TreeWatcher::State::give_up_watch(NodeId owner, TreeNode::Watch instead) {
  nodes.set_watch(owner, -1);
  --watches;
  set_watching(owner, instead);
}

void TreeWatcher::State::set_watching(NodeId node, TreeNode::Watch watching) {
  Root& root = *roots[nodes[node].root];
  const auto count = [&root](TreeNode::Watch watch) -> std::size_t* {
    if (watch == TreeNode::Watch::none) return nullptr;
    return watch == TreeNode::Watch::polled ? &root.polled : &root.watched;
  };
  if (auto* before = count(nodes[node].state)) --*before;
  if (auto* after = count(watching)) ++*after;
  nodes[node].state = watching;
}

void TreeWatcher::State::drop_watch(NodeId node) {
  if (nodes[node].watch < 0) return;
  source.unwatch(nodes[node].watch);
  give_up_watch(node, TreeNode::Watch::none);
}

// --- Polling -----------------------------------------------------------------------------------

void TreeWatcher::State::poll(NodeId node) {
  if (nodes[node].state == TreeNode::Watch::polled) return;
  drop_watch(node);
  set_watching(node, TreeNode::Watch::polled);
  if (polled.empty()) poll_due = now + kFirstPoll;
  nodes[node].poll = static_cast<std::uint32_t>(polled.size());
  polled.push_back({node, unix_ns(wall)});
}

void TreeWatcher::State::stop_polling(NodeId node) {
  const std::uint32_t place = std::exchange(nodes[node].poll, kNoNode);
  if (place == kNoNode) return;
  set_watching(node, TreeNode::Watch::none);
  polled[place] = polled.back();
  nodes[polled[place].node].poll = place;
  polled.pop_back();
  nodes[node].poll = kNoNode;  // where it was the last itself
}

/// Which file system it is on is known once it was listed; that of its parent is a good guess.
void TreeWatcher::State::note_device(NodeId node, std::uint64_t number, const std::string& path) {
  if (devices[nodes[node].device].number == number) return;
  auto known = std::ranges::find(devices, number, &Device::number);
  if (known == devices.end()) {
    devices.push_back({number, files.reports_changes(path)});
    known = std::prev(devices.end());
  }
  nodes[node].device = static_cast<std::uint16_t>(known - devices.begin());
  if (!known->reports_changes) poll(node);
}

// --- Leaving -----------------------------------------------------------------------------------

void TreeWatcher::State::try_again(Look look) {
  ++look.tries;
  look_later(look, now + kTryAgain);
}

/// There is no directory by a node's path.
void TreeWatcher::State::gone(const Look& look) {
  if (nodes[look.node].parent == kNoNode) {
    roots[look.root]->to_check = true;
  } else if (look.is_certain()) {
    leave(look.node);
  } else {
    try_again(look);
  }
}

/// Another directory has a node's path.
void TreeWatcher::State::replaced(const Look& look) {
  if (nodes[look.node].parent == kNoNode) {
    roots[look.root]->to_check = true;
  } else if (look.is_certain()) {
    const NodeId parent = nodes[look.node].parent;
    const std::string name(nodes.name(look.node));
    leave(look.node);
    [[maybe_unused]] const NodeId child = add_child(parent, name, Look::Why::late, look.since_ns);
  } else {
    try_again(look);
  }
}

void TreeWatcher::State::leave(NodeId top) {
  std::vector<NodeId> below;
  for (NodeId id = top; id != kNoNode; id = nodes.next_below(top, id)) below.push_back(id);
  const std::uint64_t mark = popped + pending.size();
  for (const NodeId id : std::views::reverse(below)) {
    drop_watch(id);
    stop_polling(id);
    set_watching(id, TreeNode::Watch::none);
    --roots[nodes[id].root]->directories;
    nodes.bury(id, mark);
  }
  // What had left a directory that is gone itself will not arrive anywhere.
  std::vector<NodeId> lost;
  std::erase_if(departed, [&](const Departed& one) {
    const bool is_lost = whole_place(nodes[one.node].parent) == TreeNode::Place::buried;
    if (is_lost) lost.push_back(one.node);
    return is_lost || nodes[one.node].place == TreeNode::Place::buried;
  });
  for (const NodeId id : lost) leave(id);
}

}  // namespace vigil::watcher
