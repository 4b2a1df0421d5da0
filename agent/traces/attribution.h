#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vigil::agent {

/// What ties a save to an editor, the strongest first.
enum class How : std::uint8_t {
  side_file,     ///< its swap or lock file of exactly this path changed with the save
  history,       ///< its own history of this path got an entry in that second
  backup,        ///< its copy of the unsaved text vanished in that second
  recent_files,  ///< the desktop's list of recent files names path, application and that second
  save_pattern,  ///< only it writes files in this way
  open_file,     ///< it has the file open, and nothing tells whether it wrote it
  git_log,       ///< its git extension looked at this file lately
  process,       ///< it works in the project's folder
  only_editor,   ///< it is the only editor that runs
  held,          ///< it has the file open, and its own files say that it did not write it
};

[[nodiscard]] std::string_view name_of(How how);

/// One fact that speaks for an editor.
struct Evidence {
  How how = How::only_editor;
  std::string editor;
  std::optional<std::int32_t> pid;
  std::chrono::milliseconds apart{0};  ///< between the fact and the save

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// Who wrote a file, and how sure that is (0 to 1).
struct Attribution {
  std::string editor;
  How how = How::only_editor;
  double confidence = 0;
  std::optional<std::int32_t> pid;

  friend bool operator==(const Attribution&, const Attribution&) = default;
};

/// Facts with a time count only this near to the save.
inline constexpr std::chrono::milliseconds kEvidenceWindow{2'500};

/// Weighs what was found. The strongest fact wins; among equals the editor with more facts, then
/// the one whose fact is nearer in time, and where another editor has as strong a one, less is made
/// of it. What would be so as well while an editor only has the file open does not count for one
/// that `held` it. `only_editor` counts for nothing where two are named so. Nothing where nothing
/// speaks.
[[nodiscard]] std::optional<Attribution> attribute(std::span<const Evidence> evidence);

}  // namespace vigil::agent
