#include "agent/context/git_checkout.h"

#include <catch2/catch.hpp>

#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

struct Fixture {
  test::MemoryFileSystem files;

  Fixture() { files.mkdir("/src/harbor/.git"); }

  std::string branch() {
    const auto checkout = git_checkout_at(files, "/src/harbor");
    REQUIRE(checkout);
    return git_branch(files, *checkout);
  }
  std::string branch_with_head(const std::string& head) {
    files.write("/src/harbor/.git/HEAD", head);
    return branch();
  }
  std::string remote_with_config(const std::string& config) {
    files.write("/src/harbor/.git/config", config);
    return git_remote(files, *git_checkout_at(files, "/src/harbor"));
  }
};

TEST_CASE("a branch is what HEAD refers to", "[context][unit]") {
  const auto [head, branch] = GENERATE(table<std::string, std::string>({
      {"ref: refs/heads/main\n", "main"},
      {"ref: refs/heads/ada/quay walls\n", "ada/quay walls"},
      {"ref: refs/heads/main", "main"},
      {"ref: refs/heads/.invalid\n", ""},  // reftable
      {"4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", ""},
      {"ref: refs/remotes/origin/main\n", ""},
      {"ref: refs/heads/\n", ""},
      {"ref: refs/heads/a\x01z\n", ""},
      {"ref:", ""},
      {"", ""},
  }));
  Fixture f;
  CAPTURE(head);
  CHECK(f.branch_with_head(head) == branch);
}

TEST_CASE("no HEAD, no branch", "[context][unit]") {
  Fixture f;
  CHECK(f.branch().empty());
  f.files.write("/src/harbor/.git/HEAD", std::string(10'000, 'x'));
  CHECK(f.branch().empty());
  f.files.write("/src/harbor/.git/HEAD", "ref: refs/heads/main\n");
  f.files.deny("/src/harbor/.git/HEAD");
  CHECK(f.branch().empty());
}

TEST_CASE("during a rebase the branch is the one that is rebased", "[context][unit]") {
  Fixture f;
  const std::string detached = "4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
  f.files.write("/src/harbor/.git/rebase-merge/head-name", "refs/heads/quay\n");
  CHECK(f.branch_with_head(detached) == "quay");
  f.files.write("/src/harbor/.git/rebase-merge/head-name", "detached HEAD\n");
  CHECK(f.branch_with_head(detached).empty());
  CHECK(f.branch_with_head("ref: refs/heads/main\n") == "main");
}

TEST_CASE("a worktree has a branch of its own", "[context][unit]") {
  Fixture f;
  f.files.write("/src/harbor/.git/HEAD", "ref: refs/heads/main\n");
  f.files.write("/src/harbor/.git/worktrees/side/HEAD", "ref: refs/heads/side\n");
  f.files.write("/src/harbor/.git/worktrees/side/commondir", "../..\n");
  f.files.write("/src/side/.git", "gitdir: /src/harbor/.git/worktrees/side\n");
  const auto checkout = git_checkout_at(f.files, "/src/side");
  REQUIRE(checkout);
  CHECK(*checkout == GitCheckout{"/src/side", "/src/harbor/.git/worktrees/side", "/src/harbor/.git",
                                 "harbor", GitKind::worktree});
  CHECK(git_branch(f.files, *checkout) == "side");
}

TEST_CASE("a .git that is a link is followed", "[context][unit]") {
  Fixture f;
  f.files.write("/src/harbor/.git/HEAD", "ref: refs/heads/main\n");
  f.files.mkdir("/src/copy");
  f.files.symlink("/src/harbor/.git", "/src/copy/.git");
  const auto checkout = git_checkout_at(f.files, "/src/copy");
  REQUIRE(checkout);
  CHECK(checkout->repository == "copy");
  CHECK(git_branch(f.files, *checkout) == "main");
  f.files.mkdir("/src/broken");
  f.files.symlink("/src/nowhere", "/src/broken/.git");
  CHECK_FALSE(git_checkout_at(f.files, "/src/broken"));
}

TEST_CASE("a .git file that leads nowhere is still somebody's project", "[context][unit]") {
  const auto text = GENERATE(as<std::string>{}, "", "gitdir: ", "gitdir: /gone\n", "\xFF\xFE");
  Fixture f;
  f.files.write("/src/torn/.git", text);
  const auto checkout = git_checkout_at(f.files, "/src/torn");
  REQUIRE(checkout);
  CHECK(checkout->repository == "torn");
  CHECK(git_branch(f.files, *checkout).empty());
  CHECK(git_remote(f.files, *checkout).empty());
}

TEST_CASE("a remote is origin's address without credentials", "[context][unit]") {
  Fixture f;
  CHECK(f.remote_with_config("[core]\n\tbare = false\n[remote \"fork\"]\n\turl = https://x/y\n"
                             "[remote \"origin\"]\n\tfetch = +refs\n"
                             "\turl = https://ada:s3cret@host.example/fleet/harbor.git\n") ==
        "https://host.example/fleet/harbor.git");
  CHECK(f.remote_with_config("[core]\n\tbare = false\n").empty());
  CHECK(f.remote_with_config("[remote \"origin\"]\n").empty());
}

}  // namespace
}  // namespace vigil::agent
