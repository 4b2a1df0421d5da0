#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace vigil::agent {

/// Which sights of a person at a file are worth a heartbeat: a save always, another file than the
/// last one always, the same file again after kSame. Not thread-safe.
class Coalescer {
 public:
  static constexpr std::chrono::minutes kSame{2};
  static constexpr std::size_t kEditorsMax = 64;

  /// A person was seen at `path` with `editor`. False: it adds nothing.
  [[nodiscard]] bool adds(const std::string& editor, const std::string& path, bool is_save,
                          WallTime time);

 private:
  struct Last {
    std::string path;
    WallTime time{};
  };
  std::unordered_map<std::string, Last> last_;  ///< by editor
};

}  // namespace vigil::agent
