#include "agent/daemon/project_parts.h"

#include <unistd.h>

#include <utility>

#include "agent/context/tree_ignores.h"
#include "agent/traces/editor_places.h"
#include "watcher/inotify_source.h"
#include "watcher/inotify_tree_source.h"
#include "watcher/shared_watches.h"

namespace vigil::agent {
namespace {

watcher::TreeLimits tree_limits(const FileSystem& files, const Config& config) {
  watcher::TreeLimits limits;
  limits.watches_max =
      watcher::share_of_watches(files, static_cast<double>(config.projects.watch_share) / 100);
  return limits;
}

}  // namespace

struct ProjectParts::Parts {
  Parts(const FileSystem& files, const Clock& clock, const Config& config,
        const Environment& environment, const Paths& paths, ProjectFinder& projects,
        HeartbeatMaker& maker, const Admission& admission, std::vector<StoredTree> known)
      : source(watcher::open_tree_source(clock)),
        trees(files, *source, tree_limits(files, config)),
        traces(files, watches, editor_places(environment, paths, ::getuid())),
        ignores(files, paths.home),
        watch({files, trees, *places, traces, projects, maker, admission},
              {[this](const std::string& directory) { return ignores.enters(directory); },
               [this](const std::string& path) { return ignores.is_ignored(path); },
               [this] { ignores.forget_unused(); }},
              {config.projects.roots, config.projects.ignored, config.projects.learn, paths.home},
              std::move(known)) {}

  std::unique_ptr<watcher::TreeSource> source;
  watcher::TreeWatcher trees;
  std::unique_ptr<watcher::WatchSource> places = watcher::open_watch_source();
  watcher::SharedWatches watches{*places};
  EditorTraces traces;
  TreeIgnores ignores;
  ProjectWatch watch;
};

ProjectParts::ProjectParts(const FileSystem& files, const Clock& clock, const Config& config,
                           const Environment& environment, const Paths& paths,
                           ProjectFinder& projects, HeartbeatMaker& maker,
                           const Admission& admission, std::vector<StoredTree> known)
    : parts_(std::make_unique<Parts>(files, clock, config, environment, paths, projects, maker,
                                     admission, std::move(known))) {}

ProjectParts::~ProjectParts() = default;

ProjectWatch& ProjectParts::watch() {
  return parts_->watch;
}

std::vector<int> ProjectParts::wake_fds() const {
  return {parts_->trees.wake_fd(), parts_->places->wake_fd()};
}

ProjectsStatus ProjectParts::status() const {
  return {parts_->trees.status(), parts_->traces.status(), parts_->watch.writes(),
          parts_->trees.overflows()};
}

}  // namespace vigil::agent
