#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// The files of which an Emacs has unsaved changes in a copy, from its list of such copies: lines
/// in pairs, the file and its copy. An `edit` each.
[[nodiscard]] std::vector<EditorTrace> parse_emacs_auto_saves(std::string_view text,
                                                              std::string_view home);

/// The process whose list it is, by its name: `.saves-PID-HOST~`.
[[nodiscard]] std::optional<std::int32_t> pid_of_auto_saves(std::string_view name);

}  // namespace vigil::parser
