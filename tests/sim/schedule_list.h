#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/scenario.h"

namespace vigil::sim {

/// A schedule in one line, whole, so that it stays the same however make_scenario() changes: seed,
/// batch capacity in events, timer in ms, `small` or `large` queue, inodes that are `reused` or
/// `fresh`; then each action's ms, name and own seed in hex.
/// `722 3 250 large reused; 10 append 9f3a; 4711 append torn 1c`
[[nodiscard]] std::string schedule_line(const Scenario& scenario);

/// Nothing where the line is no schedule.
[[nodiscard]] std::optional<Scenario> read_schedule(std::string_view line);

}  // namespace vigil::sim
