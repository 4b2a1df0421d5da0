#include "watcher/tree_nodes.h"

#include <cassert>
#include <cstring>
#include <functional>
#include <utility>

namespace vigil::watcher {
namespace {

constexpr std::size_t kLengthSize = sizeof(std::uint16_t);
constexpr std::size_t kNamesLostMin = 64 * 1024;  ///< less is not worth moving the others

}  // namespace

TreeNodes::TreeNodes() : watches_(WatchHash{&nodes_}), children_(NameHash{this}) {}

std::size_t TreeNodes::hash_of(NodeId parent, std::string_view name) {
  return std::hash<std::string_view>{}(name) ^ (parent * std::size_t{0x9e3779b97f4a7c15});
}

NodeId TreeNodes::new_node() {
  if (free_ != kNoNode) {
    const NodeId id = free_;
    free_ = nodes_[id].next;
    nodes_[id] = TreeNode{};
    return id;
  }
  nodes_.emplace_back();
  return static_cast<NodeId>(nodes_.size() - 1);
}

NodeId TreeNodes::add_top(std::string_view path, std::uint16_t root) {
  const NodeId id = new_node();
  nodes_[id].root = root;
  nodes_[id].place = TreeNode::Place::linked;
  set_name(id, path);
  return id;
}

NodeId TreeNodes::add_child(NodeId parent, std::string_view name) {
  const NodeId id = new_node();
  nodes_[id].root = nodes_[parent].root;
  nodes_[id].device = nodes_[parent].device;
  set_name(id, name);
  link(id, parent);
  return id;
}

// --- Asking ------------------------------------------------------------------------------------

NodeId TreeNodes::child(NodeId parent, std::string_view wanted) const {
  return children_.find(hash_of(parent, wanted), [&](NodeId id) {
    return nodes_[id].parent == parent && name(id) == wanted;
  });
}

NodeId TreeNodes::by_watch(std::int32_t watch) const {
  if (watch < 0) return kNoNode;
  return watches_.find(static_cast<std::size_t>(watch),
                       [&](NodeId id) { return nodes_[id].watch == watch; });
}

std::string_view TreeNodes::name(NodeId id) const {
  const char* stored = names_.data() + nodes_[id].name;
  std::uint16_t size = 0;
  std::memcpy(&size, stored, kLengthSize);
  return {stored + kLengthSize, size};
}

/// From the last name to the first, each but the top's with the slash before it.
std::string TreeNodes::path(NodeId id) const {
  const auto part = [&](NodeId at) {
    const bool is_top = nodes_[at].parent == kNoNode;
    return is_top && at != id && name(at) == "/" ? std::string_view() : name(at);
  };
  std::size_t size = 0;
  for (NodeId at = id; at != kNoNode; at = nodes_[at].parent) size += part(at).size() + 1;
  std::string out(size - 1, '/');
  --size;
  for (NodeId at = id; at != kNoNode; at = nodes_[at].parent) {
    size -= part(at).size();
    part(at).copy(out.data() + size, part(at).size());
    if (size > 0) --size;
  }
  return out;
}

NodeId TreeNodes::next_below(NodeId top, NodeId id) const {
  if (nodes_[id].first_child != kNoNode) return nodes_[id].first_child;
  while (id != top && nodes_[id].next == kNoNode) id = nodes_[id].parent;
  return id == top ? kNoNode : nodes_[id].next;
}

// --- Changing ----------------------------------------------------------------------------------

void TreeNodes::set_watch(NodeId id, std::int32_t watch) {
  if (nodes_[id].watch >= 0) watches_.erase(id);
  nodes_[id].watch = watch;
  if (watch >= 0) watches_.insert(id);
}

void TreeNodes::link(NodeId id, NodeId parent) {
  TreeNode& node = nodes_[id];
  node.place = TreeNode::Place::linked;
  node.parent = parent;
  node.previous = kNoNode;
  node.next = nodes_[parent].first_child;
  if (node.next != kNoNode) nodes_[node.next].previous = id;
  nodes_[parent].first_child = id;
  children_.insert(id);
}

/// It keeps its parent's number and its name, so that its path can still be told.
void TreeNodes::unlink(NodeId id) {
  TreeNode& node = nodes_[id];
  if (node.place != TreeNode::Place::linked || node.parent == kNoNode) return;
  children_.erase(id);
  if (node.next != kNoNode) nodes_[node.next].previous = node.previous;
  if (node.previous != kNoNode) {
    nodes_[node.previous].next = node.next;
  } else {
    nodes_[node.parent].first_child = node.next;
  }
  node.next = node.previous = kNoNode;
}

void TreeNodes::take_apart(NodeId id) {
  unlink(id);
  nodes_[id].place = TreeNode::Place::apart;
}

void TreeNodes::put_below(NodeId id, NodeId parent, std::string_view name) {
  assert(nodes_[id].place == TreeNode::Place::apart);
  const std::string kept(name);  // it may lie in the store that grows
  drop_name(id);
  set_name(id, kept);
  link(id, parent);
}

void TreeNodes::bury(NodeId id, std::uint64_t mark) {
  assert(nodes_[id].first_child == kNoNode && nodes_[id].watch < 0);
  unlink(id);
  nodes_[id].place = TreeNode::Place::buried;
  buried_.push_back({id, mark});
}

void TreeNodes::release(std::uint64_t mark) {
  while (!buried_.empty() && buried_.front().mark <= mark) {
    const NodeId id = buried_.front().id;
    buried_.pop_front();
    drop_name(id);
    nodes_[id] = TreeNode{.next = free_};
    free_ = id;
  }
  if (names_lost_ > kNamesLostMin && names_lost_ * 2 > names_.size()) compact_names();
}

// --- Names -------------------------------------------------------------------------------------

void TreeNodes::set_name(NodeId id, std::string_view name) {
  const auto size = static_cast<std::uint16_t>(name.size());  // PATH_MAX at most
  nodes_[id].name = static_cast<std::uint32_t>(names_.size());
  names_.resize(names_.size() + kLengthSize);
  std::memcpy(names_.data() + nodes_[id].name, &size, kLengthSize);
  names_.insert(names_.end(), name.begin(), name.end());
}

void TreeNodes::drop_name(NodeId id) {
  names_lost_ += kLengthSize + name(id).size();
}

void TreeNodes::compact_names() {
  const auto before = std::exchange(names_, {});
  names_lost_ = 0;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].place == TreeNode::Place::free) continue;
    const char* stored = before.data() + nodes_[id].name;
    std::uint16_t size = 0;
    std::memcpy(&size, stored, kLengthSize);
    set_name(id, {stored + kLengthSize, size});
  }
}

}  // namespace vigil::watcher
