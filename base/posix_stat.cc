#include "base/posix_stat.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace vigil {
namespace {

Errc code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return Errc::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP: return Errc::denied;
    case EEXIST: return Errc::exists;
    case ENOSPC:
    case EDQUOT: return Errc::full;
    case EMFILE:
    case ENFILE: return Errc::busy;
    default: return Errc::io;
  }
}

FileKind kind_of(unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileKind::regular;
    case S_IFDIR: return FileKind::directory;
    case S_IFLNK: return FileKind::symlink;
    default: return FileKind::other;
  }
}

std::int64_t nanoseconds(const struct statx_timestamp& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::unexpected<Error> fail_errno(const std::string& path, const char* what) {
  const int number = errno;
  return fail(code_of(number), path + ": " + what + ": " + std::generic_category().message(number));
}

FileKind kind_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG: return FileKind::regular;
    case DT_DIR: return FileKind::directory;
    case DT_LNK: return FileKind::symlink;
    default: return FileKind::other;
  }
}

Result<FileStat> statx_of(int directory, const char* path, int flags, const std::string& name) {
  struct statx raw{};
  if (::statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
    return fail_errno(name, "stat");
  }
  FileStat stat;
  stat.kind = kind_of(raw.stx_mode);
  stat.device = makedev(raw.stx_dev_major, raw.stx_dev_minor);
  stat.inode = raw.stx_ino;
  stat.size = raw.stx_size;
  stat.links = raw.stx_nlink;
  stat.birth_ns = (raw.stx_mask & STATX_BTIME) != 0 ? nanoseconds(raw.stx_btime) : 0;
  stat.modified_ns = nanoseconds(raw.stx_mtime);
  stat.changed_ns = nanoseconds(raw.stx_ctime);
  stat.mode = raw.stx_mode & 07777U;
  stat.owner = raw.stx_uid;
  return stat;
}

UniqueFd open_over_no_links(const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_NO_SYMLINKS;
  UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  // Some containers know no openat2() and say one of these.
  if (!fd && (errno == ENOSYS || errno == EPERM)) fd.reset(::open(path.c_str(), flags));
  return fd;
}

}  // namespace vigil
