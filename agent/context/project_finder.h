#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/file_system.h"
#include "base/time.h"

namespace vigil::agent {

/// What a path belongs to. `root` is the directory that entities are written relative to; for a
/// worktree it is the worktree's own, while `name` is the repository's.
struct Project {
  std::string name;
  std::string root;

  friend bool operator==(const Project&, const Project&) = default;
};

/// Tells which project a directory belongs to: the repository that holds it, worktrees folded into
/// their repository. Reads git's own files (`.git`, `commondir`) and nothing else of a repository.
/// A home directory that is a repository (dot files) is nobody's project.
///
/// Remembers answers for a minute, at most kRemembered of them. Not thread-safe.
class ProjectFinder {
 public:
  static constexpr std::size_t kRemembered = 4096;

  /// `home` is the user's home directory, empty where there is none.
  ProjectFinder(const FileSystem& files, std::string home);

  /// The project of a directory, which need not exist any more (logs outlive worktrees): then by
  /// the places in which AI tools make worktrees, else nothing.
  [[nodiscard]] std::optional<Project> find(const std::string& directory, MonoTime now);

 private:
  struct Answer {
    std::optional<Project> project;
    MonoTime since;
  };

  [[nodiscard]] std::optional<Project> look(const std::string& directory) const;
  [[nodiscard]] std::optional<Project> repository_at(const std::string& root) const;

  const FileSystem& files_;
  std::string home_;
  std::unordered_map<std::string, Answer> answers_;
};

}  // namespace vigil::agent
