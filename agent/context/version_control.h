#pragma once

#include <optional>
#include <string>

#include "agent/context/git_checkout.h"
#include "base/file_system.h"

namespace vigil::agent {

/// A working tree of any version control system.
struct Checkout {
  std::string root;
  std::string repository;          ///< its name
  std::optional<GitCheckout> git;  ///< where it is git's

  friend bool operator==(const Checkout&, const Checkout&) = default;
};

/// The working tree whose root a directory is: of git, Mercurial, Subversion, Jujutsu, Bazaar,
/// Darcs, Pijul or Fossil, told by the folders and files that these keep there.
[[nodiscard]] std::optional<Checkout> checkout_at(const FileSystem& files,
                                                  const std::string& directory);

/// The branch that is checked out now; empty where none is or none can be told. Mercurial: what the
/// next commit will be on. Subversion: by the usual layout (`trunk`, `branches/<name>`).
[[nodiscard]] std::string branch_of(const FileSystem& files, const Checkout& checkout);

}  // namespace vigil::agent
