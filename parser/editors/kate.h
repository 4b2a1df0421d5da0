#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// How much of a Kate swap file may be read: behind it stands every key that was pressed.
inline constexpr std::size_t kKateHeadSize = 22;

[[nodiscard]] bool is_kate_swap(std::string_view head);

/// The documents of a Kate session (an ini file): `open` each.
[[nodiscard]] std::vector<EditorTrace> parse_kate_session(std::string_view text);

}  // namespace vigil::parser
