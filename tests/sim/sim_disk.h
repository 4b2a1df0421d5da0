#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "tests/sim/dice.h"
#include "tests/sim/trace.h"

namespace vigil::sim {

/// What the disk does to programs that change it. Reading goes on.
enum class DiskTrouble : std::uint8_t { none, full, broken, read_only };

/// The disk of one simulated machine, with two images: what running programs see, and what is
/// durable. Between them lie the changes since the last sync, of each file and of each directory.
///
/// A power cut keeps of every sector (512 or 4096 bytes) of a database some version between the
/// durable and the last one, of a directory some prefix of its unsynced changes, and of a log,
/// which is only ever written from front to back, all that is older than the kernel lets it lie and
/// some prefix of the rest, with or without a run of NUL behind it. A killed program leaves the
/// seen image as it is.
///
/// A program dies in the midst of a step by arming die_after(): from that change on nothing that it
/// does reaches the disk, and every call fails, until whoever runs the simulation notices.
/// Directories are durable at once. Not thread-safe.
class SimDisk final : public FileSystem {
 public:
  struct Inode;
  // Shared: names of both images, open files and open databases own an inode together.
  using InodePtr = std::shared_ptr<Inode>;

  SimDisk(std::string name, Dice dice, Trace& trace, Fired& fired);
  ~SimDisk() override;

  // As programs see it.
  [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const override;
  [[nodiscard]] Result<FileStat> stat(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
  [[nodiscard]] Result<std::string> canonical(const std::string& path) const override;
  [[nodiscard]] bool reports_changes(const std::string& path) const override;
  Result<void> make_directories(const std::string& path, std::uint32_t mode) override;
  Result<void> create(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
  Result<void> replace(const std::string& path, std::string_view bytes,
                       std::uint32_t mode) override;
  Result<void> append(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;

  // As SQLite's file system layer sees it. `offset` and sizes in bytes.
  [[nodiscard]] InodePtr find(const std::string& path) const;
  [[nodiscard]] Result<InodePtr> make(const std::string& path);
  Result<void> write(Inode& inode, std::uint64_t offset, std::string_view bytes);
  Result<void> truncate(Inode& inode, std::uint64_t size);
  Result<void> sync(Inode& inode);
  Result<void> sync_directory(const std::string& directory);
  [[nodiscard]] static std::string_view content(const Inode& inode);

  // What other programs do to their logs: unhindered, unsynced.
  void log_append(const std::string& path, std::string_view bytes);
  void log_truncate(const std::string& path, std::uint64_t size);
  void log_replace(const std::string& path, std::string_view bytes);  ///< under another inode
  void log_rename(const std::string& from, const std::string& to);
  void log_remove(const std::string& path);
  void make_directory(const std::string& path);
  void erase_below(const std::string& directory);
  void overwrite(const std::string& path, std::uint64_t offset, std::string_view bytes);
  void shorten(const std::string& path, std::uint64_t size);
  void write_back(const std::string& path);  ///< the kernel wrote the file out in its own time
  [[nodiscard]] std::string text(const std::string& path) const;
  [[nodiscard]] bool exists(const std::string& path) const;
  void set_inode_reuse() { reuses_inodes_ = true; }

  // Faults.
  void set_time(WallTime now);
  void set_trouble(DiskTrouble trouble) { trouble_ = trouble; }
  [[nodiscard]] DiskTrouble trouble() const { return trouble_; }
  /// The next sync fails. Where its changes are `dropped`, the kernel takes them for written all
  /// the same: programs go on seeing them, and no later sync makes them durable.
  enum class Unsynced : std::uint8_t { kept, dropped };
  void fail_next_sync(Unsynced then) {
    sync_fails_ = true;
    unsynced_ = then;
  }
  void die_after(std::uint64_t changes) { changes_left_ = changes; }
  void disarm();
  [[nodiscard]] bool is_dead() const { return is_dead_; }

  /// Everything volatile goes but what programs see: they were killed, the machine was not.
  void kill();
  /// The machine stops: only what is durable or happened to be written is left.
  void cut_power();

 private:
  class File;
  struct NameChange;

  [[nodiscard]] Result<void> begin_change(std::string_view what, const std::string& path);
  InodePtr new_inode();
  void bind_name(const std::string& path, InodePtr inode);
  void unbind_name(const std::string& path);
  void move_name(const std::string& from, const std::string& to);
  void touch(Inode& inode);
  void write_back_logs();
  void settle_names();
  void settle(Inode& inode);
  void settle_log(Inode& inode);
  void settle_sectors(Inode& inode);
  void release(const InodePtr& inode);

  std::string name_;
  Dice dice_;
  Trace& trace_;
  Fired& fired_;
  std::map<std::string, InodePtr> names_;
  std::map<std::string, InodePtr> durable_names_;
  std::vector<NameChange> name_changes_;
  std::set<std::string> directories_;
  std::int64_t now_ns_ = 0;
  std::uint64_t next_inode_ = 2;
  std::optional<std::uint64_t> freed_inode_;
  bool reuses_inodes_ = false;
  DiskTrouble trouble_ = DiskTrouble::none;
  bool sync_fails_ = false;
  Unsynced unsynced_ = Unsynced::kept;
  std::optional<std::uint64_t> changes_left_;
  bool is_dead_ = false;
};

}  // namespace vigil::sim
