#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace vigil::agent {

/// What one repository says itself about what is not worth keeping (`.gitignore`, the user's and
/// the repository's exclude files). Not thread-safe.
class RepositoryIgnores {
 public:
  virtual ~RepositoryIgnores() = default;

  /// `path` is relative to the working tree's root. What is below an ignored folder is ignored. A
  /// file that is tracked in spite of the rules counts as ignored.
  [[nodiscard]] virtual bool ignores(const std::string& path, FileKind kind) = 0;
};

/// Which paths below one root are nobody's work: what version control systems keep, folders that
/// tools fill (heavy_folder.h), and what the repository ignores. Not thread-safe.
class IgnoreRules {
 public:
  /// `repository` is null where there is none, or none that can be read; then folders that only
  /// usually hold what tools made (`target`, `build`) are judged by what lies beside them.
  IgnoreRules(const FileSystem& files, std::string root,
              std::unique_ptr<RepositoryIgnores> repository);

  /// `path` is absolute; what is not below the root is not ignored, nor is the root itself.
  [[nodiscard]] bool is_ignored(std::string_view path, FileKind kind);

 private:
  [[nodiscard]] bool has_heavy_folder(std::string_view relative, FileKind kind) const;

  const FileSystem& files_;
  std::string root_;
  std::unique_ptr<RepositoryIgnores> repository_;
};

}  // namespace vigil::agent
