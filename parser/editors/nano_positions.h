#pragma once

#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// Where the cursor stood in files that nano closed: lines of `PATH LINE COLUMN`, the last closed
/// at the end (newer versions: at the front). They have no times.
[[nodiscard]] std::vector<EditorTrace> parse_nano_positions(std::string_view text);

}  // namespace vigil::parser
