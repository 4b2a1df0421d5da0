#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"

namespace vigil::agent {

/// How far a search for repositories goes; whichever ends first.
struct RepositoryScanLimits {
  std::size_t depth = 6;  ///< folders below where it begins: 1 is what lies in it
  std::size_t directories = 50'000;
  std::size_t repositories = 500;
  std::chrono::milliseconds time{3'000};
};

struct FoundRepository {
  std::string root;
  std::string name;      ///< its folder's, a worktree's is that of its repository
  WallTime last_used{};  ///< when git wrote there last: index, HEAD or its log

  friend bool operator==(const FoundRepository&, const FoundRepository&) = default;
};

struct RepositoryScan {
  std::vector<FoundRepository> repositories;  ///< used last first
  std::size_t directories = 0;                ///< that were looked into
  bool is_complete = true;                    ///< no limit was reached
};

/// Finds the working trees below a directory, such as the home directory, near ones first. Does not
/// look into repositories, nor into folders that tools or programs fill (hidden ones,
/// `node_modules`, caches), nor follows links, nor leaves the file system. The directory itself
/// counts only where it is no home under version control: it is not looked at.
[[nodiscard]] RepositoryScan find_repositories(const FileSystem& files, const Clock& clock,
                                               const std::string& top,
                                               const RepositoryScanLimits& limits = {});

}  // namespace vigil::agent
