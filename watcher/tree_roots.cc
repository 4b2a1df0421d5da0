#include <algorithm>
#include <limits>
#include <utility>

#include "watcher/tree_state.h"

namespace vigil::watcher {
namespace {

constexpr std::chrono::seconds kCheckRoots{60};  ///< whether they are still the same
constexpr std::chrono::seconds kCheckAway{10};   ///< whether one that was not there has come

}  // namespace

TreeWatcher::State::Root* TreeWatcher::State::find_root(const std::string& asked) const {
  for (const auto& root : roots) {
    if (root != nullptr && root->asked == asked) return root.get();
  }
  return nullptr;
}

void TreeWatcher::State::add_root(std::unique_ptr<Root> root) {
  for (std::size_t id = 0; id < roots.size(); ++id) {
    if (roots[id] != nullptr && roots[id]->asked == root->asked) {
      remove_root(static_cast<RootId>(id));
    }
  }
  if (roots.size() < std::numeric_limits<RootId>::max()) {
    roots.push_back(std::move(root));
    return;
  }
  const auto unused = std::ranges::find_if(roots, [](const auto& one) { return one == nullptr; });
  if (unused != roots.end()) *unused = std::move(root);
}

void TreeWatcher::State::remove_root(RootId id) {
  const std::string base = roots[id]->base;
  close_root(*roots[id]);
  const auto is_its = [id](const Look& look) { return look.root == id; };
  std::erase_if(enter, is_its);
  std::erase_if(sweep, is_its);
  std::erase_if(held, is_its);
  std::erase_if(later, [&](const LaterLook& one) { return is_its(one.look); });
  roots[id] = nullptr;
  share_again();
  // What it held belongs to the tree around it now, if there is one.
  const NodeId around = base.empty() ? kNoNode : find(parent_path(base));
  if (around == kNoNode) return;
  look_later({around, nodes[around].root, Look::Why::again, 0, unix_ns(wall)}, now);
}

/// Flat directories whose watch was another tree's.
void TreeWatcher::State::share_again() {
  for (std::size_t id = 0; id < roots.size(); ++id) {
    if (roots[id] == nullptr || roots[id]->top == kNoNode) continue;
    const NodeId top = roots[id]->top;
    if (nodes[top].state != TreeNode::Watch::shared) continue;
    set_watching(top, TreeNode::Watch::none);
    enter.push_back({top, static_cast<RootId>(id), Look::Why::first, 0, 0});
    ++roots[id]->entering;
  }
}

// --- Being there -------------------------------------------------------------------------------

void TreeWatcher::State::check_roots() {
  if (now >= roots_due) {
    for (const auto& root : roots) {
      if (root != nullptr) root->to_check = true;
    }
  }
  bool is_any_away = false;
  bool was_any_checked = false;
  for (std::size_t id = 0; id < roots.size(); ++id) {
    if (roots[id] == nullptr) continue;
    was_any_checked = was_any_checked || roots[id]->to_check;
    if (roots[id]->to_check) check_root(static_cast<RootId>(id));
    is_any_away = is_any_away || roots[id]->top == kNoNode;
  }
  if (was_any_checked) roots_due = now + (is_any_away ? kCheckAway : kCheckRoots);
}

void TreeWatcher::State::check_root(RootId id) {
  Root& root = *roots[id];
  root.to_check = false;
  auto base = files.canonical(root.asked);
  const auto stat = base ? files.stat(*base) : Result<FileStat>(std::unexpected(base.error()));
  if (!stat || stat->kind != FileKind::directory) {
    close_root(root);
    root.trouble = stat ? root.asked + ": is no directory" : stat.error().message;
    if (!root.told) root.told = wall;  // what will be in it when it comes is new
    return;
  }
  if (root.top != kNoNode && root.base == *base) {
    if (nodes[root.top].watch < 0 && nodes[root.top].state != TreeNode::Watch::none) return;
    const auto watch = source.watch(root.base);
    if (watch && *watch == nodes[root.top].watch) return;
    if (nodes[root.top].state == TreeNode::Watch::none && root.entering > 0) return;
  }
  close_root(root);
  open_root(id, *std::move(base));
}

void TreeWatcher::State::open_root(RootId id, std::string base) {
  Root& root = *roots[id];
  for (const auto& other : roots) {
    if (other == nullptr || other->base != base) continue;
    root.trouble = root.asked + ": is watched as " + other->asked;
    return;
  }
  const NodeId inner = find(base);
  if (inner != kNoNode && root.kind == Root::Kind::tree) leave(inner);
  root.trouble.clear();
  root.top = nodes.add_top(base, id);
  root.base = std::move(base);
  root.directories = 1;
  root.entering = 1;
  enter.push_back({root.top, id, Look::Why::first, 0, 0});
  if (root.told) root.to_find = std::min(root.to_find.value_or(*root.told), *root.told);
}

void TreeWatcher::State::close_root(Root& root) {
  if (root.top != kNoNode) leave(std::exchange(root.top, kNoNode));
  root.base.clear();
}

/// Something happened to a directory that may be a root, or hold some.
void TreeWatcher::State::recheck_roots_at(std::string_view path) {
  for (const auto& root : roots) {
    if (root == nullptr) continue;
    if (is_at_or_below(root->asked, path) || is_at_or_below(root->base, path)) {
      root->to_check = true;
    }
  }
}

bool TreeWatcher::State::is_other_root(std::string_view path) {
  return std::ranges::any_of(roots, [path](const auto& root) {
    return root != nullptr && root->kind == Root::Kind::tree &&
           (root->base == path || root->asked == path);
  });
}

/// The directory by an absolute path without links, in the innermost tree that holds it.
NodeId TreeWatcher::State::find(std::string_view path) const {
  const Root* innermost = nullptr;
  for (const auto& root : roots) {
    if (root == nullptr || root->top == kNoNode || !is_at_or_below(path, root->base)) continue;
    if (innermost == nullptr || root->base.size() > innermost->base.size()) innermost = root.get();
  }
  if (innermost == nullptr) return kNoNode;
  NodeId node = innermost->top;
  std::size_t begin = innermost->base.size();
  while (node != kNoNode && begin < path.size()) {
    if (path[begin] == '/') ++begin;
    const std::size_t end = std::min(path.find('/', begin), path.size());
    node = nodes.child(node, path.substr(begin, end - begin));
    begin = end;
  }
  return node;
}

// --- Sweeps ------------------------------------------------------------------------------------

void TreeWatcher::State::start_sweeps() {
  for (std::size_t id = 0; id < roots.size(); ++id) {
    if (roots[id] == nullptr) continue;
    Root& root = *roots[id];
    if (!root.to_find || root.top == kNoNode || root.entering + root.sweeping > 0) continue;
    const WallTime since = *std::exchange(root.to_find, std::nullopt);
    root.asks_now = std::exchange(root.asks_next, false);
    root.sweeping = 1;
    sweep.push_back({root.top, static_cast<RootId>(id), Look::Why::sweep, 0, unix_ns(since), true});
  }
}

}  // namespace vigil::watcher
