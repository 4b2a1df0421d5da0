#include "agent/context/project_finder.h"

#include <utility>

#include "agent/context/manifest_name.h"
#include "agent/context/remote_url.h"

namespace vigil::agent {
namespace {

constexpr auto kFresh = std::chrono::minutes{1};

/// `<repo>/.claude/worktrees/<name>` and `.../.codex/worktrees/<id>/<repo>`, for worktrees that
/// are gone from the disk.
std::optional<Project> project_by_place(const std::string& directory) {
  constexpr std::string_view kClaude = "/.claude/worktrees/";
  constexpr std::string_view kCodex = "/.codex/worktrees/";
  if (const auto at = directory.find(kClaude); at != std::string::npos && at > 0) {
    const auto end = directory.find('/', at + kClaude.size());
    return Project{std::string(file_name(directory.substr(0, at))), directory.substr(0, end)};
  }
  if (const auto at = directory.find(kCodex); at != std::string::npos) {
    const auto repository = directory.find('/', at + kCodex.size());
    if (repository == std::string::npos) return std::nullopt;
    const std::string root = directory.substr(0, directory.find('/', repository + 1));
    return Project{std::string(file_name(root)), root};
  }
  return std::nullopt;
}

bool is_submodule(const Checkout& checkout) {
  return checkout.git && checkout.git->kind == GitKind::submodule;
}

/// Packages that others made say nothing about whose work this is.
bool is_dependency(std::string_view directory) {
  return directory.find("/node_modules") != std::string_view::npos;
}

}  // namespace

ProjectFinder::ProjectFinder(const FileSystem& files, std::string home, ProjectRules rules)
    : files_(files), home_(std::move(home)), rules_(std::move(rules)) {}

std::optional<Project> ProjectFinder::find(const std::string& directory, MonoTime now) {
  return answer(directory, now).project;
}

std::string ProjectFinder::branch(const std::string& directory, MonoTime now) {
  const Answer& known = answer(directory, now);
  if (!known.branch.empty()) return known.branch;
  return known.checkout ? branch_of(files_, *known.checkout) : std::string();
}

const ProjectFinder::Answer& ProjectFinder::answer(const std::string& directory, MonoTime now) {
  const auto known = answers_.find(directory);
  if (known != answers_.end() && now - known->second.since < kFresh) return known->second;
  if (answers_.size() >= kRemembered) answers_.clear();
  return answers_.insert_or_assign(directory, look(directory, now)).first->second;
}

ProjectFinder::Answer ProjectFinder::look(const std::string& directory, MonoTime now) {
  auto around = surroundings(directory, now);
  Answer found{project_without_file(directory, around), {}, {}, now};
  if (around.file) {
    found.project = Project{name_in(around, found.project), around.file_folder};
    found.branch = around.file->branch;
  }
  if (found.project) found.project->name = known_as(rules_, found.project->name);
  found.checkout = std::move(around.checkout);
  return found;
}

const ProjectFinder::Level& ProjectFinder::level(const std::string& directory, MonoTime now) {
  const auto known = levels_.find(directory);
  if (known != levels_.end() && now - known->second.since < kFresh) return known->second;
  if (levels_.size() >= kRemembered) levels_.clear();
  Level fresh{project_file_at(files_, directory), {}, now};
  if (directory != home_) fresh.checkout = checkout_at(files_, directory);
  return levels_.insert_or_assign(directory, std::move(fresh)).first->second;
}

ProjectFinder::Surroundings ProjectFinder::surroundings(const std::string& directory,
                                                        MonoTime now) {
  Surroundings around;
  std::string_view at = directory;
  for (; at.size() > 1; at = parent_path(at)) {
    const Level& here = level(std::string(at), now);
    if (here.file && !around.file) {
      around.file = here.file;
      around.file_folder = at;
    }
    const bool leaves_submodule = around.checkout && here.checkout &&
                                  rules_.submodules == Submodules::parents &&
                                  is_submodule(*around.checkout);
    if (!around.checkout || leaves_submodule) {
      if (here.checkout) around.checkout = here.checkout;
    }
    if (at == home_) break;
  }
  return around;
}

std::optional<Project> ProjectFinder::project_without_file(const std::string& directory,
                                                           const Surroundings& around) const {
  if (const auto* mapped = mapped_folder(rules_, directory)) {
    return Project{mapped->name, mapped->folder};
  }
  if (around.checkout) return Project{around.checkout->repository, around.checkout->root};
  if (auto project = project_by_place(directory)) return project;
  return package_above(directory);
}

std::optional<Project> ProjectFinder::package_above(const std::string& directory) const {
  std::string_view at = directory;
  for (; at.size() > 1 && at != home_; at = parent_path(at)) {
    if (is_dependency(at)) continue;
    std::string root(at);
    if (auto name = package_at(files_, root)) return Project{std::move(*name), std::move(root)};
  }
  return std::nullopt;
}

/// What the project file says, with `{project}` replaced by the remote repository's name, or by
/// what the project would be called without the file.
std::string ProjectFinder::name_in(const Surroundings& around,
                                   const std::optional<Project>& otherwise) const {
  constexpr std::string_view kPlaceholder = "{project}";
  std::string name = around.file->name;
  if (name.empty()) return std::string(file_name(around.file_folder));
  const auto at = name.find(kPlaceholder);
  if (at == std::string::npos) return name;
  std::string_view folder = file_name(around.file_folder);
  std::string instead(otherwise ? std::string_view(otherwise->name) : folder);
  if (around.checkout && around.checkout->git) {
    auto remote = repository_of(git_remote(files_, *around.checkout->git));
    if (!remote.empty()) instead = std::move(remote);
  }
  return name.replace(at, kPlaceholder.size(), instead);
}

}  // namespace vigil::agent
