#pragma once

#include <string_view>

/// Where records begin on a line that is not just one record: torn, glued together, or behind junk.
/// Pure functions.
namespace vigil::parser {

[[nodiscard]] bool is_blank(std::string_view line);

/// From where the next record may begin behind the start of `line`; empty where none can.
[[nodiscard]] std::string_view next_start(std::string_view line);

}  // namespace vigil::parser
