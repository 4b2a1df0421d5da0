#include "tests/agent/context/git_shell.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/posix_file_system.h"

namespace vigil::agent {

GitShell::GitShell() : top_(PosixFileSystem().canonical(directory_.path()).value()) {}

void GitShell::run(const std::string& lines) const {
  const std::string command =
      "cd '" + top_ +
      "' && export HOME=\"$PWD\" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=ada GIT_AUTHOR_EMAIL=a@b"
      " GIT_COMMITTER_NAME=ada GIT_COMMITTER_EMAIL=a@b && { " +
      lines + "; } >/dev/null 2>&1";
  CAPTURE(lines);
  // NOLINTNEXTLINE(bugprone-command-processor,cert-env33-c): a shell keeps these lines short
  REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace vigil::agent
