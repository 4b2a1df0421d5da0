#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/traces/editor_places.h"
#include "agent/traces/editor_processes.h"
#include "agent/traces/seen_files.h"
#include "agent/traces/side_file_book.h"
#include "agent/traces/side_reading.h"
#include "agent/traces/trace_limits.h"
#include "agent/traces/trace_output.h"
#include "agent/traces/trace_places.h"
#include "base/file_system.h"
#include "base/time.h"
#include "parser/editors/vscode_git_log.h"
#include "watcher/shared_watches.h"
#include "watcher/watch_source.h"

namespace vigil::agent {

/// A place and how far it has been followed.
struct FollowedPlace {
  TracePlace place;
  bool is_watched = false;
  bool was_looked_at = false;
  std::set<std::string> changed;   ///< entries that hints named
  std::set<std::string> listed;    ///< what the list had, where it has no times
  std::optional<WallTime> newest;  ///< of the list's times
  std::uint64_t offset = 0;        ///< read of the log
  parser::VscodeGitLog log;
  std::optional<WallTime> last;  ///< when it last gave something
  std::uint64_t traces = 0;
  std::string why_not;
};

/// Finds the places of editors and follows them: watch first, then look, so that nothing happens
/// unseen in between. What it sees goes into the book of side files, the seen files and out.
class PlaceFollower {
 public:
  /// All outlive it.
  struct World {
    const FileSystem& files;
    watcher::SharedWatches& watches;
    const EditorPlaces& home;
    const TraceLimits& limits;
    EditorProcesses& processes;
    const SideReader& reader;
    SideFileBook& book;
    SeenFiles& seen;
    TraceOutput& out;
  };
  explicit PlaceFollower(World world) : world_(world) {}
  ~PlaceFollower();
  PlaceFollower(const PlaceFollower&) = delete;
  PlaceFollower& operator=(const PlaceFollower&) = delete;

  void handle(const watcher::WatchEvent& event);
  void step(MonoTime now);
  [[nodiscard]] MonoTime deadline() const;

  /// Looks for side files of `path` in the folders that collect such.
  void look_for(const std::string& path, MonoTime now);
  /// Looks again at the lists of recent files.
  void look_at_recent(MonoTime now);
  /// The side file at `path` as it is now, wherever it lies.
  [[nodiscard]] std::optional<SideReading> read_side_file(const std::string& path) const;

  [[nodiscard]] const std::list<FollowedPlace>& places() const { return places_; }
  [[nodiscard]] const std::vector<VscodeFlavour>& flavours() const { return flavours_; }

 private:
  void search();
  void drop_others(const std::vector<TracePlace>& found);
  void follow(FollowedPlace& followed);
  [[nodiscard]] std::string nearest_parent(std::string_view directory) const;
  /// Whether any of them was not watched before.
  [[nodiscard]] bool follow_parents(const std::vector<std::string>& found);
  void look_at_changed();
  void look_at_all(FollowedPlace& followed);
  void look(FollowedPlace& followed, const std::string& name);
  void look_at_entry(FollowedPlace& followed, const std::string& name);
  void look_at_list(FollowedPlace& followed, const std::string& name);
  void look_at_log(FollowedPlace& followed);
  void take_dated(FollowedPlace& followed, std::vector<parser::EditorTrace> traces);
  void take_undated(FollowedPlace& followed, std::vector<parser::EditorTrace> traces);
  void take_front(FollowedPlace& followed, const std::string& relative);
  void emit(FollowedPlace& followed, parser::EditorTrace trace);
  [[nodiscard]] std::optional<SideReading> read_entry(const TracePlace& place,
                                                      std::string_view name) const;

  World world_;
  std::list<FollowedPlace> places_;
  std::vector<VscodeFlavour> flavours_;
  std::set<std::string> parents_;  ///< watched, since places may appear in them
  MonoTime now_{};
  std::optional<MonoTime> next_search_;  ///< nothing: never searched
  MonoTime last_search_{};
  MonoTime next_poll_{};
  bool any_changed_ = false;
};

}  // namespace vigil::agent
