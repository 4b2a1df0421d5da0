#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "agent/cli/exit_code.h"

namespace vigil::agent {

/// Calls `write` with the stream for `--out`: a file, or `standard` where `path` is empty or `-`. A
/// file that could not be written completely is a failure that names it.
Outcome with_output(std::ostream& standard, const std::string& path,
                    const std::function<Outcome(std::ostream&)>& write);

}  // namespace vigil::agent
