#include "tests/sim/shrink.h"

#include <algorithm>

namespace vigil::sim {

Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails) {
  std::size_t piece = std::max<std::size_t>(1, scenario.actions.size() / 2);
  for (;;) {
    bool is_smaller = false;
    for (std::size_t begin = 0; begin < scenario.actions.size();) {
      Scenario without = scenario;
      const auto from = without.actions.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto length = std::min(piece, without.actions.size() - begin);
      without.actions.erase(from, from + static_cast<std::ptrdiff_t>(length));
      if (fails(without)) {
        scenario = std::move(without);
        is_smaller = true;
      } else {
        begin += piece;
      }
    }
    if (piece == 1 && !is_smaller) return scenario;
    if (!is_smaller) piece = std::max<std::size_t>(1, piece / 2);
  }
}

}  // namespace vigil::sim
