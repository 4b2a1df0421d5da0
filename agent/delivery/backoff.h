#pragma once

#include <chrono>
#include <cstdint>

#include "base/random.h"

namespace vigil::agent {

/// Waits between tries: `first`, doubling to `longest`.
struct Backoff {
  std::chrono::milliseconds first{1'000};
  std::chrono::milliseconds longest{60'000};
};

/// The other side is away or busy.
inline constexpr Backoff kRetryBackoff{};

/// A person must act (key, address, configuration): no use in asking often. A quarter of an hour at
/// most, with the random factor.
inline constexpr Backoff kPauseBackoff{std::chrono::milliseconds{5'000}, std::chrono::minutes{10}};

/// How long to wait after `attempts` tries (at least 1) failed in a row: times a random factor from
/// 0.5 to 1.5, so that many agents do not come back at once.
[[nodiscard]] std::chrono::milliseconds wait_after(std::uint32_t attempts, Backoff backoff,
                                                   Random& random);

}  // namespace vigil::agent
