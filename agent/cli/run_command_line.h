#pragma once

#include <span>
#include <string>

#include "agent/cli/console.h"
#include "agent/daemon/run_agent.h"

namespace vigil::agent {

/// The whole program but for the real world: reads the arguments (without the program's name),
/// loads the configuration, does what was asked, and returns the process's exit code.
[[nodiscard]] int run_command_line(const Platform& platform, const Console& console,
                                   std::span<const std::string> arguments);

}  // namespace vigil::agent
