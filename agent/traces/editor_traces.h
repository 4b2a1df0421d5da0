#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/traces/attribution.h"
#include "agent/traces/editor_places.h"
#include "agent/traces/save_evidence.h"
#include "agent/traces/trace_limits.h"
#include "base/file_system.h"
#include "base/time.h"
#include "parser/editor_trace.h"
#include "watcher/shared_watches.h"
#include "watcher/watch_source.h"

namespace vigil::agent {

/// What one place gave, for `agent sources`.
struct PlaceStatus {
  std::string editor;  ///< empty: several
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

  /// A hint of the watch source; those about others' directories are ignored.
  void handle(const watcher::WatchEvent& event);

  /// Looks at what the hints named and at what is due. The first step finds the places.
  void step(MonoTime now, WallTime wall_now);
  /// When to step again without a hint: at most a minute away, even where nothing happens.
  [[nodiscard]] MonoTime deadline() const;

  /// What happened since the last call, in order. A trace without a time of its own has that of
  /// the step that saw it.
  [[nodiscard]] std::vector<parser::EditorTrace> take();

  /// What places told, when they were first looked at, of the time before: each with its own time,
  /// of each place the newest, oldest first.
  [[nodiscard]] std::vector<parser::EditorTrace> take_past();

  /// Something happened to a side file in a project folder (parser::side_file() knew the name).
  void beside(const std::string& directory, std::string_view name, MonoTime now, WallTime wall_now);

  /// Looks who saved a file; to be asked within seconds. Nothing: nobody is known.
  [[nodiscard]] std::optional<Attribution> saved_by(const Save& save, MonoTime now);

  /// The editor that has the file open (`open`), with unsaved changes (`edit`), as far as known.
  [[nodiscard]] std::optional<parser::EditorTrace> open_in(const std::string& path) const;

  [[nodiscard]] std::vector<PlaceStatus> status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
