#pragma once

#include <span>

#include "base/time.h"

namespace vigil::agent {

/// Waits until one of the descriptors can be read, `until` has come, or a minute has passed.
/// Descriptors below 0 are passed over.
void wait_for_wake_up(std::span<const int> fds, MonoTime now, MonoTime until);

}  // namespace vigil::agent
