#include "agent/context/project_finder.h"

#include <catch2/catch.hpp>

#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

struct Fixture {
  test::MemoryFileSystem files;
  ProjectFinder finder{files, "/home/ada"};

  std::optional<Project> find(const std::string& directory) {
    return finder.find(directory, MonoTime{});
  }
  void repository(const std::string& root) {
    REQUIRE(files.make_directories(root + "/.git", 0755));
  }
};

TEST_CASE("a directory belongs to the nearest repository above it", "[context][unit]") {
  Fixture f;
  f.repository("/src/outer");
  f.repository("/src/outer/vendor/inner");
  CHECK(f.find("/src/outer/a/b") == Project{"outer", "/src/outer"});
  CHECK(f.find("/src/outer/vendor/inner") == Project{"inner", "/src/outer/vendor/inner"});
  CHECK_FALSE(f.find("/src"));
}

TEST_CASE("a linked worktree counts as its repository", "[context][unit]") {
  Fixture f;
  f.repository("/src/harbor");
  REQUIRE(f.files.make_directories("/src/harbor/.git/worktrees/tables", 0755));
  REQUIRE(f.files.make_directories("/src/harbor-tables", 0755));
  REQUIRE(f.files.create("/src/harbor-tables/.git", "gitdir: /src/harbor/.git/worktrees/tables\n",
                         0644));
  REQUIRE(f.files.create("/src/harbor/.git/worktrees/tables/commondir", "../..\n", 0644));
  CHECK(f.find("/src/harbor-tables/src") == Project{"harbor", "/src/harbor-tables"});
}

TEST_CASE("a submodule stays a project of its own", "[context][unit]") {
  Fixture f;
  f.repository("/src/harbor");
  REQUIRE(f.files.make_directories("/src/harbor/lib", 0755));
  REQUIRE(f.files.create("/src/harbor/lib/.git", "gitdir: ../.git/modules/lib\n", 0644));
  CHECK(f.find("/src/harbor/lib") == Project{"lib", "/src/harbor/lib"});
}

TEST_CASE("a home directory under git is nobody's project", "[context][unit]") {
  Fixture f;
  f.repository("/home/ada");
  CHECK_FALSE(f.find("/home/ada/notes"));
  CHECK_FALSE(f.find("/home/ada"));
}

TEST_CASE("worktrees that are gone are known by their place", "[context][unit]") {
  Fixture f;
  CHECK(f.find("/src/harbor/.claude/worktrees/side/src") ==
        Project{"harbor", "/src/harbor/.claude/worktrees/side"});
  CHECK(f.find("/home/ada/.codex/worktrees/a1b2/harbor/src") ==
        Project{"harbor", "/home/ada/.codex/worktrees/a1b2/harbor"});
}

TEST_CASE("an answer is looked up again after a minute", "[context][unit]") {
  Fixture f;
  CHECK_FALSE(f.find("/src/new"));
  f.repository("/src/new");
  CHECK_FALSE(f.finder.find("/src/new", MonoTime{} + std::chrono::seconds{59}));
  CHECK(f.finder.find("/src/new", MonoTime{} + std::chrono::seconds{60}));
}

TEST_CASE("more directories than are remembered cost nothing but another look", "[context][unit]") {
  Fixture f;
  f.repository("/src/harbor");
  for (std::size_t i = 0; i <= ProjectFinder::kRemembered; ++i) {
    CHECK(f.find("/src/harbor/" + std::to_string(i)));
  }
}

}  // namespace
}  // namespace vigil::agent
