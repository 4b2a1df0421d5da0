#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace vigil::watcher {

/// What a watch tells about its directory or an entry of it.
struct TreeEvent {
  enum class Kind : std::uint8_t {
    entry,      ///< something that is no directory; merged with earlier events of the same name
    directory,  ///< a directory; each event by itself, in order
    moved,      ///< the watched directory itself has moved
    unwatched,  ///< the watch is gone with its directory or file system, or was given back
  };
  Kind kind = Kind::entry;
  std::int32_t watch = 0;
  std::uint32_t what = 0;        ///< bits of TreeChange::What
  std::uint32_t cookie = 0;      ///< joins a directory's moved_out with its moved_in
  std::string name{};            ///< of the entry; empty for what happened to the watched directory
  std::int32_t from_watch = -1;  ///< of what was moved in: where it was; -1: outside
  std::string from_name{};
  std::uint64_t first = 0;  ///< numbers of the first and the last event that were merged
  std::uint64_t last = 0;
  MonoTime at{};  ///< when the last was read

  friend bool operator==(const TreeEvent&, const TreeEvent&) = default;
};

struct TreeEvents {
  std::deque<TreeEvent> events;  ///< in the order of their first events
  std::uint64_t last = 0;        ///< number of the last event so far
  bool overflowed = false;       ///< events were lost; `events` may hold some that were not
  bool caught_up = false;        ///< nothing had happened before take() that is not told here
};

/// Where a TreeWatcher hears of changes: inotify, or a script in tests. All calls from one thread;
/// an implementation may collect in another (bounded: past its bound it reports an overflow).
class TreeSource {
 public:
  virtual ~TreeSource() = default;

  /// Watches one directory (a link is not followed) and gives the number of its watch: the same one
  /// for a directory that is watched already, under whatever path. Errors: `full` (the system's
  /// limit is reached), `unavailable` (no inotify at all), not_found (also no directory), denied.
  [[nodiscard]] virtual Result<std::int32_t> watch(const std::string& directory) = 0;

  /// Events of the watch that were not taken yet may still come.
  virtual void unwatch(std::int32_t watch) = 0;

  [[nodiscard]] virtual TreeEvents take() = 0;

  /// A descriptor that poll(2) finds readable while take() would return something; -1 in fakes.
  [[nodiscard]] virtual int wake_fd() const = 0;
};

}  // namespace vigil::watcher
