#pragma once

#include <memory>

#include "agent/context/git_checkout.h"
#include "agent/context/ignore_rules.h"
#include "base/result.h"

namespace vigil::agent {

/// Opens repositories for their ignore rules, which libgit2 reads. The library is loaded by the
/// first open(), so that a program that needs no rules pays nothing for it. Not thread-safe.
///
/// Where libgit2 is not git: a name that a nested `.gitignore` takes out again (`!x.o`) stays
/// ignored if the rule for it stands in another file (libgit2's issue 7284).
class GitIgnores {
 public:
  GitIgnores();
  GitIgnores(const GitIgnores&) = delete;
  GitIgnores& operator=(const GitIgnores&) = delete;
  ~GitIgnores();

  /// The rules of a working tree; must go before this object. Changed rules are seen at the next
  /// question. Errors: unavailable (no libgit2 of the version that this was built with), denied (it
  /// belongs to another user, whose settings are not to be followed), not_found and malformed
  /// (there is no repository behind it).
  [[nodiscard]] Result<std::unique_ptr<RepositoryIgnores>> open(const GitCheckout& checkout);

  /// Whether the library is in the process.
  [[nodiscard]] bool is_loaded() const { return library_ != nullptr; }

 private:
  class Library;
  class Repository;

  std::unique_ptr<Library> library_;
};

}  // namespace vigil::agent
