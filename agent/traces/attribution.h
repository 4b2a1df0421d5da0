#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vigil::agent {

/// What tied a save to an editor, the strongest first.
enum class How : std::uint8_t {
  side_file,     ///< its swap or lock file for exactly this path, of a process that runs
  history,       ///< its own history of this path got an entry in that second
  backup,        ///< its copy of the unsaved text vanished in that second
  recent_files,  ///< the desktop's list of recent files names path and application
  open_file,     ///< a process of it has this path in its command line
  save_pattern,  ///< only it writes files in this way
  git_log,       ///< its git extension looked at this path before, or at its folder after the save
  process,       ///< a process of it works in the folder of the project
  only_editor,   ///< it is the only editor that runs
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

/// Facts further away than this from the save do not count (where they have a time).
inline constexpr std::chrono::milliseconds kEvidenceWindow{2'000};

/// Weighs what was found: the strongest kind wins, within it the nearest in time; where two
/// editors are equal in both, neither is believed as much. Nothing where nothing speaks for any.
[[nodiscard]] std::optional<Attribution> attribute(std::span<const Evidence> evidence);

}  // namespace vigil::agent
