#pragma once

#include "base/random.h"

namespace vigil {

/// getrandom(2).
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace vigil
