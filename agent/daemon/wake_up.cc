#include "agent/daemon/wake_up.h"

#include <poll.h>

#include <algorithm>
#include <vector>

namespace vigil::agent {

void wait_for_wake_up(std::span<const int> fds, MonoTime now, MonoTime until) {
  std::vector<pollfd> waiting;
  for (const int fd : fds) {
    if (fd >= 0) waiting.push_back({fd, POLLIN, 0});
  }
  const auto rest = std::clamp(std::chrono::ceil<milliseconds>(until - now), milliseconds{0},
                               milliseconds{60'000});
  ::poll(waiting.data(), waiting.size(), static_cast<int>(rest.count()));
}

}  // namespace vigil::agent
