#include "agent/context/tree_ignores.h"

#include <catch2/catch.hpp>

#include "base/posix_file_system.h"
#include "tests/agent/context/git_shell.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

TEST_CASE("each directory is ruled by the innermost repository that holds it", "[context][io]") {
  const GitShell git;
  git.run(R"(git init -q outer && cd outer && echo 'logs/' >.gitignore && mkdir -p src/logs logs)");
  git.run(R"(cd outer && git init -q inner && echo 'only-here/' >inner/.gitignore)");
  git.run(R"(mkdir -p outer/inner/logs outer/inner/only-here outer/only-here plain/logs)");
  const PosixFileSystem files;
  TreeIgnores ignores(files, git.top());
  CHECK(ignores.enters(git.top() + "/outer"));
  CHECK(ignores.enters(git.top() + "/outer/src"));
  CHECK_FALSE(ignores.enters(git.top() + "/outer/src/logs"));
  CHECK_FALSE(ignores.enters(git.top() + "/outer/.git"));
  CHECK(ignores.enters(git.top() + "/outer/only-here"));
  CHECK(ignores.enters(git.top() + "/outer/inner"));
  CHECK(ignores.enters(git.top() + "/outer/inner/logs"));
  CHECK_FALSE(ignores.enters(git.top() + "/outer/inner/only-here"));
  CHECK(ignores.enters(git.top() + "/plain/logs"));
  CHECK(ignores.is_ignored(git.top() + "/outer/logs/x"));
  CHECK_FALSE(ignores.is_ignored(git.top() + "/outer/inner/logs/x"));
  CHECK_FALSE(ignores.is_ignored(git.top() + "/plain/logs/x"));
  CHECK(ignores.open_repositories() == 2);
}

TEST_CASE("changed rules count at once, a new repository when the unused are forgotten",
          "[context][io]") {
  const GitShell git;
  git.run(R"(git init -q harbor && mkdir -p harbor/a plain/a && echo a/ >plain/.gitignore)");
  const PosixFileSystem files;
  TreeIgnores ignores(files, "");
  CHECK(ignores.enters(git.top() + "/harbor/a"));
  CHECK(ignores.enters(git.top() + "/plain/a"));
  git.run(R"(echo a/ >harbor/.gitignore && git init -q plain)");
  CHECK_FALSE(ignores.enters(git.top() + "/harbor/a"));
  ignores.forget_unused();
  CHECK_FALSE(ignores.enters(git.top() + "/plain/a"));
  CHECK(ignores.open_repositories() == 2);
  ignores.forget_unused();
  CHECK(ignores.open_repositories() == 1);  // only the other one was asked about since
  ignores.forget_unused();
  CHECK(ignores.open_repositories() == 0);
}

TEST_CASE("only so many repositories are open at once", "[context][io]") {
  const GitShell git;
  const std::size_t count = TreeIgnores::kOpenMax + 3;
  const PosixFileSystem files;
  TreeIgnores ignores(files, "");
  for (std::size_t number = 0; number < count; ++number) {
    git.run("git init -q r" + std::to_string(number) + " && echo a/ >r" + std::to_string(number) +
            "/.gitignore");
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t number = 0; number < count; ++number) {
      CHECK_FALSE(ignores.enters(git.top() + "/r" + std::to_string(number) + "/a"));
      CHECK(ignores.open_repositories() <= TreeIgnores::kOpenMax);
    }
  }
}

TEST_CASE("a home under version control rules nothing", "[context][io]") {
  const GitShell git;
  git.run(R"(git init -q . && echo '*' >.gitignore && mkdir -p work)");
  const PosixFileSystem files;
  TreeIgnores at_home(files, git.top());
  CHECK(at_home.enters(git.top() + "/work"));
  TreeIgnores elsewhere(files, "/somewhere");
  CHECK_FALSE(elsewhere.enters(git.top() + "/work"));
}

TEST_CASE("without a repository, and with one that cannot be read, tools' folders stay out",
          "[context][unit]") {
  test::MemoryFileSystem files;
  files.write("/src/plain/Cargo.toml", "");
  files.mkdir("/src/plain/target");
  files.mkdir("/src/plain/node_modules");
  files.mkdir("/src/plain/src");
  files.write("/src/torn/Cargo.toml", "");
  files.mkdir("/src/torn/.git");
  files.mkdir("/src/torn/target");
  files.mkdir("/src/torn/src");
  TreeIgnores ignores(files, "");
  for (const std::string root : {"/src/plain", "/src/torn"}) {
    CAPTURE(root);
    CHECK_FALSE(ignores.enters(root + "/target"));
    CHECK_FALSE(ignores.enters(root + "/node_modules"));
    CHECK(ignores.enters(root + "/src"));
    CHECK_FALSE(ignores.is_ignored(root + "/src/main.rs"));
  }
}

}  // namespace
}  // namespace vigil::agent
