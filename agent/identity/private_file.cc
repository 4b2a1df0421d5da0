#include "agent/identity/private_file.h"

#include <unistd.h>

namespace vigil::agent {
namespace {

constexpr std::uint32_t kOthersMayDoAnything = 077;
constexpr std::uint32_t kOthersMayWrite = 022;
constexpr std::uint32_t kRoot = 0;

/// What can only be said of the name: an open file has none.
Result<void> check_kind(const FileStat& stat, const std::string& name) {
  if (stat.kind == FileKind::symlink) {
    return fail(Errc::denied, name + ": is a link; put the file itself there");
  }
  if (stat.kind != FileKind::regular) {
    return fail(Errc::denied, name + ": is not a regular file; move it away");
  }
  return {};
}

Result<void> check_access(const FileStat& stat, const std::string& name) {
  if (stat.owner != ::geteuid()) {
    return fail(Errc::denied, name + ": belongs to user " + std::to_string(stat.owner) +
                                  "; `chown` it to the user that the agent runs as");
  }
  if ((stat.mode & kOthersMayDoAnything) != 0) {
    return fail(Errc::denied, name +
                                  ": is open to others; `chmod 600` it, and make a new one if "
                                  "somebody may have read it");
  }
  if (stat.links > 1) {
    return fail(Errc::denied, name + ": has a second name (hard link); remove that one");
  }
  return {};
}

/// A view of secret memory as the interface of files wants it; char may alias anything.
std::span<char> chars_of(std::span<std::byte> bytes) {
  return {reinterpret_cast<char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<crypto::SecretBytes> read_private_file(const FileSystem& files, const std::string& path,
                                              std::string_view what, std::size_t limit) {
  const std::string name = std::string(what) + " " + path;
  VIGIL_TRY(check_kind(VIGIL_TRY(files.stat(path)), name));
  const auto file = VIGIL_TRY(files.open(path));
  VIGIL_TRY(check_access(VIGIL_TRY(file->stat()), name));
  crypto::SecretBytes buffer(limit + 1);
  std::size_t used = 0;
  while (used < buffer.size()) {
    const auto rest = chars_of(buffer.bytes()).subspan(used);
    const std::size_t got = VIGIL_TRY(file->read_at(used, rest));
    if (got == 0) return crypto::SecretBytes(buffer.bytes().first(used));
    used += got;
  }
  return fail(Errc::malformed, name + ": is longer than " + std::to_string(limit) + " bytes");
}

Result<void> check_private_directory(const FileSystem& files, const std::string& path) {
  const FileStat stat = VIGIL_TRY(files.stat(VIGIL_TRY(files.canonical(path))));
  if (stat.owner != ::geteuid() && stat.owner != kRoot) {
    return fail(Errc::denied, "folder " + path + ": belongs to user " + std::to_string(stat.owner) +
                                  ", who could put other keys there; `chown` it");
  }
  if ((stat.mode & kOthersMayWrite) != 0) {
    return fail(Errc::denied,
                "folder " + path + ": others may put other keys there; `chmod 700` it");
  }
  return {};
}

Result<void> prepare_config_dir(FileSystem& files, const std::string& config_dir) {
  VIGIL_TRY(files.make_directories(config_dir, 0700));
  return check_private_directory(files, config_dir);
}

}  // namespace vigil::agent
