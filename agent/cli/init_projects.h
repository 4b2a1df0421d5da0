#pragma once

#include <expected>
#include <string>
#include <vector>

#include "agent/cli/commands.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"

namespace vigil::agent {

/// What `agent init` found below the home directory.
struct OfferedProjects {
  std::vector<std::string> found;  ///< roots that are not watched yet, used last first
  bool is_complete = true;         ///< the search came to its end
  bool are_taken = false;          ///< they are watched from now on
};

/// Looks for repositories below the home directory, for a bounded time, shows them and asks
/// whether to watch them. `--yes` takes them; where nobody can be asked they are only shown.
[[nodiscard]] std::expected<OfferedProjects, Failure> offer_projects(const CommandContext& context,
                                                                     const InitCommand& command);

}  // namespace vigil::agent
