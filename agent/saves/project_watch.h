#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/context/project_finder.h"
#include "agent/heartbeat/activity_witness.h"
#include "agent/heartbeat/heartbeat.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/outbox/outbox.h"
#include "agent/privacy/admission.h"
#include "agent/saves/save_tracker.h"
#include "agent/traces/editor_traces.h"
#include "base/file_system.h"
#include "base/time.h"
#include "watcher/tree_watcher.h"
#include "watcher/watch_source.h"

namespace vigil::agent {

/// What a project tree is watched with. Nothing is owned; all must outlive the watch.
struct ProjectWatchParts {
  const FileSystem& files;
  watcher::TreeWatcher& trees;
  watcher::WatchSource& places;  ///< of the traces alone
  EditorTraces& traces;
  ProjectFinder& projects;
  HeartbeatMaker& maker;
  const Admission& admission;
};

/// What is nobody's work, by the rules of the projects.
struct ProjectIgnores {
  std::function<bool(const std::string& directory)> enters;  ///< whether to look into it
  std::function<bool(const std::string& path)> is_ignored;   ///< of a file
  std::function<void()> forget_unused;                       ///< once in a while
};

struct ProjectWatchSettings {
  std::vector<std::string> roots;    ///< absolute; watched whether or not anybody is at work there
  std::vector<std::string> ignored;  ///< absolute; below them nothing is watched
  bool learns = true;                ///< roots from session logs and editors' traces
  std::string home;                  ///< never a root itself; empty where there is none
};

/// The trees of the projects and what happens in them: watches the roots that were named and those
/// that AI sessions and editors lead to, and makes heartbeats of saves and of editors' traces.
/// Single-threaded; reads no clock.
class ProjectWatch final : public ActivityWitness {
 public:
  static constexpr std::size_t kRootsMax =
      256;  ///< beyond it those that were not used for longest go
  static constexpr std::chrono::days kLearnAge{30};  ///< older work leads to no root
  static constexpr std::chrono::minutes kTidy{1};
  static constexpr std::chrono::seconds kStoreEvery{2};
  static constexpr std::size_t kChangesOfStep = 4'096;

  ProjectWatch(const ProjectWatchParts& parts, ProjectIgnores ignores,
               ProjectWatchSettings settings, std::vector<StoredTree> known);

  /// An AI tool's log told of this.
  void saw(const parser::Activity& activity, const Heartbeat& heartbeat, WallTime wall_now,
           MonoTime now) override;

  /// A bounded piece of what is due.
  void step(WallTime wall_now, MonoTime now);
  [[nodiscard]] bool has_more() const;
  [[nodiscard]] MonoTime deadline() const;

  /// What happened since the last call.
  [[nodiscard]] std::vector<Heartbeat> take(WallTime wall_now, MonoTime now);

  /// How far the trees are seen, of those where something happened since they were last given: to
  /// be stored with what take() gave. Nothing within kStoreEvery of the last time, since storing
  /// costs a sync: what is found again after a crash has the id that it had.
  [[nodiscard]] std::vector<StoredTree> take_trees(WallTime wall_now, MonoTime now);

  /// Roots that were given up: to be forgotten.
  [[nodiscard]] std::vector<std::string> take_dropped();

  /// Every tree was looked at once, and what that found is told.
  [[nodiscard]] bool is_looked_through() const;

  [[nodiscard]] const WriteCounts& writes() const { return tracker_.counts(); }

 private:
  struct Root {
    StoredTree stored;
    bool is_configured = false;
    bool is_changed = false;  ///< since it was last given to be stored
  };

  void add_root(StoredTree tree, bool is_configured);
  void look_at_cwd(const std::string& cwd, WallTime time, MonoTime now);
  void learn(const std::string& directory, WallTime time, MonoTime now);
  void make_room();
  void follow_git(const std::string& root);
  [[nodiscard]] bool enters(const std::string& directory);
  [[nodiscard]] bool is_unwanted(std::string_view directory) const;
  void take_changes(WallTime wall_now, MonoTime now);
  void take_traces(WallTime wall_now, MonoTime now);
  void take_trace(parser::EditorTrace trace, bool is_past, WallTime wall_now, MonoTime now);
  [[nodiscard]] bool has_changed_roots() const;
  [[nodiscard]] Root* root_of(std::string_view path);
  [[nodiscard]] std::string project_root(const std::string& directory, MonoTime now);
  [[nodiscard]] std::string without_links(const std::string& path) const;

  ProjectWatchParts parts_;
  ProjectIgnores ignores_;
  ProjectWatchSettings settings_;
  SaveTracker tracker_;
  std::map<std::string, Root, std::less<>> roots_;               ///< by path
  std::map<std::string, std::string, std::less<>> git_folders_;  ///< its git folder -> working tree
  std::vector<std::string> new_working_trees_;                   ///< met while a tree was entered
  std::vector<std::string> dropped_;
  std::string last_cwd_;      ///< of the sessions
  std::string last_project_;  ///< its project, or itself; empty where it is gone
  MonoTime tidied_at_{};
  MonoTime store_at_{};  ///< not before
  MonoTime stepped_at_{};
};

}  // namespace vigil::agent
