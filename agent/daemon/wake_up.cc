#include "agent/daemon/wake_up.h"

#include <poll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <vector>

#include "base/unique_fd.h"

namespace vigil::agent {
namespace {

constexpr milliseconds kLongest{60'000};

/// A timer that counts through suspend, as MonoTime does; poll(2)'s own stands still meanwhile, and
/// what was due would wait on after a resume. Empty where no descriptor is left.
UniqueFd boot_timer(milliseconds rest) {
  UniqueFd timer(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(rest);
  itimerspec when{};
  when.it_value = {.tv_sec = seconds.count(),
                   .tv_nsec = std::chrono::nanoseconds(rest - seconds).count()};
  if (timer && ::timerfd_settime(timer.get(), 0, &when, nullptr) != 0) timer.reset();
  return timer;
}

}  // namespace

void wait_for_wake_up(std::span<const int> fds, MonoTime now, MonoTime until) {
  std::vector<pollfd> waiting;
  for (const int fd : fds) {
    if (fd >= 0) waiting.push_back({fd, POLLIN, 0});
  }
  const auto rest =
      std::clamp(std::chrono::ceil<milliseconds>(until - now), milliseconds{0}, kLongest);
  UniqueFd timer;
  if (rest.count() > 0) timer = boot_timer(rest);
  if (timer) waiting.push_back({timer.get(), POLLIN, 0});
  ::poll(waiting.data(), waiting.size(), static_cast<int>(rest.count()));
}

}  // namespace vigil::agent
