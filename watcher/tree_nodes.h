#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "watcher/id_table.h"

namespace vigil::watcher {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};

/// A directory of a watched tree: 40 bytes and its name.
struct TreeNode {
  enum class Place : std::uint8_t {
    free,    ///< no directory: to be used again
    linked,  ///< in the tree
    apart,   ///< taken out of its parent, may be put elsewhere with all that is below it
    buried,  ///< gone, but changes that wait still name it
  };
  enum class Watch : std::uint8_t {
    none,    ///< not entered yet
    held,    ///< `watch` is its number
    shared,  ///< the same directory has a watch by another node
    polled,
  };

  NodeId parent = kNoNode;
  NodeId first_child = kNoNode;
  NodeId next = kNoNode;  ///< child of the same parent; of a free one: the next free one
  NodeId previous = kNoNode;
  std::int32_t watch = -1;
  std::uint32_t name = 0;        ///< place in the store of names
  std::uint32_t seen = 0;        ///< number of the look that last met it
  std::uint32_t poll = kNoNode;  ///< place in the list of those that are polled
  std::uint16_t root = 0;
  std::uint16_t device = 0;
  Place place = Place::free;
  Watch state = Watch::none;
};

/// The directories of all trees: a forest whose paths are put together when they are asked for.
/// Numbers are used again only after release().
class TreeNodes {
 public:
  TreeNodes();
  TreeNodes(const TreeNodes&) = delete;
  TreeNodes& operator=(const TreeNodes&) = delete;

  [[nodiscard]] TreeNode& operator[](NodeId id) { return nodes_[id]; }
  [[nodiscard]] const TreeNode& operator[](NodeId id) const { return nodes_[id]; }
  [[nodiscard]] bool is_linked(NodeId id) const {
    return nodes_[id].place == TreeNode::Place::linked;
  }

  /// The top of a tree; `path` is absolute.
  [[nodiscard]] NodeId add_top(std::string_view path, std::uint16_t root);
  [[nodiscard]] NodeId add_child(NodeId parent, std::string_view name);

  [[nodiscard]] NodeId child(NodeId parent, std::string_view name) const;
  [[nodiscard]] NodeId by_watch(std::int32_t watch) const;
  [[nodiscard]] std::string_view name(NodeId id) const;
  [[nodiscard]] std::string path(NodeId id) const;

  /// The next one of the tree below `top`, parents before children; kNoNode after the last.
  [[nodiscard]] NodeId next_below(NodeId top, NodeId id) const;

  /// -1 takes the number away.
  void set_watch(NodeId id, std::int32_t watch);

  void take_apart(NodeId id);
  void put_below(NodeId id, NodeId parent, std::string_view name);

  /// Takes one without children, and without a watch, out of the tree. Its path can be asked for
  /// until release() is called with `mark` or more.
  void bury(NodeId id, std::uint64_t mark);
  void release(std::uint64_t mark);

 private:
  struct WatchHash {
    const std::vector<TreeNode>* nodes;
    std::size_t operator()(NodeId id) const {
      return static_cast<std::size_t>((*nodes)[id].watch);  // the kernel counts them up
    }
  };
  struct NameHash {
    const TreeNodes* nodes;
    std::size_t operator()(NodeId id) const {
      return nodes->hash_of((*nodes)[id].parent, nodes->name(id));
    }
  };
  struct Buried {
    NodeId id;
    std::uint64_t mark;
  };

  [[nodiscard]] static std::size_t hash_of(NodeId parent, std::string_view name);
  [[nodiscard]] NodeId new_node();
  void link(NodeId id, NodeId parent);
  void unlink(NodeId id);
  void set_name(NodeId id, std::string_view name);
  void drop_name(NodeId id);
  void compact_names();

  std::vector<TreeNode> nodes_;
  NodeId free_ = kNoNode;
  std::vector<char> names_;  ///< two bytes of length and the name, one after the other
  std::size_t names_lost_ = 0;
  IdTable<WatchHash> watches_;
  IdTable<NameHash> children_;
  std::deque<Buried> buried_;
};

}  // namespace vigil::watcher
