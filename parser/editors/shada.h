#pragma once

#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// Where Neovim's marks, jumps and changes were, with their times, from a ShaDa file. Histories,
/// registers, searches and variables are passed over by their length, unread.
[[nodiscard]] std::vector<EditorTrace> parse_shada(std::string_view bytes);

}  // namespace vigil::parser
