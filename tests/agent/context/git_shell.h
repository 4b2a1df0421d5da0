#pragma once

#include <string>

#include "tests/support/temporary_directory.h"

namespace vigil::agent {

/// Runs git in a directory of its own, with nobody's settings.
class GitShell {
 public:
  GitShell();

  /// The directory, which is also git's home. Free of links.
  [[nodiscard]] const std::string& top() const { return top_; }

  /// Runs lines of a shell there; fails the test if they fail.
  void run(const std::string& lines) const;

 private:
  test::TemporaryDirectory directory_;
  std::string top_;
};

}  // namespace vigil::agent
