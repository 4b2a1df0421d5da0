#pragma once

#include "base/result.h"

namespace vigil::agent {

// What a daemon's process ends with; the whole table is in agent/cli/exit_code.h.
inline constexpr int kExitFailed = 1;
inline constexpr int kExitLocked = 11;
inline constexpr int kExitKept = 75;
inline constexpr int kExitConfiguration = 78;
inline constexpr int kExitInterrupted = 130;
inline constexpr int kExitTerminated = 143;

/// For a failure to start.
[[nodiscard]] constexpr int exit_of(Errc code) {
  if (code == Errc::busy) return kExitLocked;
  if (code == Errc::malformed || code == Errc::denied) return kExitConfiguration;
  return kExitFailed;
}

}  // namespace vigil::agent
