#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "watcher/watch_source.h"

namespace vigil::watcher {

/// Watches that several trees may want on the same directory: one is given back when the last
/// of them has released it.
class SharedWatches {
 public:
  explicit SharedWatches(WatchSource& source) : source_(source) {}

  [[nodiscard]] Result<void> acquire(const std::string& directory) {
    auto watched = source_.watch(directory);
    if (watched) ++holders_[directory];
    if (!watched && watched.error().code == Errc::unavailable) unavailable_ = true;
    return watched;
  }

  /// Asks again for a watch that is held: the path may lead to another directory by now.
  [[nodiscard]] Result<void> renew(const std::string& directory) {
    return source_.watch(directory);
  }

  void release(const std::string& directory) {
    const auto found = holders_.find(directory);
    if (found == holders_.end() || --found->second > 0) return;
    holders_.erase(found);
    source_.unwatch(directory);
  }

  /// No watch can be had at all.
  [[nodiscard]] bool unavailable() const { return unavailable_; }

 private:
  WatchSource& source_;
  std::unordered_map<std::string, std::size_t> holders_;
  bool unavailable_ = false;
};

}  // namespace vigil::watcher
