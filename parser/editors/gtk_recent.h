#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// Which editor an application of the desktop is, by the name that it registers; empty for viewers
/// and all else.
[[nodiscard]] std::string_view editor_of_application(std::string_view name);

/// The desktop's list of recent files (recently-used.xbel): an `open` for every file and editor, at
/// the time that the editor last opened or saved it. Files of other applications are passed over.
[[nodiscard]] std::vector<EditorTrace> parse_gtk_recent(std::string_view text);

/// The same for a list that belongs to one editor and names no applications.
[[nodiscard]] std::vector<EditorTrace> parse_gtk_recent_of(std::string_view text,
                                                           std::string_view editor);

}  // namespace vigil::parser
