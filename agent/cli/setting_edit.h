#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"

namespace vigil::agent {

/// Writes one setting to the configuration file, as typed: checks the value, edits the text,
/// checks the whole, then replaces the file, so that it is never left broken. Lists are separated
/// by commas.
[[nodiscard]] std::expected<void, Failure> write_setting(const CommandContext& context,
                                                         const std::string& key,
                                                         const std::string& value);

/// The same for a setting that is a list: `change` is given what it holds, flags and variables left
/// aside, and says whether it has changed it.
[[nodiscard]] std::expected<bool, Failure> edit_list_setting(
    const CommandContext& context, const std::string& key,
    const std::function<bool(std::vector<std::string>&)>& change);

/// Has a running agent take up what was written. Without one there is nothing to do.
void reload_running(const CommandContext& context);

}  // namespace vigil::agent
