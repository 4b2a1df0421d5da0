#pragma once

#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// The files (`open`) and folders (`workspace`) of Sublime Text's windows, from a session file. The
/// texts of unsaved buffers lie beside and are passed over.
[[nodiscard]] std::vector<EditorTrace> parse_sublime_session(std::string_view json);

}  // namespace vigil::parser
