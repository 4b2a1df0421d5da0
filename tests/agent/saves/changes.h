#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "watcher/tree_change.h"

namespace vigil::test {

using watcher::TreeChange;

/// The usual way to write a file in place.
inline constexpr std::uint32_t kWritten = TreeChange::modified | TreeChange::closed;

[[nodiscard]] inline MonoTime at_ms(std::int64_t ms) {
  return MonoTime{std::chrono::milliseconds(ms)};
}

/// Changes as a tree watcher would tell them, numbered in their order.
class Changes {
 public:
  TreeChange operator()(std::int64_t ms, const std::string& directory, const std::string& name,
                        std::uint32_t what, const std::string& moved_from = {}) {
    const std::uint64_t number = ++last_;
    return {directory, name, what, moved_from, number, number, at_ms(ms), FileKind::regular};
  }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace vigil::test
