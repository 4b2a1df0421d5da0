#pragma once

#include <string_view>

namespace vigil {

/// A named place at which tests end the process, to see that a restart loses and doubles nothing.
///
/// Built with -DVIGIL_FAILPOINTS=ON, VIGIL_FAILPOINT=NAME:N[:ACTION] in the environment acts at the
/// N-th pass of NAME, from whatever thread: `kill` (default) and `term` send this process SIGKILL
/// or SIGTERM, `stop` SIGSTOP. Everywhere else this is an empty function. Each name is used once.
#ifdef VIGIL_FAILPOINTS
void failpoint(std::string_view name);
#else
inline void failpoint(std::string_view /*name*/) {}
#endif

}  // namespace vigil
