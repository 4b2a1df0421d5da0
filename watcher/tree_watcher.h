#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/time.h"
#include "watcher/tree_change.h"
#include "watcher/tree_source.h"

namespace vigil::watcher {

struct TreeLimits {
  std::size_t watches_max = 65'536;  ///< directories past it are polled
  std::size_t pending_max = 65'536;  ///< changes that may wait to be taken; then step() pauses
};

/// How one root is being watched.
struct TreeStatus {
  std::string root;  ///< as it was added
  std::size_t directories = 0;
  std::size_t watched = 0;
  std::size_t polled = 0;  ///< looked at every 10 s, since they have no watch (or cannot be read)
  bool ready = false;      ///< every directory has been entered
  std::string trouble;  ///< why it is not watched at all, or why some of it is polled; else empty
};

/// Tells what changes in directory trees: by inotify where it can, by looking where it cannot.
///
/// Directories that are made or moved in are followed: first watched, then listed; files found in
/// them are `created | found`. A directory that moves within a root keeps what is known below it.
/// Links are not followed. File systems that do not tell their changes (network, FUSE), directories
/// past the budget of watches and those that cannot be read are polled: every file in them whose
/// mtime or ctime is later than at the last look is `found`; what goes there is not told, nor what
/// changed in a folder in the last seconds before it moved from one of them into another. When
/// events are lost, everything is looked at in the same way. A file that changed within the last
/// moments is found once it rests, so that a write in progress is not taken for its end.
///
/// Not thread-safe; reads no clock. `now` must not go back, `wall_now` may.
class TreeWatcher {
 public:
  /// Whether to look into a directory (absolute path). Asked once for each when it is met, and
  /// again when it comes back; may be slow, a step asks for a bounded number.
  using Enters = std::function<bool(const std::string& directory)>;

  /// All three must outlive it.
  TreeWatcher(const FileSystem& files, TreeSource& source, TreeLimits limits = {});
  TreeWatcher(const TreeWatcher&) = delete;
  TreeWatcher& operator=(const TreeWatcher&) = delete;
  ~TreeWatcher();

  /// Begins to watch a tree, which may come later or be within another one: a directory belongs to
  /// the innermost root. Without `seen_until` the first look tells nothing; with it, every file
  /// that changed later is `found` when the watches are set. Adding a root again replaces it.
  void add(const std::string& root, std::optional<WallTime> seen_until, Enters enters);

  /// Watches the entries of one directory and nothing below it, such as `.git` within a root that
  /// does not enter it. No look ever finds anything there that was there at first.
  void watch_flat(const std::string& directory);

  void remove(const std::string& root);  ///< or a flat directory; nothing where it is unknown

  /// Asks `enters` again for every directory of a root: its rules have changed.
  void reconsider(const std::string& root);

  /// A bounded piece of work (some milliseconds): events, then directories to enter, then looks.
  void step(MonoTime now, WallTime wall_now);

  /// Whether step() or take() has more to do at once.
  [[nodiscard]] bool has_more() const;

  /// When step() must be called though no descriptor woke.
  [[nodiscard]] std::optional<MonoTime> deadline() const;

  /// Readable while there are events for step().
  [[nodiscard]] int wake_fd() const;

  /// At most `max` changes in the order of their first events.
  [[nodiscard]] std::vector<TreeChange> take(std::size_t max);

  /// Everything that changed in the root before was taken: what to give to add() the next time.
  /// Nothing where that is not known (unknown root, first look not ended).
  [[nodiscard]] std::optional<WallTime> seen_until(const std::string& root) const;

  [[nodiscard]] std::vector<TreeStatus> status() const;  ///< in the order of add()
  [[nodiscard]] std::uint64_t overflows() const;         ///< times that events were lost

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::watcher
