#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "base/posix_file_system.h"
#include "base/posix_stat.h"

// The same as list() and stat() for trees of a hundred thousand directories: entries are taken from
// the kernel's buffer where they lie, and looked up beside the open directory instead of by path.

namespace vigil {
namespace {

constexpr std::size_t kBufferSize = 32 * 1024;

bool is_self_or_parent(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/// False where the entry has gone meanwhile.
bool look_up(int directory, VisitedEntry& entry, const std::string& path) {
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  const auto stat = statx_of(directory, entry.name.data(), kFlags, path);
  if (!stat) return false;
  entry.kind = stat->kind;
  entry.modified_ns = stat->modified_ns;
  entry.changed_ns = stat->changed_ns;
  return true;
}

}  // namespace

Result<FileStat> PosixFileSystem::visit(
    const std::string& path, VisitDetail detail,
    const std::function<void(const VisitedEntry&)>& show) const {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const UniqueFd directory = open_over_no_links(path, kFlags);
  if (!directory) return fail_errno(path, "list");
  const FileStat about = VIGIL_TRY(statx_of(directory.get(), "", AT_EMPTY_PATH, path));
  alignas(dirent64) std::array<char, kBufferSize> buffer;  // NOLINT: filled by the kernel
  for (;;) {
    const long got = ::syscall(SYS_getdents64, directory.get(), buffer.data(), buffer.size());
    if (got < 0) return fail_errno(path, "list");
    if (got == 0) return about;
    for (long at = 0; at < got;) {
      const auto* raw = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += raw->d_reclen;
      if (is_self_or_parent(raw->d_name)) continue;
      VisitedEntry entry{raw->d_name, kind_of_entry(raw->d_type)};
      const bool wants_times = detail == VisitDetail::times && raw->d_type != DT_DIR;
      const bool is_untold = raw->d_type == DT_UNKNOWN;
      if ((wants_times || is_untold) && !look_up(directory.get(), entry, path)) continue;
      show(entry);
    }
  }
}

}  // namespace vigil
