#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "watcher/tree_change.h"

namespace vigil::agent {

/// When git was changing a working tree: from the creation of its `index.lock` until shortly after
/// that was moved or deleted. Not thread-safe.
class GitActivity {
 public:
  static constexpr std::chrono::milliseconds kAfter{300};  ///< events of its writes may come late
  static constexpr std::chrono::minutes kLockLife{10};     ///< an older lock was left by a crash

  /// An entry of the folder in which the working tree `root` keeps its index has changed.
  void changed(const std::string& root, const watcher::TreeChange& change);

  /// Whether git was at work in a working tree that holds the path, when changes with that first
  /// number and that last moment were made.
  [[nodiscard]] bool was_busy(std::string_view path, std::uint64_t first, MonoTime last) const;

 private:
  struct Work {
    std::uint64_t first = 0;  ///< number of the event that began it
    MonoTime from{};
    std::optional<MonoTime> until;  ///< absent: it is at work
  };
  std::map<std::string, Work, std::less<>> works_;  ///< by the working tree's root
};

}  // namespace vigil::agent
