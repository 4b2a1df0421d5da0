#pragma once

#include <string>

#include "agent/config/load_config.h"

namespace vigil::agent {

/// Every setting as the hub tells it: `{"items":[{"key","value","default","set_by","command",
/// "help"}]}`. `value` and `default` are texts, numbers, truths or lists; `set_by` as name_of() of
/// its origin. No setting holds a secret: URLs with a password are none that a setting takes.
[[nodiscard]] std::string settings_json(const LoadedConfig& loaded);

}  // namespace vigil::agent
