#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/context/git_ignores.h"
#include "agent/context/ignore_rules.h"
#include "base/file_system.h"

namespace vigil::agent {

/// Which directories of watched trees are worth entering, and which files are nobody's work: by the
/// rules of the repository that holds them, the innermost one, and by what tools fill
/// (heavy_folder.h) where there is none. A home directory under version control rules nothing.
///
/// A repository is opened when something in it is asked for; at most kOpenMax are open at once. Not
/// thread-safe.
class TreeIgnores {
 public:
  static constexpr std::size_t kOpenMax = 16;
  static constexpr std::size_t kRememberedMax = 16'384;

  /// `home` is the user's home directory, empty where there is none. Paths are absolute and without
  /// links, as everywhere here.
  TreeIgnores(const FileSystem& files, std::string home);

  /// Whether to look into a directory; those above it were entered.
  [[nodiscard]] bool enters(const std::string& directory);

  /// Of a file in a directory that was entered.
  [[nodiscard]] bool is_ignored(const std::string& file);

  /// Closes repositories that nobody asked about since the last call, and looks again where there
  /// are any: to be called once a minute or so.
  void forget_unused();

  [[nodiscard]] std::size_t open_repositories() const { return open_.size(); }

 private:
  struct Repository {
    std::string root;
    IgnoreRules rules;
    bool is_used = true;
  };
  using Repositories = std::list<Repository>;  ///< last used first

  /// The root of the repository that holds a directory, or is it; empty where there is none.
  [[nodiscard]] const std::string& root_of(const std::string& directory);
  [[nodiscard]] std::string look_up(const std::string& directory);
  [[nodiscard]] IgnoreRules& rules_of(const std::string& root);

  const FileSystem& files_;
  std::string home_;
  GitIgnores git_;
  Repositories open_;                                   ///< after git_, whose library they use
  std::unordered_map<std::string, std::string> roots_;  ///< by directory
};

}  // namespace vigil::agent
