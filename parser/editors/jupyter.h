#pragma once

#include <optional>
#include <string_view>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// A running server and the folder that it works in, from its `jpserver-PID.json` or
/// `nbserver-PID.json`. The token beside them is passed over.
[[nodiscard]] std::optional<EditorTrace> parse_jupyter_server(std::string_view json);

}  // namespace vigil::parser
