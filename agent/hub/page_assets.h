#pragma once

#include <string_view>

namespace vigil::agent {

/// The files of agent/hub/page/ as they were at build time.
extern const std::string_view kPageHtml;
extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

/// agent/hub/openapi.json.
extern const std::string_view kOpenApi;

}  // namespace vigil::agent
