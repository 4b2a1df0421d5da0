#pragma once

#include "agent/hub/http_message.h"

namespace vigil::agent {

/// What a browser sees that is not signed in: 401, and how to get in.
[[nodiscard]] Response sign_in_page();

}  // namespace vigil::agent
