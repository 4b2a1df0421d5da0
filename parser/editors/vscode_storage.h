#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/editor_trace.h"

namespace vigil::parser {

/// How much of a backup may be read: its first line; behind it is the unsaved text.
inline constexpr std::size_t kVscodeBackupHeadSize = 4'096;

/// The file whose unsaved text a backup holds, from its first line (`URI {...}`).
[[nodiscard]] std::optional<std::string> owner_of_vscode_backup(std::string_view head);

/// The folder of a window, from a workspace.json, meta.json or coder.json.
[[nodiscard]] std::optional<std::string> parse_vscode_workspace(std::string_view json);

/// Values of state.vscdb, by the key that they have there. Without an editor's name.
///
/// `history.recentlyOpenedPathsList`: folders (`workspace`) and files (`open`), the last first.
[[nodiscard]] std::vector<EditorTrace> parse_vscode_recent(std::string_view json);
/// `history.entries`: files that were in front, the last first.
[[nodiscard]] std::vector<EditorTrace> parse_vscode_visited(std::string_view json);
/// `memento/workbench.parts.editor`: files in tabs.
[[nodiscard]] std::vector<EditorTrace> parse_vscode_tabs(std::string_view json);

}  // namespace vigil::parser
