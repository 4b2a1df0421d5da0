#include "watcher/open_files.h"

#include <algorithm>

namespace vigil::watcher {

OpenFiles::OpenFiles(const FileSystem& files, std::size_t max) : files_(files), max_(max) {}

const ReadableFile* OpenFiles::find(const FileKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->file.get();
}

Result<const ReadableFile*> OpenFiles::get(const FileKey& key, const std::string& path) {
  if (const ReadableFile* open = find(key)) return open;
  while (entries_.size() >= max_ && close_one()) {
  }
  // The path was canonical when its directory was listed.
  auto file = files_.open_without_links(path);
  while (!file && file.error().code == Errc::busy && close_one()) {
    file = files_.open_without_links(path);
  }
  if (!file) return std::unexpected(std::move(file).error());
  const FileStat stat = VIGIL_TRY((*file)->stat());
  if (FileKey{stat.device, stat.inode} != key) {
    return fail(Errc::not_found, path + ": is another file now");
  }
  entries_.push_front({key, *std::move(file)});
  by_key_[key] = entries_.begin();
  return entries_.front().file.get();
}

bool OpenFiles::close_one() {
  if (entries_.empty()) return false;
  const auto loose = std::find_if(entries_.rbegin(), entries_.rend(),
                                  [](const Entry& entry) { return !entry.pinned; });
  const FileKey key = loose != entries_.rend() ? loose->key : entries_.back().key;
  close(key);
  return true;
}

void OpenFiles::pin(const FileKey& key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) found->second->pinned = true;
}

void OpenFiles::unpin(const FileKey& key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) found->second->pinned = false;
}

void OpenFiles::close(const FileKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  entries_.erase(found->second);
  by_key_.erase(found);
}

}  // namespace vigil::watcher
