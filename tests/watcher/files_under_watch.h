#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/scripted_watch_source.h"
#include "watcher/log_watcher.h"

namespace vigil::test {

/// A root whose logs are `*.jsonl` and `*.jsonl.zst`, in any directory but `skipped/`.
[[nodiscard]] watcher::Root log_root(std::string path);

/// A slice that outlives its buffers.
struct KeptSlice {
  std::uint64_t file = 0;
  bool from_start = false;
  bool behind = false;
  std::string path;
  std::vector<std::string> lines;
  watcher::FilePosition position;
};
[[nodiscard]] KeptSlice keep(const watcher::Slice& slice);

/// A log watcher on a disk in memory with scripted hints, and what a daemon would do with it:
/// keep the lines, store the positions.
class FilesUnderWatch {
 public:
  explicit FilesUnderWatch(watcher::WatchLimits limits = {},
                           std::vector<std::string> roots = {"/logs"});

  /// One step, then all slices there are. Does not commit.
  std::vector<KeptSlice> read();
  /// The lines of read(), committed.
  std::vector<std::string> lines();
  /// Lets time pass and reads.
  std::vector<std::string> lines_after(milliseconds time);

  /// What a program does, with its hint.
  void add(const std::string& path, const std::string& text);
  void write(const std::string& path, const std::string& text);
  void move(const std::string& from, const std::string& to);
  void remove(const std::string& path);

  /// The agent stops and starts again with the positions of what was committed.
  void restart();

  [[nodiscard]] watcher::LogWatcher& watcher() { return *watcher_; }
  [[nodiscard]] watcher::WatchStatus status() const { return watcher_->status(); }

  MemoryFileSystem disk;
  ScriptedWatchSource hints;
  ManualClock clock;
  std::map<std::uint64_t, watcher::FilePosition> stored;  ///< by inode

 private:
  void start();

  watcher::WatchLimits limits_;
  std::vector<std::string> roots_;
  std::unique_ptr<watcher::LogWatcher> watcher_;
};

using Lines = std::vector<std::string>;

}  // namespace vigil::test
