#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/traces/editor_places.h"
#include "agent/traces/trace_limits.h"
#include "base/file_system.h"
#include "base/time.h"

namespace vigil::agent {

/// An editor that runs as the same user.
struct EditorProcess {
  std::int32_t pid = 0;
  std::string editor;
  std::string directory;           ///< it works in; empty where that cannot be seen
  std::vector<std::string> files;  ///< arguments that may be files, as given
  MonoTime seen;                   ///< when it last ran
};

/// Which editor a process is, by its name and its arguments; empty for all else.
[[nodiscard]] std::string editor_of_process(std::string_view name,
                                            const std::vector<std::string_view>& arguments);

/// Whether the process was started on this file: an argument leads to it from where it works, or,
/// where that cannot be seen, the path ends with the argument.
[[nodiscard]] bool was_given(const EditorProcess& process, std::string_view path);

/// The editors among the processes, looked at only when asked for. Where the daemon is confined,
/// the kernel shows names and arguments of processes but not the folders in which they work.
class EditorProcesses {
 public:
  EditorProcesses(const FileSystem& files, const EditorPlaces& places, const TraceLimits& limits)
      : files_(files), places_(places), limits_(limits) {}

  /// All that run; a look holds for `processes_fresh`. One that ended stays for kEvidenceWindow
  /// after it was last seen, since who saves and quits is gone when the save is looked at.
  [[nodiscard]] const std::vector<EditorProcess>& running(MonoTime now);

  /// One of `editor`'s processes began or ended just now.
  void note_change(std::string_view editor, MonoTime now);

  /// The editor that a process is; empty where it does not run, is another user's or no editor.
  [[nodiscard]] std::string editor_of(std::int32_t pid) const;

 private:
  void look_again(MonoTime now);
  [[nodiscard]] std::vector<EditorProcess> look() const;
  [[nodiscard]] std::optional<EditorProcess> look_at(const std::string& directory,
                                                     std::int32_t pid) const;

  const FileSystem& files_;
  const EditorPlaces& places_;
  const TraceLimits& limits_;
  std::vector<EditorProcess> running_;
  std::optional<MonoTime> looked_;
};

}  // namespace vigil::agent
