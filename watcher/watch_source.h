#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace vigil::watcher {

/// A hint that something below a watched directory changed. Never trusted for more than "look
/// there": what happened is read from the file system.
struct WatchEvent {
  enum class Kind : std::uint8_t {
    entry,           ///< `name` in `directory` was created, written, moved in, moved out or deleted
    directory_gone,  ///< the watched directory itself was deleted, moved away or unmounted
    overflow,        ///< events were lost: everything must be looked at (directory is empty)
  };
  Kind kind = Kind::entry;
  std::string directory;
  std::string name;

  friend bool operator==(const WatchEvent&, const WatchEvent&) = default;
};

/// Where change hints come from: inotify, or a script in tests. All calls from the owning thread;
/// an implementation may collect in a thread of its own (bounded: past its bound it reports
/// `overflow`, never silence).
class WatchSource {
 public:
  virtual ~WatchSource() = default;

  /// Starts watching one directory, not what is below it. Watching one twice is harmless.
  /// `full`: the system's watch limit is reached; `unavailable`: no inotify at all; `not_found`.
  virtual Result<void> watch(const std::string& directory) = 0;
  virtual void unwatch(const std::string& directory) = 0;

  /// Everything that happened since the last call, in order, repeats of one entry merged.
  [[nodiscard]] virtual std::vector<WatchEvent> take() = 0;

  /// A descriptor that poll(2) finds readable while take() would return something; -1 in fakes.
  [[nodiscard]] virtual int wake_fd() const = 0;
};

}  // namespace vigil::watcher
