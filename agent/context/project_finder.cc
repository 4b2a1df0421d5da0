#include "agent/context/project_finder.h"

#include <utility>

// A linked worktree's `.git` is a file `gitdir: <main>/.git/worktrees/<name>`, and the file
// `commondir` in that folder leads back to `<main>/.git`. A submodule's `.git` file leads to
// `<main>/.git/modules/<name>`, which has no `commondir`: it stays a project of its own.

namespace vigil::agent {
namespace {

constexpr auto kFresh = std::chrono::minutes{1};
constexpr std::size_t kGitFileMax = 8192;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

std::string resolve(const std::string& base, const std::string& path) {
  return normal_path(path.starts_with('/') ? path : join_path(base, path));
}

/// The directory whose `.git` a linked worktree shares; nothing for submodules and broken links.
std::optional<std::string> main_repository(const FileSystem& files, const std::string& root) {
  constexpr std::string_view kMark = "gitdir: ";
  const auto link = read_file(files, join_path(root, ".git"), kGitFileMax);
  if (!link || !link->starts_with(kMark)) return std::nullopt;
  const std::string git_dir = resolve(root, trimmed(link->substr(kMark.size())));
  const auto common = read_file(files, join_path(git_dir, "commondir"), kGitFileMax);
  if (!common) return std::nullopt;
  std::string shared = resolve(git_dir, trimmed(*common));
  if (file_name(shared) == ".git") return std::string(parent_path(shared));
  return shared;  // a bare repository
}

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

}  // namespace

ProjectFinder::ProjectFinder(const FileSystem& files, std::string home)
    : files_(files), home_(std::move(home)) {}

std::optional<Project> ProjectFinder::find(const std::string& directory, MonoTime now) {
  const auto known = answers_.find(directory);
  if (known != answers_.end() && now - known->second.since < kFresh) return known->second.project;
  if (answers_.size() >= kRemembered) answers_.clear();
  Answer answer{look(directory), now};
  return answers_.insert_or_assign(directory, std::move(answer)).first->second.project;
}

std::optional<Project> ProjectFinder::look(const std::string& directory) const {
  std::string_view at = directory;
  for (; at.size() > 1 && at != home_; at = parent_path(at)) {
    if (auto project = repository_at(std::string(at))) return project;
  }
  return project_by_place(directory);
}

std::optional<Project> ProjectFinder::repository_at(const std::string& root) const {
  const auto git = files_.stat(join_path(root, ".git"));
  if (!git) return std::nullopt;
  if (git->kind == FileKind::directory) return Project{std::string(file_name(root)), root};
  if (git->kind != FileKind::regular) return std::nullopt;
  const auto main = main_repository(files_, root).value_or(root);
  return Project{std::string(file_name(main)), root};
}

}  // namespace vigil::agent
