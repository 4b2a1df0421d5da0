#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_system.h"

namespace vigil::agent {

enum class GitKind : std::uint8_t {
  repository,  ///< with its own `.git`, also where that lies elsewhere (`--separate-git-dir`)
  worktree,    ///< linked to a repository that has its own working tree, or none (bare)
  submodule,   ///< of the repository that holds it
};

/// A working tree of git. Paths are absolute.
struct GitCheckout {
  std::string root;
  std::string git_dir;     ///< what is its alone: HEAD, index
  std::string common_dir;  ///< what it shares with other worktrees: config, refs
  std::string repository;  ///< the repository's name: that of its main folder
  GitKind kind = GitKind::repository;

  friend bool operator==(const GitCheckout&, const GitCheckout&) = default;
};

/// The working tree whose root a directory is, told from git's own files; nothing where it is none.
[[nodiscard]] std::optional<GitCheckout> git_checkout_at(const FileSystem& files,
                                                         const std::string& root);

/// The branch that is checked out now, the one being rebased during a rebase. Empty where HEAD
/// is detached, where it cannot be read, and where refs are kept in reftables, whose HEAD names
/// none.
[[nodiscard]] std::string git_branch(const FileSystem& files, const GitCheckout& checkout);

/// The address of the remote `origin` as configured, without credentials; empty where there is
/// none.
[[nodiscard]] std::string git_remote(const FileSystem& files, const GitCheckout& checkout);

}  // namespace vigil::agent
