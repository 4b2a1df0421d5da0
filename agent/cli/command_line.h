#pragma once

#include <span>
#include <string>
#include <variant>

#include "agent/cli/commands.h"
#include "agent/cli/exit_code.h"

namespace vigil::agent {

/// A command line that is answered by a text alone: help, version.
struct PlainAnswer {
  std::string text;
};

/// Reads the arguments (without the program's name). A Failure with Exit::usage suggests the
/// nearest command or flag.
[[nodiscard]] std::variant<Invocation, PlainAnswer, Failure> parse_command_line(
    std::span<const std::string> arguments);

}  // namespace vigil::agent
