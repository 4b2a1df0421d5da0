#pragma once

#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// The documents that are open in GNOME Text Editor, from its session.gvariant: `open` each. Titles
/// of unsaved drafts (their first line) lie beside; only values under `uri` are looked at.
[[nodiscard]] std::vector<EditorTrace> parse_gnome_session(std::string_view bytes);

}  // namespace vigil::parser
