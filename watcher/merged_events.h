#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "watcher/tree_source.h"
#include "watcher/watched_name.h"

namespace vigil::watcher {

/// Events in the order in which they came first; what happens to an entry again while it waits is
/// joined to what is there. Holds at most `max`. Not thread-safe.
class MergedEvents {
 public:
  explicit MergedEvents(std::size_t max) : max_(max) {}

  /// False where it is full and the event could not be joined to another: it was not taken.
  [[nodiscard]] bool add(TreeEvent event);

  [[nodiscard]] bool empty() const { return events_.empty(); }
  [[nodiscard]] std::size_t size() const { return events_.size(); }
  [[nodiscard]] TreeEvent pop();  ///< the oldest; there must be one
  [[nodiscard]] std::deque<TreeEvent> take_all();

 private:
  std::size_t max_;
  std::deque<TreeEvent> events_;  ///< does not move what it holds
  std::unordered_map<WatchedName, TreeEvent*, WatchedNameHash> known_;  ///< into events_
};

}  // namespace vigil::watcher
