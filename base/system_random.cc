#include "base/system_random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace vigil {

void SystemRandom::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    check(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace vigil
