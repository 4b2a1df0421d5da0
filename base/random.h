#pragma once

#include <cstddef>
#include <span>

namespace vigil {

/// Where unpredictable bytes come from. Built only in main.cc and in tests. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;

  /// Fills `out`; ends the process where the system cannot give randomness.
  virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace vigil
