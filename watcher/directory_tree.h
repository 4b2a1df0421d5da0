#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "watcher/directory.h"
#include "watcher/file_table.h"
#include "watcher/log_watcher.h"
#include "watcher/shared_watches.h"
#include "watcher/trouble_list.h"

namespace vigil::watcher {

/// The directories below one root, and the one way to look at them: watch first, then list, then
/// look at what is listed, so that nothing appears unseen between the steps.
///
/// The root itself may be reached through links; below it they are not followed, so the walk ends.
/// While there is no root, the nearest directory above it that exists is watched for it.
class DirectoryTree {
 public:
  DirectoryTree(const FileSystem& files, SharedWatches& watches, FileTable& table,
                TroubleList& troubles, const Root& root, std::uint32_t index);

  /// Looks at everything.
  void reconcile();

  /// Looks at what has no watch, or all of it where watches do not tell everything.
  void poll();
  [[nodiscard]] bool needs_polling() const;

  /// Looks whether the root is still where it was: nobody tells when a directory above it moves.
  void check_root();

  /// Follows change hints; those about directories that are not in this tree are ignored.
  void entry_changed(const std::string& directory, const std::string& name);
  void directory_gone(const std::string& directory);

  [[nodiscard]] std::size_t directories() const { return directories_.size(); }
  [[nodiscard]] std::size_t refused() const { return refused_; }

 private:
  enum class Depth : std::uint8_t {
    new_only,  ///< directories that are known already are left alone
    all,
  };
  using Directories = std::map<std::string, Directory, std::less<>>;

  void scan(const std::string& start, Depth depth);
  void list(const std::string& path, Depth depth);
  void visit(Directory& directory, const DirectoryEntry& entry, Depth depth);
  void visit_file(Directory& directory, const std::string& name);
  void sweep(Directory& directory);
  void find_renamed(Directory& directory, const std::vector<DirectoryEntry>& entries);
  Directory& enter(const std::string& path);
  void watch(Directory& directory);
  void leave(const std::string& path);
  void leave_one(Directory& directory);
  void wait_for_root();
  void stop_waiting();
  void drop();

  [[nodiscard]] Directory* find(std::string_view path);
  [[nodiscard]] std::string_view relative(std::string_view path) const;
  [[nodiscard]] bool is_wanted(const Directory& directory, const std::string& name,
                               const std::string& path) const;
  [[nodiscard]] bool hidden_by_plain(const Directory& directory, const std::string& name) const;

  const FileSystem& files_;
  SharedWatches& watches_;
  FileTable& table_;
  TroubleList& troubles_;
  const Root& root_;
  std::uint32_t index_;
  std::string base_;    ///< the root without links; empty while there is none
  std::string anchor_;  ///< watched while there is no root
  Directories directories_;
  std::vector<std::string> to_list_;
  std::uint32_t scan_ = 0;
  std::size_t refused_ = 0;
  std::size_t unlisted_ = 0;
  bool remote_ = false;
};

}  // namespace vigil::watcher
