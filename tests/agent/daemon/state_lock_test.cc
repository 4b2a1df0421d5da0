#include "agent/daemon/state_lock.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

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

TEST_CASE("who has patience gets a lock that is held for a moment", "[daemon][io]") {
  const test::TemporaryDirectory folder;
  std::optional<StateLock> moment(StateLock::take(folder.path()).value());
  const std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    moment.reset();
  });
  CHECK(StateLock::take(folder.path(), std::chrono::seconds(20)));
}

TEST_CASE("a state directory that is not there cannot be locked", "[daemon][io]") {
  const auto lock = StateLock::take("/nowhere/at/all");
  REQUIRE_FALSE(lock);
  CHECK(lock.error().code == Errc::io);
}

}  // namespace vigil::agent
