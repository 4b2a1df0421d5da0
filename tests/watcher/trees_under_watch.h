#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/scripted_tree_source.h"
#include "tests/support/temporary_directory.h"
#include "watcher/inotify_tree_source.h"
#include "watcher/tree_watcher.h"

namespace vigil::test {

/// What was told, by path: the bits of all changes together.
using Told = std::map<std::string, std::uint32_t>;

/// A tree in memory whose source tells what the kernel would tell.
class MemoryTree {
 public:
  explicit MemoryTree(watcher::TreeLimits limits = {});

  MemoryFileSystem files;
  ScriptedTreeSource source{files};
  ManualClock clock;
  watcher::TreeWatcher watcher;
  std::string root = "/home/tree";

  void make(const std::string& path);                         ///< a directory; parents must exist
  void write(const std::string& path);                        ///< a file, new or again
  void unlink(const std::string& path);                       ///< a file
  void remove(const std::string& path);                       ///< a directory with all in it
  void move(const std::string& from, const std::string& to);  ///< a file or directory
  void link(const std::string& target, const std::string& path);  ///< symbolic

  void pass(milliseconds by);  ///< time
  void step();
  void settle();  ///< until there is nothing to do

  /// Everything until there is nothing to do.
  [[nodiscard]] std::vector<watcher::TreeChange> changes();
};

/// The same on the disk, with inotify.
class DiskTree {
 public:
  explicit DiskTree(watcher::TreeLimits limits = {});

  TemporaryDirectory directory;
  PosixFileSystem files;
  SystemClock clock;
  std::unique_ptr<watcher::InotifyTreeSource> source;
  watcher::TreeWatcher watcher;
  std::string root;

  void make(const std::string& path);
  void write(const std::string& path);
  void unlink(const std::string& path);
  void remove(const std::string& path);
  void move(const std::string& from, const std::string& to);
  void link(const std::string& target, const std::string& path);

  void step();
  void settle();
  /// Everything that was done before, by waiting for a file that is written last, in a directory
  /// that is watched for it.
  [[nodiscard]] std::vector<watcher::TreeChange> changes();

 private:
  TemporaryDirectory marks_;
  int mark_ = 0;
};

[[nodiscard]] Told told(const std::vector<watcher::TreeChange>& changes);

/// The changes of one path.
[[nodiscard]] std::uint32_t told_of(const std::vector<watcher::TreeChange>& changes,
                                    const std::string& path);

}  // namespace vigil::test
