#pragma once

#include <string>

#include "agent/cli/console.h"
#include "agent/identity/installation.h"

namespace vigil::agent {

/// Where this installation's identity and keys are looked for.
[[nodiscard]] InstallationPlace own_place(const CommandContext& context);

/// The identity of this installation: from the seed that it was given, else its file, else a new
/// one without a key (which `agent init` makes).
[[nodiscard]] Result<Identity> own_identity(const CommandContext& context);

/// The hub on this machine takes what a key signs (`line` is its registry line), and the commands
/// here may read from it. Does nothing where another hub is the destination.
[[nodiscard]] Result<void> allow_on_this_machine(const CommandContext& context,
                                                 const std::string& line);

}  // namespace vigil::agent
