#pragma once

#include <cstdint>
#include <string>

#include "base/file_system.h"
#include "base/time.h"

namespace vigil::watcher {

/// What happened to one entry of a watched directory since the last time that somebody took it.
struct TreeChange {
  /// Bits of `what`: several may stand together, whose order is lost.
  enum What : std::uint32_t {
    created = 1,
    modified = 2,
    closed = 4,  ///< after it was open for writing, whether or not anything was written
    moved_in = 8,
    moved_out = 16,
    deleted = 32,
    found = 64,  ///< seen by a look (poll, sweep, new directory) and not, or not only, by an event
  };

  std::string directory;  ///< absolute, without links; where it is now, if it has moved
  std::string name;       ///< any bytes but '/' and NUL
  std::uint32_t what = 0;
  /// Of what was moved in: its name before, or its absolute path where it was in another directory.
  /// Empty where it came from outside.
  std::string moved_from;
  /// Numbers of the first and the last event in it, counted over everything that is watched. What
  /// was only found has the number of the event before it.
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  MonoTime at{};  ///< when its last event was read; of what was only found: when it was looked at
  /// `directory`, or else `regular`: events do not tell files from links. What a look finds is
  /// regular. Events of directories are never merged.
  FileKind kind = FileKind::regular;

  friend bool operator==(const TreeChange&, const TreeChange&) = default;
};

}  // namespace vigil::watcher
