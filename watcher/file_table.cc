#include "watcher/file_table.h"

#include <algorithm>
#include <cassert>

#include "base/planted_bug.h"

namespace vigil::watcher {
namespace {

using namespace std::chrono_literals;

FileKey key_of(const FileStat& stat) {
  return {stat.device, stat.inode};
}

}  // namespace

FileTable::FileTable(const FileSystem& files, const WatchLimits& limits)
    : files_(files), limits_(limits), open_(files, limits.open_files_max) {}

void FileTable::restore(std::vector<FilePosition> positions) {
  restored_.reserve(positions.size());
  for (auto& position : positions) {
    const FileKey key{position.device, position.inode};
    restored_.insert_or_assign(key, std::move(position));
  }
}

void FileTable::set_time(MonoTime now, WallTime wall_now) {
  now_ = now;
  wall_now_ = wall_now;
}

// --- What the trees see ------------------------------------------------------------------------

void FileTable::observe(Directory& directory, std::string_view name, const FileStat& stat,
                        std::uint32_t scan) {
  const FileKey key = key_of(stat);
  if (TrackedFile* there = directory.find(name); there != nullptr && there->key != key) {
    lose(*there);
  }
  const auto [found, is_new] = by_key_.try_emplace(key);
  TrackedFile& file = found->second;
  file.seen = scan;
  if (is_new) {
    file.key = key;
    place(file, directory, name);
    return start(file, stat);
  }
  const bool same_place = file.directory == &directory && file.name == name;
  // Otherwise it was renamed, or this is a further hard link: then the first name stays.
  if (!same_place && !still_at_its_place(file)) place(file, directory, name);
  refresh(file, stat);
}

bool FileTable::still_at_its_place(const TrackedFile& file) const {
  if (file.directory == nullptr) return false;
  const auto stat = files_.stat(path_of(file));
  return stat && key_of(*stat) == file.key;
}

void FileTable::place(TrackedFile& file, Directory& directory, std::string_view name) {
  if (file.directory != nullptr) {
    file.directory->remove(file);
  } else if (file.lost_at != MonoTime{}) {
    file.lost_at = {};
    --lost_;
    open_.unpin(file.key);
  }
  file.directory = &directory;
  file.root = directory.root;
  file.name = name;
  directory.add(file);
}

void FileTable::start(TrackedFile& file, const FileStat& stat) {
  file.birth_ns = stat.birth_ns;
  file.read.generation = ++generations_begun_;
  const auto stored = restored_.find(file.key);
  if (stored == restored_.end()) {
    file.size = stat.size;
    return grow(file, stat);
  }
  const FilePosition position = std::move(stored->second);
  restored_.erase(stored);
  file.size = position.size;
  file.modified_ns = position.modified_ns;
  file.read.offset = position.offset;
  file.read.head_hash = position.head_hash;
  file.read.tail_hash = position.tail_hash;
  file.read.fresh = position.offset == 0;
  file.unverified = position.offset > 0;
  const bool other = position.birth_ns != stat.birth_ns;
  const bool rewritten = position.size == stat.size && position.offset == stat.size &&
                         position.modified_ns != stat.modified_ns;
  if (other || rewritten) begin_generation(file);
  refresh(file, stat);
  file.doubtful = false;
}

void FileTable::begin_generation(TrackedFile& file) {
  if (!file.read.fresh) ++generations_;
  file.read = ReadState{.generation = ++generations_begun_};
  file.scanned = 0;
  file.hole = 0;
  file.unverified = false;
  file.doubtful = false;
  file.finish = false;
  file.finish_tried = false;
}

void FileTable::refresh(TrackedFile& file, const FileStat& stat) {
  if (stat.birth_ns != file.birth_ns) {  // the inode was freed and taken by another file
    open_.close(file.key);
    file.birth_ns = stat.birth_ns;
    begin_generation(file);
  }
  if (file.compressed()) return refresh_compressed(file, stat);
  if (stat.size < file.read.offset && !planted(PlantedBug::truncation_unnoticed)) {
    if (file.size > file.known_end()) ++gaps_;
    begin_generation(file);
  }
  const bool touched = stat.modified_ns != file.modified_ns;
  if (stat.size < file.known_end() || (touched && stat.size == file.size)) {
    file.scanned = 0;  // an unfinished line was cut, or a hole in it filled
    file.hole = 0;
    file.finish_tried = false;
  }
  if (touched && file.read.offset > 0) file.unverified = true;
  if (touched && stat.size == file.read.offset && !file.read.fresh) {
    file.size = stat.size;  // an unfinished line may have been cut off, or all have been rewritten
    return doubt(file);
  }
  grow(file, stat);
}

/// Written to, and ends where reading stands. Growth may be on its way, since the kernel sets the
/// time first; if there is none after a while, the file was rewritten in place. Its turn tells at
/// once where the rewrite touched its head or tail.
void FileTable::doubt(TrackedFile& file) {
  if (!file.doubtful) due_.set(file, now_ + limits_.unfinished_idle);
  file.doubtful = true;
  turns_.add(file, Lane::live);
}

void FileTable::refresh_compressed(TrackedFile& file, const FileStat& stat) {
  const bool changed = stat.size != file.size || stat.modified_ns != file.modified_ns;
  if (changed && (file.read.offset > 0 || file.scanned > 0)) begin_generation(file);
  grow(file, stat);
}

void FileTable::grow(TrackedFile& file, const FileStat& stat) {
  const bool grew = stat.size > file.size;
  if (stat.size != file.size) {
    file.doubtful = false;
    file.finish_tried = false;
  }
  file.size = stat.size;
  file.modified_ns = stat.modified_ns;
  if (file.size <= file.known_end()) return;
  turns_.add(file, grew ? lane_of_grown(file) : lane_of(file));
  keep_open(file);
}

void FileTable::lose(TrackedFile& file) {
  assert(file.directory != nullptr);
  std::string path = path_of(file);
  file.directory->remove(file);
  file.directory = nullptr;
  file.name = std::move(path);
  file.lost_at = now_;
  ++lost_;
  open_.pin(file.key);
  due_.set(file, now_ + limits_.poll_interval);
  look_through_handle(file);
}

/// Whether a file without a name has grown can only be asked through its descriptor.
void FileTable::look_through_handle(TrackedFile& file) {
  const ReadableFile* handle = open_.find(file.key);
  if (handle == nullptr) return;
  if (const auto stat = handle->stat(); stat && stat->size != file.size) refresh(file, *stat);
}

bool FileTable::is_lost(const FileStat& stat) const {
  const auto found = by_key_.find(key_of(stat));
  return found != by_key_.end() && found->second.directory == nullptr;
}

void FileTable::set_root_present(std::uint32_t root) {
  std::erase(roots_away_, root);
}

void FileTable::set_root_away(std::uint32_t root) {
  if (std::ranges::find(roots_away_, root) == roots_away_.end()) roots_away_.push_back(root);
}

void FileTable::drop_unclaimed(const std::string& base) {
  const std::string prefix = join_path(base, "");
  std::erase_if(restored_, [&](auto& entry) {
    if (!entry.second.path.starts_with(prefix)) return false;
    vanished_.push_back(std::move(entry.second));
    return true;
  });
}

// --- Looking again -----------------------------------------------------------------------------

void FileTable::settle() {
  for (const FileKey& key : due_.take(now_)) {
    TrackedFile* file = find(key);
    if (file == nullptr) continue;
    file->waiting = false;
    if (file->due > now_) {
      due_.set(*file, file->due);
    } else if (file->directory == nullptr) {
      recheck_lost(*file);
    } else {
      recheck(*file);
    }
  }
}

void FileTable::recheck_recent() {
  std::vector<FileKey> keys;
  for (const auto& [key, file] : by_key_) {
    if (file.directory != nullptr && is_recent(file, 24h)) keys.push_back(key);
  }
  for (const FileKey& key : keys) {
    if (TrackedFile* file = find(key)) recheck(*file);
  }
}

void FileTable::recheck(TrackedFile& file) {
  const auto stat = files_.stat(path_of(file));
  if (!stat) {
    if (stat.error().code == Errc::not_found) lose(file);
    return;
  }
  if (stat->kind != FileKind::regular) return lose(file);
  if (key_of(*stat) != file.key) {
    const std::string name = file.name;  // observe() finds another file there and loses this one
    return observe(*file.directory, name, *stat, file.seen);
  }
  const bool doubtful = file.doubtful && file.due <= now_;
  refresh(file, *stat);
  if (doubtful && file.doubtful) {
    begin_generation(file);
    grow(file, *stat);
  }
  if (file.awaits_line_end() && file.due <= now_) {
    file.finish = true;
    queue(file);
  }
}

void FileTable::recheck_lost(TrackedFile& file) {
  look_through_handle(file);
  const ReadableFile* handle = open_.find(file.key);
  const bool unread = file.size > file.known_end();
  if (handle != nullptr && !unread && file.awaits_line_end()) {
    file.finish = true;
    queue(file);
  }
  const bool busy = file.uncommitted || (handle != nullptr && file.lane != Lane::none);
  if (busy) return due_.set(file, now_ + limits_.poll_interval);
  if (unread) ++gaps_;
  forget(file);
}

void FileTable::forget(TrackedFile& file) {
  const FileKey key = file.key;
  const bool away = std::ranges::find(roots_away_, file.root) != roots_away_.end();
  if (away) {
    restored_.insert_or_assign(key, position_of(file));
  } else {
    vanished_.push_back(position_of(file));
  }
  turns_.remove(file);
  open_.close(key);
  --lost_;
  by_key_.erase(key);
}

}  // namespace vigil::watcher
