#pragma once

#include <source_location>

namespace vigil {

/// Ends the process when `condition` is false. Stays on in release builds: for breaches that
/// would corrupt data or leak a secret. Outside input must never be able to reach it.
void check(bool condition, std::source_location where = std::source_location::current());

}  // namespace vigil
