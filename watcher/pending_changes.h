#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "watcher/watched_name.h"

namespace vigil::watcher {

/// Changes that wait to be taken: in order, each entry once however often it changed. Holds at
/// most `max`; past that it forgets them all and says so (`overflowed`), for then a look at
/// everything is cheaper than a look at each.
class PendingChanges {
 public:
  struct Change {
    int watch = 0;
    std::string name;  ///< empty: the watched directory itself is gone
    friend bool operator==(const Change&, const Change&) = default;
  };
  struct Taken {
    std::vector<Change> changes;
    bool overflowed = false;
  };

  explicit PendingChanges(std::size_t max) : max_(max) {}

  void add(int watch, std::string_view name);
  void overflow();
  [[nodiscard]] bool empty() const { return changes_.empty() && !overflowed_; }
  [[nodiscard]] Taken take();

 private:
  std::size_t max_;
  std::deque<Change> changes_;                              ///< does not move what it holds
  std::unordered_set<WatchedName, WatchedNameHash> known_;  ///< into changes_
  bool overflowed_ = false;
};

}  // namespace vigil::watcher
