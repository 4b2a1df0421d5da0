#include "base/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "base/failpoint.h"
#include "base/posix_stat.h"
#include "base/unique_fd.h"

namespace vigil {
namespace {

constexpr int kReadFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class PosixFile final : public ReadableFile {
 public:
  PosixFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            std::span<char> out) const override {
    for (;;) {
      const ssize_t got = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return fail_errno(path_, "read");
    }
  }

  [[nodiscard]] Result<FileStat> stat() const override {
    return statx_of(fd_.get(), "", AT_EMPTY_PATH, path_);
  }

 private:
  UniqueFd fd_;
  std::string path_;
};

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_errno(path, "write");
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  failpoint("file.written");
  if (::fsync(fd) != 0) return fail_errno(path, "sync");
  failpoint("file.synced");
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  failpoint("file.directory");
  const std::string directory(parent_path(path));
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail_errno(directory, "open");
  if (::fsync(fd.get()) != 0) return fail_errno(directory, "sync");
  return {};
}

/// Creates `path` with exactly `mode` (open() alone would apply the umask, which can only take
/// bits away, so the file is never for a moment more open than asked).
Result<void> write_new(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) return fail_errno(path, "create");
  failpoint("file.created");
  if (::fchmod(fd.get(), mode) != 0) return fail_errno(path, "chmod");
  auto written = write_all(fd.get(), bytes, path);
  if (!written) ::unlink(path.c_str());
  return written;
}

/// The content first, then the name: whoever is killed in between leaves no half file under it,
/// which for a key or an identity would need a person to remove it. False where the file system
/// (or a missing /proc) does not let a file be named late.
Result<bool> write_unnamed(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  const std::string directory(parent_path(path));
  const UniqueFd fd(::open(directory.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, mode));
  if (!fd) return false;
  if (::fchmod(fd.get(), mode) != 0) return fail_errno(path, "chmod");
  VIGIL_TRY(write_all(fd.get(), bytes, path));
  failpoint("file.unnamed");
  const std::string handle = "/proc/self/fd/" + std::to_string(fd.get());
  if (::linkat(AT_FDCWD, handle.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
    return true;
  }
  if (errno == EEXIST) return fail_errno(path, "create");
  return false;
}

/// What open() just returned, if it is a regular file.
Result<std::unique_ptr<ReadableFile>> regular_file(UniqueFd fd, const std::string& path) {
  if (!fd) return fail_errno(path, "open");
  auto file = std::make_unique<PosixFile>(std::move(fd), path);
  const FileStat stat = VIGIL_TRY(file->stat());
  if (stat.kind != FileKind::regular) return fail(Errc::denied, path + ": not a regular file");
  return file;
}

}  // namespace

Result<std::unique_ptr<ReadableFile>> PosixFileSystem::open(const std::string& path) const {
  return regular_file(UniqueFd(::open(path.c_str(), kReadFlags)), path);
}

Result<std::unique_ptr<ReadableFile>> PosixFileSystem::open_without_links(
    const std::string& path) const {
  return regular_file(open_over_no_links(path, kReadFlags), path);
}

Result<FileStat> PosixFileSystem::stat(const std::string& path) const {
  return statx_of(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, path);
}

Result<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string& path) const {
  const std::unique_ptr<DIR, DirectoryCloser> directory(::opendir(path.c_str()));
  if (!directory) return fail_errno(path, "list");
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr && errno != 0) return fail_errno(path, "list");
    if (entry == nullptr) return entries;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    entries.push_back({std::string(name), kind_of_entry(entry->d_type)});
  }
}

Result<std::string> PosixFileSystem::link_target(const std::string& path) const {
  std::array<char, PATH_MAX> out{};
  const ssize_t size = ::readlink(path.c_str(), out.data(), out.size());
  if (size < 0 && errno == EINVAL) return fail(Errc::not_found, path + ": no link");
  if (size < 0) return fail_errno(path, "read link");
  return std::string(out.data(), static_cast<std::size_t>(size));
}

Result<std::string> PosixFileSystem::canonical(const std::string& path) const {
  std::array<char, PATH_MAX> out{};
  if (::realpath(path.c_str(), out.data()) == nullptr) return fail_errno(path, "resolve");
  return std::string(out.data());
}

bool PosixFileSystem::reports_changes(const std::string& path) const {
  struct statfs raw{};
  if (::statfs(path.c_str(), &raw) != 0) return false;
  constexpr std::array<std::uint32_t, 6> kLocal{EXT4_SUPER_MAGIC,  XFS_SUPER_MAGIC,
                                                BTRFS_SUPER_MAGIC, TMPFS_MAGIC,
                                                F2FS_SUPER_MAGIC,  OVERLAYFS_SUPER_MAGIC};
  return std::ranges::find(kLocal, static_cast<std::uint32_t>(raw.f_type)) != kLocal.end();
}

Result<void> PosixFileSystem::make_directories(const std::string& path, std::uint32_t mode) {
  const auto existing = stat(path);
  if (existing && existing->kind != FileKind::regular) return {};
  if (existing) return fail(Errc::exists, path + ": is a file, a directory is needed");
  const std::string parent(parent_path(path));
  if (parent != path && !parent.empty()) VIGIL_TRY(make_directories(parent, mode));
  if (::mkdir(path.c_str(), mode) != 0) {
    if (errno == EEXIST) return {};
    return fail_errno(path, "create directory");
  }
  if (::chmod(path.c_str(), mode) != 0) return fail_errno(path, "chmod");
  return {};
}

Result<void> PosixFileSystem::create(const std::string& path, std::string_view bytes,
                                     std::uint32_t mode) {
  if (stat(path)) return fail(Errc::exists, path + ": create: there is such a file");
  if (!VIGIL_TRY(write_unnamed(path, bytes, mode))) VIGIL_TRY(write_new(path, bytes, mode));
  return sync_directory_of(path);
}

Result<void> PosixFileSystem::replace(const std::string& path, std::string_view bytes,
                                      std::uint32_t mode) {
  // One writer per directory is assumed (the state lock), so a fixed temporary name is free to
  // be taken over from a run that was killed between create and rename.
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  VIGIL_TRY(write_new(temporary, bytes, mode));
  failpoint("file.replace.before");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail_errno(path, "rename");
  return sync_directory_of(path);
}

Result<void> PosixFileSystem::append(const std::string& path, std::string_view bytes,
                                     std::uint32_t mode) {
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) return fail_errno(path, "open");
  failpoint("file.append");
  VIGIL_TRY(write_all(fd.get(), bytes, path));
  return sync_directory_of(path);
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  failpoint("file.rename");
  if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno(from, "rename");
  return sync_directory_of(to);
}

Result<void> PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return fail_errno(path, "remove");
  return {};
}

}  // namespace vigil
