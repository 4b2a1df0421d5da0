#pragma once

#include <span>
#include <string>
#include <vector>

namespace vigil::agent {

/// What a process has given up, and what it could not give up: one sentence for each, empty where
/// all is in force.
struct Confinement {
  bool writes = false;  ///< only below the folders that were named (Landlock)
  bool calls = false;   ///< no program can be started, no kernel changed (seccomp)
  std::vector<std::string> missing;
};

/// Gives up, for this thread and all that it starts from now on and for good, what a daemon never
/// needs: to change files outside `own_folders` (which must exist; others are passed over), to
/// start programs, to look into other processes, to mount, to load code into the kernel. Reading
/// stays open, since logs may be anywhere. Files that are open already stay as they are.
///
/// Never fails: a kernel that lacks a part is told in `missing`. Call it before the first thread
/// starts.
[[nodiscard]] Confinement confine(std::span<const std::string> own_folders);

}  // namespace vigil::agent
