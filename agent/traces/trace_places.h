#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/traces/editor_places.h"
#include "agent/traces/trace_limits.h"
#include "base/file_system.h"

namespace vigil::agent {

/// What lies in a place.
enum class TraceFormat : std::uint8_t {
  // An entry stands for a file that is open or has changes.
  swap_files,
  micro_backups,
  vscode_backups,
  // An entry stands for a process.
  kakoune_sessions,
  jupyter_servers,
  // One file that lists others, with times.
  viminfo,
  shada,
  gtk_recent,
  gnome_recent,
  // One file that lists others as they are now.
  emacs_auto_saves,
  nano_positions,
  gnome_session,
  kate_session,
  geany_files,
  jetbrains_projects,
  jetbrains_tabs,
  sublime_session,
  vscode_workspace,
  vscode_state,
  zed_state,
  // Appended to.
  vscode_git_log,
};

[[nodiscard]] std::string_view name_of(TraceFormat format);

/// A directory in which an editor leaves traces.
struct TracePlace {
  TraceFormat format = TraceFormat::swap_files;
  std::string editor;  ///< empty where the traces name it
  std::string directory;
  std::string file;     ///< the one that is read; empty: every entry
  std::string subject;  ///< the folder that it is about, where the file does not say

  friend bool operator==(const TracePlace&, const TracePlace&) = default;
};

/// One of the VS Code family.
struct VscodeFlavour {
  std::string editor;
  std::string data;  ///< the folder with Backups and logs
  std::string user;  ///< the folder with History and workspaceStorage

  friend bool operator==(const VscodeFlavour&, const VscodeFlavour&) = default;
};

/// What a home has, and the directories in which more may appear.
struct FoundPlaces {
  std::vector<TracePlace> places;
  std::vector<VscodeFlavour> flavours;
  std::vector<std::string> parents;
};

/// Looks for editors' places: those with a fixed path whether or not they exist (so that it can be
/// said that they do not), others where their editor made them.
[[nodiscard]] FoundPlaces find_places(const FileSystem& files, const EditorPlaces& home,
                                      const TraceLimits& limits);

}  // namespace vigil::agent
