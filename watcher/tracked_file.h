#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/time.h"
#include "watcher/fingerprint.h"

namespace vigil::watcher {

struct Directory;

/// A file whatever its names are.
struct FileKey {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileKey&, const FileKey&) = default;
};

struct FileKeyHash {
  std::size_t operator()(const FileKey& key) const noexcept {
    return std::hash<std::uint64_t>{}(key.inode * 0x9e3779b97f4a7c15ULL ^ key.device);
  }
};

/// How far a generation has been handed out: what rollback() restores.
struct ReadState {
  std::uint64_t generation = 0;  ///< Slice::file
  std::uint64_t offset = 0;
  std::uint64_t head_hash = kNoBytes;
  std::uint64_t tail_hash = kNoBytes;
  bool fresh = true;  ///< no slice of this generation was handed out
};

/// In which queue a file waits for its turn.
enum class Lane : std::uint8_t {
  none,
  live,        ///< grew lately, one turn brings it up to date
  growing,     ///< grew lately, but has more to read than one turn
  old,         ///< being read back
  compressed,  ///< the same; one at a time, since a decompressor is large
};

/// One log file. Kept small: there are ten thousand of them, nearly all idle.
struct TrackedFile {
  FileKey key;
  std::int64_t birth_ns = 0;
  Directory* directory = nullptr;  ///< null: it has no name in a watched tree any more
  std::string name;                ///< in its directory; the last known path without one
  std::uint32_t root = 0;
  std::uint32_t seen = 0;  ///< number of the scan that last met it
  std::uint64_t size = 0;  ///< as of the last look
  std::int64_t modified_ns = 0;
  ReadState read;
  std::uint64_t scanned = 0;  ///< bytes behind the position that hold no LF (compressed: read)
  std::uint64_t hole = 0;     ///< NUL bytes right behind the position, not part of `scanned`
  MonoTime due{};             ///< when to look at it again; meaningful while `waiting`
  MonoTime lost_at{};         ///< since when it has no name
  Lane lane = Lane::none;
  bool waiting = false;       ///< is in the list of due files
  bool unverified = false;    ///< written to (or not met) since its head was last compared
  bool doubtful = false;      ///< written to without growing: a rewrite in place, or a race
  bool finish = false;        ///< the last line may be taken without its LF at the next turn
  bool finish_tried = false;  ///< ... which was tried in vain
  bool uncommitted = false;   ///< slices went out that are not known to be durable

  [[nodiscard]] bool compressed() const { return name.ends_with(".zst"); }
  /// Its last line has no LF and was not yet tried without.
  [[nodiscard]] bool awaits_line_end() const {
    return scanned > 0 && !finish_tried && !compressed();
  }
  /// Up to where the content is known; the rest is unread.
  [[nodiscard]] std::uint64_t known_end() const { return read.offset + hole + scanned; }
};

}  // namespace vigil::watcher
