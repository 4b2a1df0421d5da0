#pragma once

#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// The files that are open in Geany, from its geany.conf: `open` each, in the order of the tabs.
[[nodiscard]] std::vector<EditorTrace> parse_geany_files(std::string_view text);

}  // namespace vigil::parser
