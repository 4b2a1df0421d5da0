#include "agent/daemon/state_lock.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/temporary_directory.h"

namespace vigil::agent {

TEST_CASE("the second agent on a state directory is told who has it", "[daemon][io]") {
  const test::TemporaryDirectory folder;
  {
    const auto first = StateLock::take(folder.path());
    REQUIRE(first);
    const auto second = StateLock::take(folder.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::busy);
    CHECK(second.error().message ==
          "another agent (pid " + std::to_string(::getpid()) + ") uses " + folder.path());
  }
  CHECK(StateLock::take(folder.path()));
}

TEST_CASE("a state directory that is not there cannot be locked", "[daemon][io]") {
  const auto lock = StateLock::take("/nowhere/at/all");
  REQUIRE_FALSE(lock);
  CHECK(lock.error().code == Errc::io);
}

}  // namespace vigil::agent
