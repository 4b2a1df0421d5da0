#pragma once

#include "base/time.h"

namespace vigil {

/// Where time comes from. Built only in main.cc and in tests; deciders take `now` instead.
/// Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  [[nodiscard]] virtual WallTime wall_now() const = 0;

  /// Never goes back, counts through suspend.
  [[nodiscard]] virtual MonoTime mono_now() const = 0;
};

}  // namespace vigil
