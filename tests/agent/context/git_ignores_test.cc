#include "agent/context/git_ignores.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <vector>

#include "base/posix_file_system.h"
#include "tests/agent/context/git_shell.h"

namespace vigil::agent {
namespace {

/// What `git check-ignore` says of each path, asked in one go: the paths that it ignores.
std::string ignored_by_git(const GitShell& git, const std::string& root,
                           const std::vector<std::string>& paths) {
  std::ofstream list(git.top() + "/asked");
  for (const auto& path : paths) list << path << '\n';
  list.close();
  git.run("cd " + root + " && git check-ignore --no-index --stdin <../asked >../answer || true");
  return read_file(PosixFileSystem(), git.top() + "/answer", 1'000'000).value();
}

Result<std::unique_ptr<RepositoryIgnores>> open(GitIgnores& ignores, const std::string& root) {
  const auto checkout = git_checkout_at(PosixFileSystem(), root);
  return ignores.open(checkout.value_or(GitCheckout{root, "", "", "", GitKind::repository}));
}

TEST_CASE("git's rules are followed as git follows them", "[context][io]") {
  const GitShell git;
  git.run(
      R"(git init -q harbor && cd harbor && mkdir -p a/b/c deep/logs out keep doc '*odd*' 'with space')");
  git.run(
      R"(cd harbor && printf '%s\n' '# comment' '*.o' '!important.o' '/out' 'logs/' 'doc/**/*.pdf' '\#hash' 'trail  ' 'a/*/c' '[Tt]mp' >.gitignore)");
  git.run(
      R"(cd harbor && printf '%s\n' '!*.o' 'local' >a/.gitignore && echo excluded >.git/info/exclude)");
  git.run(R"(cd harbor && mkdir -p a/logs out/sub doc/p/q && touch a/x.o a/y.o doc/p/q/m.pdf)");
  const std::vector<std::string> paths = {
      "main.c",    "main.o",    "important.o", "out",        "out/sub",    "out/sub/x",
      "a/out",     "deep/logs", "deep/logs/x", "logs",       "a/x.o",      "a/y.o",
      "a/local",   "local",     "a/b/c",       "a/b/c/file", "a/b/d",      "doc/p/q/m.pdf",
      "doc/m.pdf", "doc/m.txt", "#hash",       "excluded",   "a/excluded", "Tmp",
      "a/tmp/x",   "tmp2",      "with space",  "*odd*",      "gone/x.o",   "trail",
  };
  GitIgnores ignores;
  const auto rules = open(ignores, git.top() + "/harbor");
  REQUIRE(rules);
  const std::string expected = "\n" + ignored_by_git(git, "harbor", paths);
  CHECK(expected.find("\nmain.o\n") != std::string::npos);
  const PosixFileSystem files;
  for (const auto& path : paths) {
    CAPTURE(path);
    const auto found = files.stat(git.top() + "/harbor/" + path);
    const auto kind = found ? found->kind : FileKind::regular;
    CHECK((*rules)->ignores(path, kind) ==
          (expected.find("\n" + path + "\n") != std::string::npos));
  }
}

TEST_CASE("a single name that a nested file takes out again stays ignored, unlike git's",
          "[context][io]") {
  const GitShell git;
  git.run(
      "git init -q harbor && cd harbor && mkdir a && echo '*.o' >.gitignore && echo '!x.o' "
      ">a/.gitignore");
  GitIgnores ignores;
  const auto rules = open(ignores, git.top() + "/harbor");
  REQUIRE(rules);
  CHECK(ignored_by_git(git, "harbor", {"a/x.o"}).empty());
  CHECK((*rules)->ignores("a/x.o", FileKind::regular));
}

TEST_CASE("changed rules are seen at the next question", "[context][io]") {
  const GitShell git;
  git.run("git init -q harbor");
  GitIgnores ignores;
  const auto rules = open(ignores, git.top() + "/harbor");
  REQUIRE(rules);
  CHECK_FALSE((*rules)->ignores("a.log", FileKind::regular));
  git.run("echo '*.log' >harbor/.gitignore");
  CHECK((*rules)->ignores("a.log", FileKind::regular));
  git.run("echo '*.logs' >harbor/.gitignore");
  CHECK_FALSE((*rules)->ignores("a.log", FileKind::regular));
  git.run("rm harbor/.gitignore");
  CHECK_FALSE((*rules)->ignores("a.logs", FileKind::regular));
}

TEST_CASE("worktrees and submodules have their own rules", "[context][io]") {
  const GitShell git;
  git.run(
      "git init -q -b main harbor && cd harbor && echo '*.o' >.gitignore && git add . && "
      "git commit -q -m one && git worktree add -q ../side");
  git.run(
      "git init -q -b main lib && cd lib && echo '*.a' >.gitignore && git add . && git commit -q "
      "-m one && "
      "cd ../harbor && git -c protocol.file.allow=always submodule add -q ../lib lib");
  GitIgnores ignores;
  const auto side = open(ignores, git.top() + "/side");
  REQUIRE(side);
  CHECK((*side)->ignores("x.o", FileKind::regular));
  const auto lib = open(ignores, git.top() + "/harbor/lib");
  REQUIRE(lib);
  CHECK((*lib)->ignores("x.a", FileKind::regular));
  CHECK_FALSE((*lib)->ignores("x.o", FileKind::regular));
}

TEST_CASE("repositories with newer features still have their rules", "[context][io]") {
  const GitShell git;
  const auto setup =
      GENERATE(as<std::string>{}, "git init -q --object-format=sha256 new",
               "git init -q new && git -C new config core.repositoryformatversion 1 && "
               "git -C new config extensions.worktreeConfig true",
               "git init -q new && git -C new config core.repositoryformatversion 1 && "
               "git -C new config extensions.refStorage reftable",
               "git init -q new && git -C new config core.repositoryformatversion 1 && "
               "git -C new config extensions.unheardOf true");
  git.run(setup);
  git.run("echo '*.o' >new/.gitignore");
  GitIgnores ignores;
  const auto rules = open(ignores, git.top() + "/new");
  CAPTURE(setup, rules ? "" : rules.error().message);
  REQUIRE(rules);
  CHECK((*rules)->ignores("x.o", FileKind::regular));
  CHECK_FALSE((*rules)->ignores("x.c", FileKind::regular));
}

TEST_CASE("what git refuses is refused with the reason", "[context][io]") {
  const GitShell git;
  GitIgnores ignores;
  SECTION("no repository") {
    git.run("mkdir plain");
    const auto rules = open(ignores, git.top() + "/plain");
    REQUIRE_FALSE(rules);
    CHECK(rules.error().code == Errc::not_found);
  }
  SECTION("a broken one") {
    git.run("mkdir -p torn && echo 'gitdir: /nowhere' >torn/.git");
    CHECK_FALSE(open(ignores, git.top() + "/torn"));
    git.run("rm torn/.git && mkdir -p torn/.git");
    CHECK_FALSE(open(ignores, git.top() + "/torn"));
  }
  SECTION("another user's") {
    if (::geteuid() != 0) return;  // only root can give a repository away
    git.run("git init -q theirs && chown -R 65534 theirs");
    const auto rules = open(ignores, git.top() + "/theirs");
    REQUIRE_FALSE(rules);
    CAPTURE(rules.error().message);
    CHECK(rules.error().code == Errc::denied);
  }
}

TEST_CASE("libgit2 is loaded by the first question for a repository", "[context][io]") {
  const GitShell git;
  git.run("git init -q harbor");
  GitIgnores ignores;
  CHECK_FALSE(ignores.is_loaded());
  CHECK(open(ignores, git.top() + "/harbor"));
  CHECK(ignores.is_loaded());
}

TEST_CASE("asking for rules changes nothing in the repository", "[context][io]") {
  const GitShell git;
  git.run(
      "git init -q harbor && cd harbor && echo '*.o' >.gitignore && git add . && git commit -q -m "
      "one && "
      "git worktree add -q ../side && cd .. && find harbor side -type f -exec md5sum {} + | sort "
      ">before");
  {
    GitIgnores ignores;
    for (const char* root : {"/harbor", "/side"}) {
      const auto rules = open(ignores, git.top() + root);
      REQUIRE(rules);
      CHECK((*rules)->ignores("a.o", FileKind::regular));
    }
  }
  git.run("find harbor side -type f -exec md5sum {} + | sort | cmp - before");
}

}  // namespace
}  // namespace vigil::agent
