#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "watcher/tracked_file.h"

namespace vigil::watcher {

/// A directory of a watched tree and the logs in it. Stays at its address while it is known.
struct Directory {
  enum class Watch : std::uint8_t {
    none,  ///< not asked for yet
    held,
    refused,  ///< no watch could be had: polled
  };
  std::string_view path;  ///< absolute; owned by the tree
  std::uint32_t root = 0;
  std::uint32_t seen = 0;  ///< number of the scan that last met it
  Watch watch = Watch::none;
  bool unlisted = false;            ///< could not be listed: what is in it is not known to be gone
  std::vector<TrackedFile*> files;  ///< sorted by name; the tree's file table owns them

  [[nodiscard]] TrackedFile* find(std::string_view name) const;
  void add(TrackedFile& file);
  void remove(const TrackedFile& file);
};

}  // namespace vigil::watcher
