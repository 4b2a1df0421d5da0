#include "agent/daemon/state_lock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/file_system.h"

namespace vigil::agent {
namespace {

std::string holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size() - 1, 0);
  if (got <= 0) return "another agent";
  std::string pid(text.data(), static_cast<std::size_t>(got));
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return "another agent (pid " + pid + ")";
}

/// Whether it was free within `patience`.
bool lock(int fd, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kPause{10};
  for (auto left = patience;; left -= kPause) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (left <= kPause) return false;
    ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
}

}  // namespace

Result<StateLock> StateLock::take(const std::string& state_dir,
                                  std::chrono::milliseconds patience) {
  const std::string path = join_path(state_dir, "lock");
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) {
    return fail(Errc::io, path + ": " + std::generic_category().message(errno));
  }
  if (!lock(fd.get(), patience)) {
    return fail(Errc::busy, holder(fd.get()) + " uses " + state_dir);
  }
  // Only for the message above; whether it can be written does not matter.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t done = ::pwrite(fd.get(), pid.data(), pid.size(), 0);
  }
  return StateLock(std::move(fd));
}

}  // namespace vigil::agent
