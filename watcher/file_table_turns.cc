// The half of FileTable that says whose turn it is and what became of a turn.
#include <algorithm>
#include <utility>

#include "watcher/file_table.h"

namespace vigil::watcher {
namespace {

using namespace std::chrono_literals;

/// Of a file that was written to no longer ago than this, it is assumed that somebody waits.
constexpr auto kLiveAge = 60s;

}  // namespace

bool FileTable::is_recent(const TrackedFile& file, std::chrono::nanoseconds age) const {
  const auto since = wall_now_.time_since_epoch() - std::chrono::nanoseconds{file.modified_ns};
  return since < age;
}

Lane FileTable::lane_of(const TrackedFile& file) const {
  if (file.compressed()) return Lane::compressed;
  return is_recent(file, kLiveAge) ? lane_of_grown(file) : Lane::old;
}

Lane FileTable::lane_of_grown(const TrackedFile& file) const {
  if (file.compressed()) return Lane::compressed;
  return file.size - file.read.offset <= limits_.slice_size ? Lane::live : Lane::growing;
}

void FileTable::queue(TrackedFile& file) {
  turns_.add(file, lane_of(file));
  keep_open(file);
}

/// While unread, so that it can be read even if it is deleted first.
void FileTable::keep_open(TrackedFile& file) {
  if (!open_.has_room() || file.directory == nullptr) return;
  const auto held = open_.get(file.key, path_of(file));
  if (!held) return;  // its turn will tell why
}

TrackedFile* FileTable::find(const FileKey& key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

Result<const ReadableFile*> FileTable::open(TrackedFile& file) {
  if (file.directory != nullptr) return open_.get(file.key, path_of(file));
  if (const ReadableFile* handle = open_.find(file.key)) return handle;
  return fail(Errc::not_found, file.name + ": deleted before it was read");
}

void FileTable::finish_turn(const TurnOrder::Turn& turn, const ReadableFile& handle,
                            Reading::Outcome outcome) {
  TrackedFile& file = *turn.file;
  // Where it was read to the end that the last look saw, there is no need for another.
  const bool is_as_seen = outcome == Reading::Outcome::caught_up && file.size == file.known_end();
  if (!is_as_seen || file.compressed()) take_size(file, handle);
  if (outcome == Reading::Outcome::more || file.size > file.known_end()) {
    const bool behind = turn.lane == Lane::old || turn.lane == Lane::compressed;
    return turns_.add_again(file, behind ? turn.lane : lane_of_grown(file));
  }
  if (file.awaits_line_end()) expect_line_end(file);
}

void FileTable::take_size(TrackedFile& file, const ReadableFile& handle) {
  const auto stat = handle.stat();
  if (!stat) {
    file.size = file.known_end();
  } else if (stat->size >= file.known_end()) {
    if (stat->size != file.size) file.doubtful = false;
    file.size = stat->size;
    file.modified_ns = stat->modified_ns;
  }
}

/// Its last line has no LF. If nobody has written to it for long, it is tried at once.
void FileTable::expect_line_end(TrackedFile& file) {
  if (is_recent(file, limits_.unfinished_idle)) {
    return due_.set(file, now_ + limits_.unfinished_idle);
  }
  file.finish = true;
  turns_.add(file, Lane::live);
}

void FileTable::roll_back(TrackedFile& file, const ReadState& state) {
  if (state.generation == file.read.generation) {
    file.read = state;
  } else {
    ++gaps_;  // what the old generation gave is lost with it
    file.read = ReadState{.generation = file.read.generation};
  }
  file.scanned = 0;
  file.hole = 0;
  file.finish_tried = false;
  if (file.size > file.known_end()) queue(file);
}

// --- Telling -----------------------------------------------------------------------------------

std::string FileTable::path_of(const TrackedFile& file) const {
  return file.directory == nullptr ? file.name : join_path(file.directory->path, file.name);
}

FilePosition FileTable::position_of(const TrackedFile& file) const {
  return {.path = path_of(file),
          .root = file.root,
          .device = file.key.device,
          .inode = file.key.inode,
          .birth_ns = file.birth_ns,
          .offset = file.read.offset,
          .size = file.size,
          .modified_ns = file.modified_ns,
          .head_hash = file.read.head_hash,
          .tail_hash = file.read.tail_hash};
}

std::vector<FilePosition> FileTable::take_vanished() {
  return std::exchange(vanished_, {});
}

void FileTable::add_to(WatchStatus& status) const {
  status.files = by_key_.size();
  status.gaps = gaps_;
  status.generations = generations_;
  for (const auto& [key, file] : by_key_) {
    status.bytes_total += file.size;
    if (file.size > file.known_end()) status.bytes_behind += file.size - file.known_end();
  }
}

}  // namespace vigil::watcher
