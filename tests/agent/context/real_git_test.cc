// Git itself makes the repositories that the others write down by hand.

#include <catch2/catch.hpp>

#include "agent/context/project_finder.h"
#include "base/posix_file_system.h"
#include "tests/agent/context/git_shell.h"

namespace vigil::agent {
namespace {

struct Git : GitShell {
  PosixFileSystem files;

  [[nodiscard]] std::optional<Project> find(const std::string& folder,
                                            ProjectRules rules = {}) const {
    return ProjectFinder(files, top() + "/home", std::move(rules)).find(top() + folder, MonoTime{});
  }
  [[nodiscard]] std::string branch(const std::string& folder) const {
    return ProjectFinder(files, top() + "/home").branch(top() + folder, MonoTime{});
  }
  [[nodiscard]] Project project(const std::string& name, const std::string& root) const {
    return Project{name, top() + root};
  }
};

TEST_CASE("what git makes is understood", "[context][io]") {
  Git git;
  git.run("git init -q -b main harbor && cd harbor && git commit -q --allow-empty -m one");

  SECTION("a repository and its branches") {
    CHECK(git.find("/harbor") == git.project("harbor", "/harbor"));
    CHECK(git.branch("/harbor") == "main");
    git.run("cd harbor && git checkout -q -b ada/quay");
    CHECK(git.branch("/harbor") == "ada/quay");
    git.run("cd harbor && git checkout -q --detach");
    CHECK(git.branch("/harbor").empty());
  }
  SECTION("a worktree") {
    git.run("cd harbor && git worktree add -q -b side ../side-tree");
    CHECK(git.find("/side-tree") == git.project("harbor", "/side-tree"));
    CHECK(git.branch("/side-tree") == "side");
    CHECK(git.branch("/harbor") == "main");
  }
  SECTION("a worktree of a bare repository") {
    git.run(
        "git clone -q --bare harbor fleet.git && cd fleet.git && git worktree add -q ../tree main");
    CHECK(git.find("/tree") == git.project("fleet", "/tree"));
    CHECK(git.branch("/tree") == "main");
  }
  SECTION("a submodule, and a worktree that holds one") {
    git.run("git init -q -b main lib && cd lib && git commit -q --allow-empty -m one");
    git.run(
        "cd harbor && git -c protocol.file.allow=always submodule add -q ../lib deps/lib && "
        "git commit -q -m two");
    CHECK(git.find("/harbor/deps/lib") == git.project("lib", "/harbor/deps/lib"));
    CHECK(git.branch("/harbor/deps/lib") == "main");
    ProjectRules rules;
    rules.submodules = Submodules::parents;
    CHECK(git.find("/harbor/deps/lib", rules) == git.project("harbor", "/harbor"));
    git.run(
        "cd harbor && git worktree add -q ../side && cd ../side && "
        "git -c protocol.file.allow=always submodule update -q --init");
    CHECK(git.find("/side/deps/lib") == git.project("lib", "/side/deps/lib"));
    CHECK(git.find("/side/deps/lib", rules) == git.project("harbor", "/side"));
    CHECK(git.branch("/side/deps/lib").empty());
  }
  SECTION("a repository whose folder is elsewhere") {
    git.run(
        "git init -q -b main --separate-git-dir apart.dir apart && cd apart && "
        "git commit -q --allow-empty -m one");
    CHECK(git.find("/apart") == git.project("apart", "/apart"));
    CHECK(git.branch("/apart") == "main");
  }
  SECTION("a rebase that stopped") {
    git.run(
        "cd harbor && echo 1 >f && git add f && git commit -q -m two && git checkout -q -b quay "
        "HEAD~1 && "
        "echo 2 >f && git add f && git commit -q -m three && ! git rebase -q main");
    CHECK(git.branch("/harbor") == "quay");
  }
  SECTION("hashes of 256 bits") {
    git.run(
        "git init -q -b main --object-format=sha256 wide && cd wide && git commit -q --allow-empty "
        "-m one");
    CHECK(git.find("/wide") == git.project("wide", "/wide"));
    CHECK(git.branch("/wide") == "main");
  }
}

}  // namespace
}  // namespace vigil::agent
