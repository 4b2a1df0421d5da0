#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/file_system.h"
#include "watcher/tracked_file.h"

namespace vigil::watcher {

/// The files that are kept open: at most `max`, the least recently used is closed first. Files
/// that were deleted while unread are pinned: closed only when nothing else is left to close.
class OpenFiles {
 public:
  OpenFiles(const FileSystem& files, std::size_t max);

  /// The file with this identity, opened by `path` when it is not open. `not_found` also where
  /// the path now leads to another file; `busy` where the process may open no more.
  [[nodiscard]] Result<const ReadableFile*> get(const FileKey& key, const std::string& path);

  /// The same if it is open already, else null.
  [[nodiscard]] const ReadableFile* find(const FileKey& key);

  void pin(const FileKey& key);
  void unpin(const FileKey& key);
  void close(const FileKey& key);

  [[nodiscard]] bool has_room() const { return entries_.size() < max_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    FileKey key;
    std::unique_ptr<ReadableFile> file;
    bool pinned = false;
  };
  [[nodiscard]] bool close_one();

  const FileSystem& files_;
  std::size_t max_;
  std::list<Entry> entries_;  ///< most recently used first
  std::unordered_map<FileKey, std::list<Entry>::iterator, FileKeyHash> by_key_;
};

}  // namespace vigil::watcher
