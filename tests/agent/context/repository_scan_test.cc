#include "agent/context/repository_scan.h"

#include <catch2/catch.hpp>

#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

using test::ManualClock;
using test::MemoryFileSystem;

/// A clock on which each look at it takes a while.
class SlowClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall_now() const override { return {}; }
  [[nodiscard]] MonoTime mono_now() const override {
    return now_ += std::chrono::milliseconds(100);
  }

 private:
  mutable MonoTime now_{};
};

void make_repository(MemoryFileSystem& files, const std::string& root, int minutes) {
  files.set_time(ManualClock::kWallStart + std::chrono::minutes(minutes));
  files.write(root + "/.git/HEAD", "ref: refs/heads/main\n");
  files.write(root + "/.git/index", "");
}

std::vector<std::string> roots(const RepositoryScan& scan) {
  std::vector<std::string> out;
  for (const auto& one : scan.repositories) out.push_back(one.root);
  return out;
}

using Roots = std::vector<std::string>;

TEST_CASE("repositories are found where people keep them, the one used last first",
          "[context][unit]") {
  MemoryFileSystem files;
  make_repository(files, "/home/u/src/old", 1);
  make_repository(files, "/home/u/middle", 2);
  make_repository(files, "/home/u/work/team/new", 3);
  files.mkdir("/home/u/src/svn/.svn");
  const auto scan = find_repositories(files, ManualClock(), "/home/u");
  CHECK(scan.is_complete);
  CHECK(roots(scan) ==
        Roots{"/home/u/src/svn", "/home/u/work/team/new", "/home/u/middle", "/home/u/src/old"});
  CHECK(scan.repositories[1].name == "new");
  CHECK(scan.repositories[1].last_used - scan.repositories[2].last_used >= std::chrono::minutes(1));
}

TEST_CASE("repositories, hidden folders and what tools fill are not looked into",
          "[context][unit]") {
  MemoryFileSystem files;
  make_repository(files, "/home/u", 1);  // dot files
  make_repository(files, "/home/u/harbor", 2);
  make_repository(files, "/home/u/harbor/third/party", 3);
  make_repository(files, "/home/u/.cache/tool", 4);
  make_repository(files, "/home/u/web/node_modules/dep", 5);
  make_repository(files, "/elsewhere/linked", 6);
  files.symlink("/elsewhere", "/home/u/elsewhere");
  CHECK(roots(find_repositories(files, ManualClock(), "/home/u")) == Roots{"/home/u/harbor"});
}

TEST_CASE("a search ends at each of its limits, with what is near", "[context][unit]") {
  MemoryFileSystem files;
  make_repository(files, "/home/u/near", 1);
  make_repository(files, "/home/u/a/b/far", 2);
  const ManualClock clock;
  const auto ends = [&](RepositoryScanLimits limits) {
    const auto scan = find_repositories(files, clock, "/home/u", limits);
    CHECK_FALSE(scan.is_complete);
    CHECK(roots(scan) == Roots{"/home/u/near"});
  };
  ends({.depth = 2});
  ends({.directories = 3});
  ends({.repositories = 1});
  CHECK(find_repositories(files, clock, "/home/u", {.depth = 3}).repositories.size() == 2);
  const auto slow =
      find_repositories(files, SlowClock(), "/home/u", {.time = std::chrono::milliseconds(350)});
  CHECK_FALSE(slow.is_complete);
  CHECK(roots(slow) == Roots{"/home/u/near"});
}

TEST_CASE("there is nothing to find in what is not there or cannot be read", "[context][unit]") {
  MemoryFileSystem files;
  make_repository(files, "/home/u/closed/harbor", 1);
  files.deny("/home/u/closed");
  CHECK(find_repositories(files, ManualClock(), "/home/u").repositories.empty());
  CHECK(find_repositories(files, ManualClock(), "/home/nobody").repositories.empty());
}

}  // namespace
}  // namespace vigil::agent
