#pragma once

#include <functional>

#include "tests/sim/scenario.h"

namespace vigil::sim {

/// The scenario with as few actions as still fail, by delta debugging: leaves out ever smaller
/// pieces as long as that changes nothing. Runs `fails` some hundred times.
[[nodiscard]] Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails);

}  // namespace vigil::sim
