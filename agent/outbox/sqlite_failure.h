#pragma once

#include <string_view>

#include "base/result.h"

namespace vigil::agent {

/// What an SQLite result code means to the program.
[[nodiscard]] Error sqlite_failure(int code, std::string_view message);

}  // namespace vigil::agent
