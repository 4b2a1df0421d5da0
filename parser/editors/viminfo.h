#pragma once

#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// Where Vim's marks and jumps were, with their times, from a viminfo file: `open`
/// for each. Histories and registers are passed over.
[[nodiscard]] std::vector<EditorTrace> parse_viminfo(std::string_view text, std::string_view home);

}  // namespace vigil::parser
