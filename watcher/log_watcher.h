#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/time.h"
#include "watcher/file_position.h"
#include "watcher/watch_source.h"

namespace vigil::watcher {

/// A directory tree that is watched, and which files in it are logs. It need not exist yet.
struct Root {
  std::string path;                                       ///< absolute
  std::function<bool(std::string_view relative)> is_log;  ///< a file below the root
  std::function<bool(std::string_view relative)>
      may_hold_logs;  ///< a directory below it; "" = root
};

/// Named bounds of the watcher; tests go one past each.
struct WatchLimits {
  std::size_t line_max = 8 * 1024 * 1024;  ///< longer lines are skipped and counted
  std::size_t slice_size = 1024 * 1024;    ///< bytes of one turn of one file that has fallen behind
  std::size_t open_files_max = 256;        ///< descriptors kept open (files being read)
  std::size_t line_padding = 64;           ///< readable bytes behind each line
  std::chrono::milliseconds poll_interval{5'000};     ///< of roots and directories without watches
  std::chrono::milliseconds recent_interval{60'000};  ///< restat of files touched in the last 24 h
  std::chrono::milliseconds reconcile_interval{900'000};  ///< full listing, +-25 % jitter
  std::chrono::milliseconds unfinished_idle{5'000};       ///< then a last line without LF is tried
};

/// Complete lines of one file, in order. The views are valid until the next call of the watcher.
struct Slice {
  std::uint64_t file = 0;   ///< the watcher's number for this generation of this file; never reused
  bool from_start = false;  ///< first slice of a generation: the parser must begin anew
  std::uint64_t begin = 0;  ///< offset before these lines: what the parser's state must belong to
  bool behind = false;      ///< more was there to read when the slice was cut (reading back)
  std::string_view path;
  std::uint32_t root = 0;
  std::vector<std::string_view>
      lines;              ///< without LF and CR, BOM and runs of NUL taken off, padded
  FilePosition position;  ///< after these lines; store it with what they gave
};

/// What cannot be seen from the heartbeats: shown by `agent status` and `agent doctor`.
struct WatchStatus {
  std::size_t files = 0;
  std::size_t directories = 0;
  std::size_t watches_failed = 0;     ///< directories that are polled because no watch could be had
  bool polling_only = false;          ///< no inotify instance
  std::uint64_t bytes_behind = 0;     ///< known but not yet read
  std::uint64_t bytes_total = 0;      ///< size of all known logs
  std::uint64_t bytes_read = 0;       ///< since start
  std::uint64_t lines_oversized = 0;  ///< skipped because longer than line_max
  std::uint64_t nul_bytes = 0;        ///< skipped holes
  std::uint64_t overflows = 0;
  std::uint64_t reconciles = 0;
  std::uint64_t gaps = 0;               ///< truncations that took bytes nobody had read
  std::uint64_t generations = 0;        ///< new generations found where a position was known
  std::vector<std::string> unreadable;  ///< paths with the reason, at most 16
};

/// Finds logs below roots and reads what is new in them, as complete lines, each generation from
/// its position. inotify is a hint, the reconcile scan is the truth: start-up, overflow, a watch
/// that could not be had, resume and the timer all call the same reconcile.
///
/// Reading is fair: files that grew lately come before files being read back, newest first, one
/// slice each in turn. Single-threaded; reads no clock.
class LogWatcher {
 public:
  LogWatcher(FileSystem& files, WatchSource& watches, std::vector<Root> roots, WatchLimits limits);
  ~LogWatcher();

  /// Takes up stored positions; call before the first step.
  void restore(std::vector<FilePosition> positions);

  /// Takes in change hints and does what is due (reconcile, polling). Cheap when nothing is.
  void step(MonoTime now, WallTime wall_now);

  /// Lines of the file whose turn it is; nothing when all is read.
  [[nodiscard]] std::optional<Slice> next_slice(MonoTime now);

  /// What the last slices covered is durable. Without it, after rollback(), they come again.
  void commit();

  /// The store could not keep what the slices since the last commit gave: back to there. The next
  /// slice of each such file has from_start set when its generation's start was among them; else
  /// the caller restores the parser from what it last stored.
  void rollback();

  /// The caller has no parser state that fits the last slice (missing, or of another version): the
  /// slice counts as not given, and the file's next one comes from its start.
  void reread();

  /// When step() should be called again even without a wake-up.
  [[nodiscard]] MonoTime deadline() const;

  /// Asks for a full reconcile at the next step (`agent queue flush`, SIGHUP, resume).
  void request_reconcile();

  /// Positions whose files are gone from disk and were read to their end: may be forgotten.
  [[nodiscard]] std::vector<FilePosition> take_vanished();

  [[nodiscard]] WatchStatus status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::watcher
