#pragma once

#include <string>
#include <string_view>

namespace vigil::agent {

/// What `--help` says about one command.
struct CommandHelp {
  std::string_view name;  ///< with its parents: `queue flush`
  std::string_view summary;
  std::string_view examples;  ///< one per line
  std::string_view exits;     ///< the exit codes beside 0, 1, 2 and 78: `75 the queue keeps some`
};

/// Every command has an entry; asking for another name is a mistake of the caller.
[[nodiscard]] const CommandHelp& help_of(std::string_view name);

/// Examples and exit codes, as they stand below the flags.
[[nodiscard]] std::string help_footer(const CommandHelp& help);

}  // namespace vigil::agent
