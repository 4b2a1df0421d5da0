#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vigil {

enum class FileKind : std::uint8_t { regular, directory, symlink, other };

/// What statx(2) tells. Times are ns since 1970; `birth_ns` is 0 where the file system has none.
struct FileStat {
  FileKind kind = FileKind::other;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::uint64_t links = 0;
  std::int64_t birth_ns = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  ///< content, name, mode or owner; nobody can set it back
  std::uint32_t mode = 0;       ///< permission bits only (07777)
  std::uint32_t owner = 0;
};

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::other;  ///< `other` also where the file system does not tell
};

/// An entry that a visit shows; valid while it is shown.
struct VisitedEntry {
  std::string_view name;
  FileKind kind = FileKind::other;
  std::int64_t modified_ns = 0;  ///< as in FileStat, of what is no directory, where asked for
  std::int64_t changed_ns = 0;
};

/// What a visit is to tell of each entry.
enum class VisitDetail : std::uint8_t { kinds, times };

/// One open regular file. Survives its unlinking. Not thread-safe.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;

  /// Bytes read into `out` from `offset`; 0 at the end of the file.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset,
                                                    std::span<char> out) const = 0;
  [[nodiscard]] virtual Result<FileStat> stat() const = 0;
};

/// The disk. Built only in main.cc and in tests (`MemoryFileSystem`). Thread-safe.
///
/// Paths are absolute. Errors: not_found, denied, exists, full (ENOSPC, EDQUOT), busy
/// (EMFILE, ENFILE), io for the rest; messages name the path.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// Opens an existing regular file. Never blocks on a FIFO or device and never follows a link in
  /// the last component: those are `denied`.
  [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open(
      const std::string& path) const = 0;

  /// The same for a path that was free of links when it was found (`canonical`): if any part of it
  /// has become one since, it is `denied`, so that nobody can have another file read in its place.
  /// Where a disk knows no better it is open().
  [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open_without_links(
      const std::string& path) const {
    return open(path);
  }

  /// Of the entry itself: a link is not followed.
  [[nodiscard]] virtual Result<FileStat> stat(const std::string& path) const = 0;

  /// The entries of a directory but for `.` and `..`, unsorted.
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(const std::string& path) const = 0;

  /// Shows every entry of a directory but for `.` and `..` without keeping any, and tells about the
  /// directory itself. It is `denied` or `not_found` where the path, which should be free of links,
  /// leads over one. Where a disk knows no better this is list() and stat().
  virtual Result<FileStat> visit(const std::string& path, VisitDetail detail,
                                 const std::function<void(const VisitedEntry&)>& show) const;

  /// What a symbolic link says, as written; it need not lead anywhere. Where a disk knows of no
  /// links everything is `not_found`.
  [[nodiscard]] virtual Result<std::string> link_target(const std::string& path) const {
    return fail(Errc::not_found, path + ": no link");
  }

  /// The path with every link resolved.
  [[nodiscard]] virtual Result<std::string> canonical(const std::string& path) const = 0;

  /// Whether the kernel tells of every change below `path` (inotify): so for the usual local file
  /// systems, not for network ones and FUSE, where other machines write. False where unknown.
  [[nodiscard]] virtual bool reports_changes(const std::string& path) const = 0;

  /// Creates the directory and its missing parents with `mode` whatever the umask says. Existing
  /// directories stay as they are.
  virtual Result<void> make_directories(const std::string& path, std::uint32_t mode) = 0;

  /// A new file with its final mode from its first moment, synced, directory synced. `exists`
  /// where anything has that name.
  virtual Result<void> create(const std::string& path, std::string_view bytes,
                              std::uint32_t mode) = 0;

  /// Replaces or creates: written beside under a temporary name, synced, renamed, directory synced.
  virtual Result<void> replace(const std::string& path, std::string_view bytes,
                               std::uint32_t mode) = 0;

  /// Appends and syncs (creating the file with `mode`).
  virtual Result<void> append(const std::string& path, std::string_view bytes,
                              std::uint32_t mode) = 0;

  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
};

/// The whole content of a regular file; `malformed` when it is larger than `limit`.
[[nodiscard]] Result<std::string> read_file(const FileSystem& files, const std::string& path,
                                            std::size_t limit);

/// `a/b` joined with one slash.
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view name);

/// Everything before the last slash (`/` for a top-level entry), and what is after it.
[[nodiscard]] std::string_view parent_path(std::string_view path);
[[nodiscard]] std::string_view file_name(std::string_view path);

/// By text alone. Nothing lies below a directory without a name.
[[nodiscard]] bool is_below(std::string_view path, std::string_view directory);
[[nodiscard]] bool is_at_or_below(std::string_view path, std::string_view directory);

/// Without `.`, `..` and doubled slashes, by text alone (links are not looked at).
[[nodiscard]] std::string normal_path(std::string_view path);

}  // namespace vigil
