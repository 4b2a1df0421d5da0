#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/context/project_file.h"
#include "agent/context/project_rules.h"
#include "agent/context/version_control.h"
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

/// Tells which project a directory belongs to. The first of these that there is:
///  1. the nearest `.vigil-project` or `.wakatime-project`, in the directory or above it;
///  2. the configured folder that holds it;
///  3. the working tree of a version control system that holds it; git's worktrees count as their
///     repository, its submodules as the rules say;
///  4. the places in which AI tools make worktrees, for those that are gone;
///  5. the nearest package manifest (`package.json`, `Cargo.toml`, ...).
/// Reads these files and git's own (`.git`, `commondir`, `HEAD`) and nothing else. A home directory
/// under version control (dot files) is nobody's project; nothing above it is looked at.
///
/// Remembers answers for a minute, at most kRemembered of them. Not thread-safe.
class ProjectFinder {
 public:
  static constexpr std::size_t kRemembered = 4096;

  /// `home` is the user's home directory, empty where there is none.
  ProjectFinder(const FileSystem& files, std::string home, ProjectRules rules = {});

  /// The project of a directory, which need not exist any more (logs outlive worktrees).
  [[nodiscard]] std::optional<Project> find(const std::string& directory, MonoTime now);

  /// The branch on which a file that is saved in the directory is saved: a project file's, else the
  /// one that is checked out at this moment. Empty where there is none. Not for what a log tells
  /// of: that happened at another time.
  [[nodiscard]] std::string branch(const std::string& directory, MonoTime now);

 private:
  /// What one directory says about itself.
  struct Level {
    std::optional<ProjectFile> file;
    std::optional<Checkout> checkout;
    MonoTime since;
  };

  /// What the directories from one upwards say, the nearest of each kind.
  struct Surroundings {
    std::optional<ProjectFile> file;
    std::string file_folder;
    std::optional<Checkout> checkout;
  };

  struct Answer {
    std::optional<Project> project;
    std::string branch;  ///< a project file's
    std::optional<Checkout> checkout;
    MonoTime since;
  };

  const Answer& answer(const std::string& directory, MonoTime now);
  [[nodiscard]] Answer look(const std::string& directory, MonoTime now);
  const Level& level(const std::string& directory, MonoTime now);
  [[nodiscard]] Surroundings surroundings(const std::string& directory, MonoTime now);
  [[nodiscard]] std::optional<Project> project_without_file(const std::string& directory,
                                                            const Surroundings& around) const;
  [[nodiscard]] std::optional<Project> package_above(const std::string& directory) const;
  [[nodiscard]] std::string name_in(const Surroundings& around,
                                    const std::optional<Project>& otherwise) const;

  const FileSystem& files_;
  std::string home_;
  ProjectRules rules_;
  std::unordered_map<std::string, Answer> answers_;
  std::unordered_map<std::string, Level> levels_;
};

}  // namespace vigil::agent
