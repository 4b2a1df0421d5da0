#include "agent/daemon/signals.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include "agent/daemon/wake_up.h"

namespace vigil::agent {
namespace {

bool is_blocked(int number) {
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return ::sigismember(&mask, number) == 1;
}

TEST_CASE("signals become values, and are the system's again afterwards", "[daemon][io]") {
  {
    Signals signals;
    CHECK(signals.take().empty());
    ::raise(SIGHUP);
    ::raise(SIGTERM);
    ::raise(SIGPIPE);
    auto taken = signals.take();
    std::ranges::sort(taken);
    CHECK(taken == std::vector{Signal::stop, Signal::reload});
    CHECK(is_blocked(SIGINT));
  }
  CHECK_FALSE(is_blocked(SIGINT));
  CHECK_FALSE(is_blocked(SIGTERM));
}

TEST_CASE("waiting ends at once when something is there or the time has come", "[daemon][io]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const UniqueFd reading(ends[0]);
  const UniqueFd writing(ends[1]);
  const MonoTime now{};
  const std::array fds{-1, reading.get()};
  wait_for_wake_up(fds, now, now);
  wait_for_wake_up(fds, now, now - std::chrono::hours{1});
  wait_for_wake_up(fds, now, now + milliseconds{1});
  REQUIRE(::write(writing.get(), "x", 1) == 1);
  wait_for_wake_up(fds, now, MonoTime::max());
}

}  // namespace
}  // namespace vigil::agent
