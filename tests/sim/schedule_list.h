#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/scenario.h"

namespace vigil::sim {

/// A schedule in one line: the seed, and, where it was shrunk, which of its actions are left:
/// `722: 0 3 17`. What follows a `#` is a remark.
[[nodiscard]] std::string schedule_line(const Scenario& scenario);

/// Nothing for an empty line; `what` is wrong with any other is thrown nowhere: it is nothing too.
[[nodiscard]] std::optional<Scenario> read_schedule(std::string_view line);

}  // namespace vigil::sim
