#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "parser/editor_trace.h"

namespace vigil::parser {

/// The editor whose configuration folder has this name: `PyCharmCE2024.2` is pycharm's. Empty for a
/// name without a version at its end.
[[nodiscard]] std::string editor_of_jetbrains_folder(std::string_view name);

/// One project of recentProjects.xml (Rider: recentSolutions.xml).
struct JetbrainsProject {
  std::string path;
  std::string workspace_id;  ///< names the file `workspace/ID.xml`; letters and digits only
  bool is_open = false;
  std::optional<WallTime> activated;  ///< when it was last in front or opened
};

[[nodiscard]] std::vector<JetbrainsProject> parse_jetbrains_projects(std::string_view text,
                                                                     std::string_view home);

/// The tabs of a project's workspace file, the one in front first: `open` each, with the caret.
[[nodiscard]] std::vector<EditorTrace> parse_jetbrains_tabs(std::string_view text,
                                                            std::string_view project,
                                                            std::string_view home,
                                                            std::string_view editor);

}  // namespace vigil::parser
