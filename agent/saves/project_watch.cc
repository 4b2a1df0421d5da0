#include "agent/saves/project_watch.h"

#include <algorithm>
#include <utility>

#include "agent/context/git_checkout.h"
#include "parser/editors/side_file.h"

namespace vigil::agent {
namespace {

using parser::EditorTrace;

}  // namespace

ProjectWatch::ProjectWatch(const ProjectWatchParts& parts, ProjectIgnores ignores,
                           ProjectWatchSettings settings, std::vector<StoredTree> known)
    : parts_(parts),
      ignores_(std::move(ignores)),
      settings_(std::move(settings)),
      tracker_(parts.files, {[this](const Save& save, MonoTime now) {
                               return parts_.traces.saved_by(save, now);
                             },
                             [this](const std::string& path) { return ignores_.is_ignored(path); },
                             [this](const std::string& directory, MonoTime now) {
                               return project_root(directory, now);
                             }}) {
  for (std::string& root : settings_.roots) {
    // Where it is not there yet, it is watched for under the name that it was given.
    if (auto real = parts_.files.canonical(root)) root = *std::move(real);
    if (roots_.contains(root)) continue;
    const auto stored = std::ranges::find(known, root, &StoredTree::root);
    add_root(stored == known.end() ? StoredTree{root, {}, {}} : *stored, true);
  }
  for (auto& tree : known) {
    if (roots_.contains(tree.root)) continue;
    if (settings_.learns && !is_unwanted(tree.root)) {
      add_root(std::move(tree), false);
    } else {
      dropped_.push_back(std::move(tree.root));
    }
  }
}

// --- Roots -------------------------------------------------------------------------------------

void ProjectWatch::add_root(StoredTree tree, bool is_configured) {
  const std::string path = tree.root;
  const auto seen_until = tree.seen_until;
  roots_.emplace(path, Root{std::move(tree), is_configured, true});
  make_room();
  if (!roots_.contains(path)) return;
  parts_.trees.add(path, seen_until, [this](const std::string& folder) { return enters(folder); });
  follow_git(path);
}

/// What was not used for longest gives way; what the configuration names stays.
void ProjectWatch::make_room() {
  if (roots_.size() <= kRootsMax) return;
  auto oldest = roots_.end();
  for (auto at = roots_.begin(); at != roots_.end(); ++at) {
    if (at->second.is_configured) continue;
    if (oldest == roots_.end() || at->second.stored.used < oldest->second.stored.used) oldest = at;
  }
  if (oldest == roots_.end()) return;
  parts_.trees.remove(oldest->first);
  dropped_.push_back(oldest->first);
  roots_.erase(oldest);
}

/// Where the directory is a working tree of git's: watches the folder that has its index, by which
/// git's own work is known.
void ProjectWatch::follow_git(const std::string& root) {
  const auto checkout = git_checkout_at(parts_.files, root);
  if (!checkout) return;
  const std::string& folder = checkout->git_dir;
  if (git_folders_.try_emplace(folder, root).second) parts_.trees.watch_flat(folder);
}

/// Asked by the tree watcher, which must not be told anything meanwhile.
bool ProjectWatch::enters(const std::string& directory) {
  if (is_unwanted(directory) || !ignores_.enters(directory)) return false;
  if (parts_.files.stat(join_path(directory, ".git"))) new_working_trees_.push_back(directory);
  return true;
}

bool ProjectWatch::is_unwanted(std::string_view directory) const {
  return std::ranges::any_of(settings_.ignored, [&](const std::string& ignored) {
    return is_at_or_below(directory, ignored);
  });
}

/// Somebody is at work in the directory: its project is watched from now on.
void ProjectWatch::learn(const std::string& directory, WallTime time, MonoTime now) {
  std::string root = project_root(directory, now);
  if (root.empty() && is_below(directory, settings_.home)) root = directory;
  if (root.empty() || root == settings_.home || is_below(settings_.home, root)) return;
  if (is_unwanted(root)) return;
  const auto known = roots_.find(root);
  if (known != roots_.end()) {
    if (time > known->second.stored.used + std::chrono::days(1)) {
      known->second.stored.used = time;
      known->second.is_changed = true;
    }
    return;
  }
  if (!settings_.learns) return;
  const auto stat = parts_.files.stat(root);
  if (stat && stat->kind == FileKind::directory) add_root({root, {}, time}, false);
}

ProjectWatch::Root* ProjectWatch::root_of(std::string_view path) {
  for (; path.size() > 1; path = parent_path(path)) {
    const auto found = roots_.find(path);
    if (found != roots_.end()) return &found->second;
  }
  return nullptr;
}

std::string ProjectWatch::project_root(const std::string& directory, MonoTime now) {
  const auto project = parts_.projects.find(directory, now);
  return project ? project->root : std::string();
}

/// Trees tell their paths without links; what others tell is made so.
std::string ProjectWatch::without_links(const std::string& path) const {
  const auto folder = parts_.files.canonical(std::string(parent_path(path)));
  return folder ? join_path(*folder, file_name(path)) : path;
}

// --- What comes in -----------------------------------------------------------------------------

void ProjectWatch::look_at_cwd(const std::string& cwd, WallTime time, MonoTime now) {
  last_cwd_ = cwd;
  last_project_.clear();
  const auto folder = parts_.files.canonical(cwd);
  if (!folder) return;  // gone
  learn(*folder, time, now);
  last_project_ = project_root(*folder, now);
  if (last_project_.empty()) last_project_ = *folder;
}

void ProjectWatch::saw(const parser::Activity& activity, const Heartbeat& heartbeat,
                       WallTime wall_now, MonoTime now) {
  if (activity.time + kLearnAge < wall_now || activity.cwd.empty()) return;
  const bool is_live = activity.time + AgentClaims::kLive >= wall_now;
  const bool may_have_come = is_live && last_project_.empty();
  if (activity.cwd != last_cwd_ || may_have_come) look_at_cwd(activity.cwd, activity.time, now);
  if (!is_live || last_project_.empty()) return;
  tracker_.saw_session(last_project_, activity.time);
  if (!activity.is_write || activity.path.empty()) return;
  tracker_.claimed({without_links(activity.path), activity.time, wall_now, heartbeat.id,
                    heartbeat.app, heartbeat.session, heartbeat.model});
}

void ProjectWatch::step(WallTime wall_now, MonoTime now) {
  stepped_at_ = now;
  parts_.trees.step(now, wall_now);
  for (const auto& root : std::exchange(new_working_trees_, {})) follow_git(root);
  for (const auto& event : parts_.places.take()) parts_.traces.handle(event);
  parts_.traces.step(now, wall_now);
  take_changes(wall_now, now);
  take_traces(wall_now, now);
  tracker_.step(now, wall_now);
  if (now < tidied_at_ + kTidy) return;
  tidied_at_ = now;
  ignores_.forget_unused();
}

void ProjectWatch::take_changes(WallTime wall_now, MonoTime now) {
  if (tracker_.is_full()) return;
  const bool is_paused = parts_.admission.pauses().current(wall_now) != nullptr;
  for (const auto& change : parts_.trees.take(kChangesOfStep)) {
    const auto git = git_folders_.find(change.directory);
    if (git != git_folders_.end()) {
      tracker_.git_changed(git->second, change);
      continue;
    }
    if (Root* root = root_of(change.directory)) root->is_changed = true;
    if (parser::side_file(change.name)) {
      parts_.traces.beside(change.directory, change.name, now, wall_now);
    }
    if (!is_paused) tracker_.changed(change);
  }
}

void ProjectWatch::take_traces(WallTime wall_now, MonoTime now) {
  for (auto& trace : parts_.traces.take_past()) take_trace(std::move(trace), true, wall_now, now);
  for (auto& trace : parts_.traces.take()) take_trace(std::move(trace), false, wall_now, now);
}

/// Editors lead to projects; what they tell of files outside of all projects is dropped.
void ProjectWatch::take_trace(EditorTrace trace, bool is_past, WallTime wall_now, MonoTime now) {
  const bool is_folder = trace.kind == EditorTrace::Kind::workspace;
  const bool tells_of_work =
      is_folder || trace.kind == EditorTrace::Kind::open || trace.kind == EditorTrace::Kind::edit;
  if (!tells_of_work || trace.path.empty() || (is_past && !trace.time)) return;
  trace.path = without_links(trace.path);
  const WallTime time = trace.time.value_or(wall_now);
  const std::string folder = is_folder ? trace.path : std::string(parent_path(trace.path));
  if (time + kLearnAge > wall_now && !project_root(folder, now).empty()) learn(folder, time, now);
  if (is_folder || root_of(trace.path) == nullptr || ignores_.is_ignored(trace.path)) return;
  tracker_.traced(trace, is_past, wall_now);
}

// --- What goes out -----------------------------------------------------------------------------

std::vector<Heartbeat> ProjectWatch::take(WallTime wall_now, MonoTime now) {
  std::vector<Heartbeat> heartbeats;
  for (const auto& event : tracker_.take()) {
    if (!parts_.admission.admits(event.time, event.path)) continue;
    heartbeats.push_back(parts_.maker.make(event, wall_now, now));
  }
  return heartbeats;
}

std::vector<StoredTree> ProjectWatch::take_trees(WallTime wall_now, MonoTime now) {
  std::vector<StoredTree> trees;
  if (now < store_at_ || !has_changed_roots()) return trees;
  store_at_ = now + kStoreEvery;
  const auto unsettled = tracker_.unsettled_since();
  for (auto& [path, root] : roots_) {
    if (!root.is_changed) continue;
    auto seen = parts_.trees.seen_until(path);
    if (!seen) continue;  // its first look is not over
    root.is_changed = false;
    if (unsettled) {
      seen = std::min(*seen, wall_now - std::chrono::ceil<milliseconds>(now - *unsettled));
      root.is_changed = true;  // and further once that has settled
    }
    root.stored.seen_until = *seen;
    trees.push_back(root.stored);
  }
  return trees;
}

bool ProjectWatch::has_changed_roots() const {
  return std::ranges::any_of(roots_, [](const auto& root) { return root.second.is_changed; });
}

std::vector<std::string> ProjectWatch::take_dropped() {
  return std::exchange(dropped_, {});
}

bool ProjectWatch::is_looked_through() const {
  const auto trees = parts_.trees.status();
  const bool is_ready = std::ranges::all_of(
      trees, [](const watcher::TreeStatus& tree) { return tree.ready || !tree.trouble.empty(); });
  return is_ready && !parts_.trees.has_more() && !tracker_.has_found();
}

bool ProjectWatch::has_more() const {
  return parts_.trees.has_more();
}

MonoTime ProjectWatch::deadline() const {
  MonoTime first = parts_.traces.deadline();
  for (const auto due : {parts_.trees.deadline(), tracker_.deadline()}) {
    if (due) first = std::min(first, *due);
  }
  if (has_changed_roots()) {
    // What was due and not taken (the queue cannot be written) is no reason to spin.
    const bool was_due = store_at_ <= stepped_at_;
    first = std::min(first, was_due ? stepped_at_ + kStoreEvery : store_at_);
  }
  return first;
}

}  // namespace vigil::agent
