#include "agent/saves/git_activity.h"

#include <catch2/catch.hpp>

#include "tests/agent/saves/changes.h"

namespace vigil::agent {
namespace {

using test::at_ms;
using test::Changes;
using watcher::TreeChange;

TEST_CASE("Git is at work between the creation of its lock and shortly after its end") {
  GitActivity git;
  Changes change;
  const auto before = change(0, "/p/.git", "x", 0);
  git.changed("/p", change(10, "/p/.git", "index.lock", TreeChange::created));
  const auto during = change(20, "/p", "a", 0);
  CHECK(git.was_busy("/p/a", during.first, during.at));
  CHECK(git.was_busy("/p/deep/down/a", during.first, during.at));
  CHECK_FALSE(git.was_busy("/q/a", during.first, during.at));
  CHECK_FALSE(git.was_busy("/p/a", before.first, before.at));

  git.changed("/p", change(50, "/p/.git", "index.lock", TreeChange::moved_out));
  CHECK(git.was_busy("/p/a", 9, at_ms(350)));
  CHECK_FALSE(git.was_busy("/p/a", 9, at_ms(351)));
}

TEST_CASE("A lock that came and went unseen counts from its first event") {
  GitActivity git;
  Changes change;
  auto lock = change(0, "/p/.git", "index.lock", TreeChange::created | TreeChange::moved_out);
  const auto file = change(10, "/p", "a", 0);
  lock.last = change(0, "", "", 0).first;
  lock.at = at_ms(700);
  git.changed("/p", lock);
  CHECK(git.was_busy("/p/a", file.first, file.at));
}

TEST_CASE("A lock that a crash left does not count for ever") {
  GitActivity git;
  Changes change;
  git.changed("/p", change(0, "/p/.git", "index.lock", TreeChange::created));
  CHECK(git.was_busy("/p/a", 5, at_ms(0) + GitActivity::kLockLife));
  CHECK_FALSE(git.was_busy("/p/a", 5, at_ms(1) + GitActivity::kLockLife));
}

TEST_CASE("Other files of a repository say nothing") {
  GitActivity git;
  Changes change;
  git.changed("/p", change(0, "/p/.git", "FETCH_HEAD", TreeChange::created));
  CHECK_FALSE(git.was_busy("/p/a", 5, at_ms(10)));
}

}  // namespace
}  // namespace vigil::agent
