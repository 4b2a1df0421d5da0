#include "agent/daemon/project_parts.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "agent/context/tree_ignores.h"
#include "agent/traces/editor_places.h"
#include "watcher/inotify_source.h"
#include "watcher/inotify_tree_source.h"
#include "watcher/shared_watches.h"

namespace vigil::agent {
namespace {

constexpr const char* kWatchLimit = "/proc/sys/fs/inotify/max_user_watches";

/// What kernels before 5.11 give, where the limit cannot be read.
constexpr std::size_t kUsualWatches = 8'192;

std::size_t system_watches(const FileSystem& files) {
  const auto text = read_file(files, kWatchLimit, 64);
  std::size_t count = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), count).ec != std::errc{})
    return kUsualWatches;
  return count;
}

watcher::TreeLimits tree_limits(const FileSystem& files, const Config& config) {
  watcher::TreeLimits limits;
  limits.watches_max =
      system_watches(files) / 100 * static_cast<std::size_t>(config.projects.watch_share);
  return limits;
}

}  // namespace

struct ProjectParts::Parts {
  Parts(const FileSystem& files, const Config& config, const Environment& environment,
        const Paths& paths, ProjectFinder& projects, HeartbeatMaker& maker,
        const Admission& admission, std::vector<StoredTree> known)
      : trees(files, *source, tree_limits(files, config)),
        traces(files, watches, editor_places(environment, paths, ::getuid())),
        ignores(files),
        watch({files, trees, *places, traces, projects, maker, admission},
              {[this](const std::string& directory) { return ignores.enters(directory); },
               [this](const std::string& path) { return ignores.is_ignored(path); }},
              {config.projects.roots, config.projects.ignored, config.projects.learn, paths.home},
              std::move(known)) {}

  std::unique_ptr<watcher::TreeSource> source = watcher::open_tree_source();
  watcher::TreeWatcher trees;
  std::unique_ptr<watcher::WatchSource> places = watcher::open_watch_source();
  watcher::SharedWatches watches{*places};
  EditorTraces traces;
  TreeIgnores ignores;
  ProjectWatch watch;
};

ProjectParts::ProjectParts(const FileSystem& files, const Config& config,
                           const Environment& environment, const Paths& paths,
                           ProjectFinder& projects, HeartbeatMaker& maker,
                           const Admission& admission, std::vector<StoredTree> known)
    : parts_(std::make_unique<Parts>(files, config, environment, paths, projects, maker, admission,
                                     std::move(known))) {}

ProjectParts::~ProjectParts() = default;

ProjectWatch& ProjectParts::watch() {
  return parts_->watch;
}

std::vector<int> ProjectParts::wake_fds() const {
  return {parts_->trees.wake_fd(), parts_->places->wake_fd()};
}

std::vector<PlaceStatus> ProjectParts::places() const {
  return parts_->traces.status();
}

}  // namespace vigil::agent
