#pragma once

#include <string_view>

namespace vigil::agent {

/// agent/hub/openapi.json as it was at build time.
extern const std::string_view kApiDescription;

}  // namespace vigil::agent
