#include "agent/delivery/backoff.h"

#include <algorithm>
#include <array>
#include <bit>

namespace vigil::agent {

std::chrono::milliseconds wait_after(std::uint32_t attempts, Backoff backoff, Random& random) {
  auto wait = backoff.first;
  for (std::uint32_t i = 1; i < attempts && wait < backoff.longest; ++i) wait *= 2;
  wait = std::min(wait, backoff.longest);
  std::array<std::byte, 2> bytes{};
  random.fill(bytes);
  return wait / 2 + wait * std::bit_cast<std::uint16_t>(bytes) / 0xFFFF;
}

}  // namespace vigil::agent
