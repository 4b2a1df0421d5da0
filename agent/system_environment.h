#pragma once

#include "agent/config/environment.h"

namespace vigil::agent {

/// What the system tells a starting process: the variables of `block` (main's third argument, ended
/// by null), the working directory, the host's name. What it will not tell stays empty.
[[nodiscard]] Environment read_environment(char** block);

/// Keeps the process's memory, which holds the key, from other processes of the same user and from
/// core files. Where the system refuses, the program runs all the same.
void keep_memory_private();

}  // namespace vigil::agent
