#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/traces/attribution.h"
#include "agent/traces/editor_places.h"
#include "base/file_system.h"
#include "base/time.h"
#include "parser/editor_trace.h"
#include "parser/editors/side_file.h"
#include "watcher/shared_watches.h"
#include "watcher/watch_source.h"

namespace vigil::agent {

/// Named bounds; tests go one past each.
struct TraceLimits {
  std::size_t side_files_max = 4'096;  ///< known swap and lock files; the oldest go
  std::size_t waiting_max = 10'000;    ///< traces that nobody took; the oldest go, counted
  std::size_t past_max = 500;          ///< of one place's past, the newest
  std::size_t file_max = 2'097'152;    ///< a larger list of recent files is not read
  std::size_t directories_max = 256;   ///< watched in the places of one editor
  std::size_t processes_max = 4'096;   ///< looked at in one turn
  std::chrono::milliseconds processes_fresh{3'000};  ///< how long a look at them holds
  std::chrono::milliseconds poll_every{10'000};      ///< places where no watch can be had
};

/// A file was written: what the tree of the project saw of it.
struct Save {
  std::string path;                      ///< absolute
  WallTime time;                         ///< the file's own (mtime)
  std::string project_folder;            ///< absolute; empty where none is known
  std::vector<parser::SideFile> beside;  ///< side files of it that came and went with the save
};

/// What one place gave, for `agent sources`.
struct PlaceStatus {
  std::string editor;
  std::string format;  ///< `swap files`, `recent files`, ...
  std::string path;
  std::optional<WallTime> last;  ///< when it last gave something
  std::uint64_t traces = 0;
  std::string why_not;  ///< why it gives nothing; empty where it does or may
};

/// The traces that editors leave outside of projects and beside files: finds the places, follows
/// them (a flat watch each, polled where there is none), and answers who saved a file.
///
/// Of other programs' files it reads heads, first lines, named columns and paths, never a text.
/// Paths of everything that an editor opened come out: the caller drops those outside of its
/// projects. Single-threaded; reads no clock.
class EditorTraces {
 public:
  EditorTraces(const FileSystem& files, watcher::SharedWatches& watches, EditorPlaces places,
               TraceLimits limits = {});
  ~EditorTraces();

  /// A hint of the watch source; others' directories are ignored.
  void handle(const watcher::WatchEvent& event);

  /// Looks at what the hints named and at what is due. The first step finds the places.
  void step(MonoTime now, WallTime wall_now);
  [[nodiscard]] std::optional<MonoTime> deadline() const;

  /// What happened since the last call, in order. A trace without a time gets `wall_now`.
  [[nodiscard]] std::vector<parser::EditorTrace> take();

  /// What places told of the time before they were first looked at, oldest first, each with its own
  /// time.
  [[nodiscard]] std::vector<parser::EditorTrace> take_past();

  /// Something happened to a side file in a project folder (side_file() knew the name).
  void beside(const std::string& directory, std::string_view name, MonoTime now, WallTime wall_now);

  /// Looks who saved a file; to be asked within seconds. Nothing: nobody is known.
  [[nodiscard]] std::optional<Attribution> saved_by(const Save& save, MonoTime now);

  /// Whether an editor is known to have the file open, or open with a change.
  [[nodiscard]] std::optional<parser::EditorTrace> open_in(const std::string& path) const;

  [[nodiscard]] std::vector<PlaceStatus> status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
