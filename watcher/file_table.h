#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file_system.h"
#include "base/time.h"
#include "watcher/directory.h"
#include "watcher/due_list.h"
#include "watcher/file_position.h"
#include "watcher/log_watcher.h"
#include "watcher/open_files.h"
#include "watcher/reading.h"
#include "watcher/tracked_file.h"
#include "watcher/turn_order.h"

namespace vigil::watcher {

/// Every known log by its identity: what was read of it, whether that still holds, and whose turn
/// it is. Told by the directory trees what they see; decides what is the same file under another
/// name, what is a new generation, and what is gone.
class FileTable {
 public:
  FileTable(const FileSystem& files, const WatchLimits& limits);

  void restore(std::vector<FilePosition> positions);

  /// The time that everything until the next call happens at.
  void set_time(MonoTime now, WallTime wall_now);
  [[nodiscard]] MonoTime now() const { return now_; }

  [[nodiscard]] std::uint32_t next_scan() { return ++scans_; }

  /// `name` in `directory` is a regular file with this stat.
  void observe(Directory& directory, std::string_view name, const FileStat& stat,
               std::uint32_t scan);

  /// The file has lost its name (it may turn up under another one). What is unread of it is
  /// still read as long as it is open.
  void lose(TrackedFile& file);
  [[nodiscard]] bool any_lost() const { return lost_ > 0; }
  [[nodiscard]] bool is_lost(const FileStat& stat) const;

  /// While a root is away its files keep their positions.
  void set_root_present(std::uint32_t root);
  void set_root_away(std::uint32_t root);
  /// A complete scan of the tree at `base` is over: positions of files that it did not meet are
  /// given up.
  void drop_unclaimed(const std::string& base);

  /// Looks again at files whose time has come.
  void settle();
  /// Looks at files that were modified in the last 24 h, whose changes may have made no event.
  void recheck_recent();
  [[nodiscard]] std::optional<MonoTime> deadline() const { return due_.first(); }
  void look_again(TrackedFile& file, MonoTime when) { due_.set(file, when); }

  // For the reader.
  [[nodiscard]] std::optional<TurnOrder::Turn> next_turn() { return turns_.next(); }
  [[nodiscard]] TrackedFile* find(const FileKey& key);
  [[nodiscard]] Result<const ReadableFile*> open(TrackedFile& file);
  void begin_generation(TrackedFile& file);
  /// After a turn: takes up the size that the file has now, and queues it again if there is more.
  void finish_turn(const TurnOrder::Turn& turn, const ReadableFile& handle,
                   Reading::Outcome outcome);
  /// Sets the read state back and queues the file.
  void roll_back(TrackedFile& file, const ReadState& state);
  void queue(TrackedFile& file);

  [[nodiscard]] std::string path_of(const TrackedFile& file) const;
  [[nodiscard]] FilePosition position_of(const TrackedFile& file) const;
  [[nodiscard]] std::vector<FilePosition> take_vanished();

  /// Adds files, bytes_behind, bytes_total, gaps and generations.
  void add_to(WatchStatus& status) const;

 private:
  void place(TrackedFile& file, Directory& directory, std::string_view name);
  void start(TrackedFile& file, const FileStat& stat);
  void refresh(TrackedFile& file, const FileStat& stat);
  void doubt(TrackedFile& file);
  void refresh_compressed(TrackedFile& file, const FileStat& stat);
  void grow(TrackedFile& file, const FileStat& stat);
  void recheck(TrackedFile& file);
  void recheck_lost(TrackedFile& file);
  void look_through_handle(TrackedFile& file);
  static void take_size(TrackedFile& file, const ReadableFile& handle);
  void expect_line_end(TrackedFile& file);
  void forget(TrackedFile& file);
  [[nodiscard]] bool still_at_its_place(const TrackedFile& file) const;
  [[nodiscard]] bool is_recent(const TrackedFile& file, std::chrono::nanoseconds age) const;
  [[nodiscard]] Lane lane_of(const TrackedFile& file) const;
  [[nodiscard]] Lane lane_of_grown(const TrackedFile& file) const;
  void keep_open(TrackedFile& file);

  const FileSystem& files_;
  const WatchLimits& limits_;
  MonoTime now_{};
  WallTime wall_now_{};
  std::unordered_map<FileKey, TrackedFile, FileKeyHash> by_key_;
  std::unordered_map<FileKey, FilePosition, FileKeyHash> restored_;  ///< not met yet
  std::vector<FilePosition> vanished_;
  std::vector<std::uint32_t> roots_away_;
  OpenFiles open_;
  TurnOrder turns_;
  DueList due_;
  std::uint32_t scans_ = 0;
  std::size_t lost_ = 0;
  std::uint64_t generations_begun_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t generations_ = 0;
};

}  // namespace vigil::watcher
