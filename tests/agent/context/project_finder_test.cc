#include "agent/context/project_finder.h"

#include <catch2/catch.hpp>

#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

/// A disk on which a project is looked for; `rules` hold from the first look on.
struct Fixture {
  test::MemoryFileSystem files;
  ProjectRules rules;
  MonoTime now{};
  std::optional<ProjectFinder> made;

  ProjectFinder& finder() {
    if (!made) made.emplace(files, "/home/ada", rules);
    return *made;
  }

  std::optional<Project> find(const std::string& directory) {
    return finder().find(directory, now);
  }
  std::string branch(const std::string& directory) { return finder().branch(directory, now); }
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
  CHECK_FALSE(f.finder().find("/src/new", MonoTime{} + std::chrono::seconds{59}));
  CHECK(f.finder().find("/src/new", MonoTime{} + std::chrono::seconds{60}));
}

TEST_CASE("more directories than are remembered cost nothing but another look", "[context][unit]") {
  Fixture f;
  f.repository("/src/harbor");
  for (std::size_t i = 0; i <= ProjectFinder::kRemembered; ++i) {
    CHECK(f.find("/src/harbor/" + std::to_string(i)));
  }
}

TEST_CASE("a project file names project and branch for all below it", "[context][unit]") {
  Fixture f;
  f.repository("/src/fleet");
  f.files.write("/src/fleet/.git/HEAD", "ref: refs/heads/main\n");
  f.files.write("/src/fleet/harbor/.wakatime-project", "Harbor\nrelease\n");
  CHECK(f.find("/src/fleet/harbor/src") == Project{"Harbor", "/src/fleet/harbor"});
  CHECK(f.branch("/src/fleet/harbor/src") == "release");
  CHECK(f.find("/src/fleet/docs") == Project{"fleet", "/src/fleet"});
  CHECK(f.branch("/src/fleet/docs") == "main");
}

TEST_CASE("an empty project file marks its folder and leaves the branch", "[context][unit]") {
  Fixture f;
  f.repository("/src/fleet");
  f.files.write("/src/fleet/.git/HEAD", "ref: refs/heads/main\n");
  f.files.write("/src/fleet/harbor/.vigil-project", "");
  CHECK(f.find("/src/fleet/harbor/src") == Project{"harbor", "/src/fleet/harbor"});
  CHECK(f.branch("/src/fleet/harbor/src") == "main");
}

TEST_CASE("of two project files the nearest holds, in one folder Vigil's", "[context][unit]") {
  Fixture f;
  f.files.write("/src/.wakatime-project", "All\n");
  f.files.write("/src/a/.wakatime-project", "Theirs\n");
  f.files.write("/src/a/.vigil-project", "Mine\n");
  f.repository("/src/b");
  CHECK(f.find("/src/a/x") == Project{"Mine", "/src/a"});
  CHECK(f.find("/src/b/x") == Project{"All", "/src"});
}

TEST_CASE("a project file may use the remote repository's name", "[context][unit]") {
  Fixture f;
  f.repository("/src/local");
  f.files.write("/src/local/.wakatime-project", "work/{project}\n");
  CHECK(f.find("/src/local") == Project{"work/local", "/src/local"});
  f.files.write("/src/local/.git/config",
                "[remote \"origin\"]\n\turl = https://ada:secret@host.example/fleet/harbor.git\n");
  f.now += std::chrono::minutes{2};
  CHECK(f.find("/src/local") == Project{"work/fleet/harbor", "/src/local"});
}

TEST_CASE("a configured folder goes before the repository in it", "[context][unit]") {
  Fixture f;
  f.rules.map = {{"/src", "Everything"}, {"/src/fleet", "Fleet"}};
  f.repository("/src/fleet/harbor");
  f.repository("/src/fleetness");
  f.files.write("/src/fleet/harbor/docs/.vigil-project", "Docs");
  CHECK(f.find("/src/fleet/harbor") == Project{"Fleet", "/src/fleet"});
  CHECK(f.find("/src/fleet") == Project{"Fleet", "/src/fleet"});
  CHECK(f.find("/src/fleetness") == Project{"Everything", "/src"});
  CHECK(f.find("/src/fleet/harbor/docs") == Project{"Docs", "/src/fleet/harbor/docs"});
}

TEST_CASE("a submodule is its parent's where that is configured", "[context][unit]") {
  Fixture f;
  f.rules.submodules = Submodules::parents;
  f.repository("/src/harbor");
  f.files.write("/src/harbor/.git/HEAD", "ref: refs/heads/main\n");
  f.files.write("/src/harbor/lib/.git", "gitdir: ../.git/modules/lib\n");
  f.files.write("/src/harbor/lib/deep/.git", "gitdir: ../../.git/modules/lib/modules/deep\n");
  f.files.write("/src/alone/.git", "gitdir: /elsewhere/.git/modules/alone\n");
  CHECK(f.find("/src/harbor/lib/src") == Project{"harbor", "/src/harbor"});
  CHECK(f.find("/src/harbor/lib/deep") == Project{"harbor", "/src/harbor"});
  CHECK(f.branch("/src/harbor/lib/src") == "main");
  CHECK(f.find("/src/alone") == Project{"alone", "/src/alone"});
}

TEST_CASE("a repository inside another one's folder is no submodule", "[context][unit]") {
  Fixture f;
  f.rules.submodules = Submodules::parents;
  f.repository("/src/harbor");
  f.repository("/src/harbor/vendor/inner");
  CHECK(f.find("/src/harbor/vendor/inner") == Project{"inner", "/src/harbor/vendor/inner"});
}

TEST_CASE("worktrees of a bare repository have its name", "[context][unit]") {
  const auto [bare, name] =
      GENERATE(table<std::string, std::string>({{"/srv/git/harbor.git", "harbor"},
                                                {"/src/harbor/.bare", "harbor"},
                                                {"/srv/harbor", "harbor"}}));
  Fixture f;
  f.files.write("/src/tree/.git", "gitdir: " + bare + "/worktrees/tree\n");
  f.files.write(bare + "/worktrees/tree/commondir", "../..\n");
  CHECK(f.find("/src/tree") == Project{name, "/src/tree"});
}

TEST_CASE("other systems' working trees are projects too", "[context][unit]") {
  const auto mark = GENERATE(as<std::string>{}, ".hg", ".svn", ".jj", ".bzr", ".pijul", "_darcs");
  Fixture f;
  f.files.mkdir("/src/harbor/" + mark);
  CHECK(f.find("/src/harbor/src") == Project{"harbor", "/src/harbor"});
}

TEST_CASE("Mercurial's branch is the one of the next commit", "[context][unit]") {
  Fixture f;
  f.files.mkdir("/src/harbor/.hg");
  CHECK(f.branch("/src/harbor") == "default");
  f.files.write("/src/harbor/.hg/branch", "stable\n");
  CHECK(f.branch("/src/harbor") == "stable");
}

TEST_CASE("Subversion's project and branch follow from the usual layout", "[context][unit]") {
  Fixture f;
  for (const char* root : {"/src/harbor/trunk", "/src/harbor/branches/quay", "/src/plain"}) {
    f.files.mkdir(std::string(root) + "/.svn");
  }
  CHECK(f.find("/src/harbor/trunk/a") == Project{"harbor", "/src/harbor/trunk"});
  CHECK(f.branch("/src/harbor/trunk/a") == "trunk");
  CHECK(f.find("/src/harbor/branches/quay") == Project{"harbor", "/src/harbor/branches/quay"});
  CHECK(f.branch("/src/harbor/branches/quay") == "quay");
  CHECK(f.find("/src/plain") == Project{"plain", "/src/plain"});
  CHECK(f.branch("/src/plain").empty());
}

TEST_CASE("a package names the project where there is no repository", "[context][unit]") {
  Fixture f;
  f.files.write("/src/app/package.json", R"({"name": "harbor-app"})");
  f.files.write("/src/app/node_modules/left/package.json", R"({"name": "left"})");
  CHECK(f.find("/src/app/src") == Project{"harbor-app", "/src/app"});
  CHECK(f.find("/src/app/node_modules/left/lib") == Project{"harbor-app", "/src/app"});
  f.repository("/src");
  f.now += std::chrono::minutes{2};
  CHECK(f.find("/src/app/src") == Project{"src", "/src"});
}

TEST_CASE("a package without a name is called as its folder", "[context][unit]") {
  Fixture f;
  f.files.write("/src/app/Cargo.toml", "[workspace]\nmembers = []\n");
  CHECK(f.find("/src/app/src") == Project{"app", "/src/app"});
}

TEST_CASE("what lies in the home directory itself is nobody's, unless a file says so",
          "[context][unit]") {
  Fixture f;
  f.files.write("/home/ada/package.json", R"({"name": "stray"})");
  f.files.mkdir("/home/ada/.hg");
  f.files.write("/home/.vigil-project", "Not hers");
  CHECK_FALSE(f.find("/home/ada/notes"));
  f.files.write("/home/ada/.vigil-project", "Hers");
  f.now += std::chrono::minutes{2};
  CHECK(f.find("/home/ada/notes") == Project{"Hers", "/home/ada"});
}

TEST_CASE("the branch is read at the moment of asking", "[context][unit]") {
  Fixture f;
  f.repository("/src/harbor");
  f.files.write("/src/harbor/.git/HEAD", "ref: refs/heads/main\n");
  CHECK(f.branch("/src/harbor") == "main");
  f.files.write("/src/harbor/.git/HEAD", "ref: refs/heads/quay\n");
  CHECK(f.branch("/src/harbor") == "quay");
}

TEST_CASE("a folder is mapped by FOLDER=NAME", "[context][unit]") {
  CHECK(parse_mapped_folder("/src/a/=A") == MappedFolder{"/src/a", "A"});
  CHECK(parse_mapped_folder("/src/a = A = B") == MappedFolder{"/src/a", "A = B"});
  for (const char* text : {"", "=", "/src/a", "/src/a=", "=A", "src=A", "/=A", "/a=A\nB"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_mapped_folder(text));
  }
}

}  // namespace
}  // namespace vigil::agent
