#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace vigil::agent {

/// What a `.vigil-project` or `.wakatime-project` says: the project's name in the first line, the
/// branch in the second. Either may be empty: then the folder's name and the branch that is
/// checked out hold. `{project}` in the name stands for the remote repository's.
struct ProjectFile {
  std::string name;
  std::string branch;

  friend bool operator==(const ProjectFile&, const ProjectFile&) = default;
};

[[nodiscard]] ProjectFile parse_project_file(std::string_view text);

/// Of one directory; nothing where it has none that can be read. `.vigil-project` goes first.
[[nodiscard]] std::optional<ProjectFile> project_file_at(const FileSystem& files,
                                                         const std::string& directory);

}  // namespace vigil::agent
