#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "watcher/merged_events.h"
#include "watcher/tree_source.h"

namespace vigil::test {

/// Events as a test writes them. A directory is known by its inode, as in the kernel: its watch
/// stays with it when it moves. Events of directories that nobody watches are lost.
class ScriptedTreeSource final : public watcher::TreeSource {
 public:
  explicit ScriptedTreeSource(const FileSystem& files) : files_(files) {}

  [[nodiscard]] Result<std::int32_t> watch(const std::string& directory) override;
  void unwatch(std::int32_t watch) override;
  [[nodiscard]] watcher::TreeEvents take() override;
  [[nodiscard]] int wake_fd() const override { return -1; }

  /// Something happened to an entry of `directory`.
  void tell(const std::string& directory, const std::string& name, std::uint32_t what,
            FileKind kind = FileKind::regular);
  /// An entry moved; either end may be watched or not. Events of both ends may be split:
  /// `tell_left` now, `tell_arrived` later.
  void tell_left(const std::string& directory, const std::string& name, FileKind kind);
  void tell_arrived(const std::string& directory, const std::string& name, FileKind kind);
  /// The watched directory with this inode is gone, or has moved.
  void tell_gone(std::uint64_t inode);
  void tell_moved(std::uint64_t inode);
  void overflow();

  void set_now(MonoTime now) { now_ = now; }
  /// watch() fails with `full` when this many directories are watched.
  void set_watches_max(std::size_t count) { watches_max_ = count; }
  /// From now on watch() fails this way; nothing = works again.
  void refuse(std::optional<Errc> code) { refusal_ = code; }

  [[nodiscard]] std::size_t watched() const { return watch_of_.size(); }
  [[nodiscard]] bool is_watched(const std::string& directory) const;

 private:
  [[nodiscard]] std::optional<std::int32_t> watch_at(const std::string& directory) const;
  void push(watcher::TreeEvent event);

  const FileSystem& files_;
  std::map<std::uint64_t, std::int32_t> watch_of_;  ///< by inode
  watcher::MergedEvents pending_{65'536};
  std::int32_t next_watch_ = 1;
  std::uint32_t cookie_ = 0;
  std::optional<std::int32_t> left_watch_;  ///< of the last move
  std::string left_name_;
  std::uint64_t last_ = 0;
  bool overflowed_ = false;
  MonoTime now_{};
  std::size_t watches_max_ = 1'000'000;
  std::optional<Errc> refusal_;
};

}  // namespace vigil::test
