#pragma once

#include <expected>
#include <string>

#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/json_value.h"

namespace vigil::agent {

/// Asks the daemon of this state folder. `request` is a JSON object (docs/formats/control.md).
/// Failures: `daemon_unreachable` (5), or what the daemon answered.
[[nodiscard]] std::expected<JsonValue, Failure> ask_running(const CommandContext& context,
                                                            std::string_view request);

}  // namespace vigil::agent
