#include "agent/hub/rate_limit.h"

#include <catch2/catch.hpp>

#include "tests/support/manual_clock.h"

namespace vigil::agent {
namespace {

constexpr MonoTime kStart = vigil::test::ManualClock::kMonoStart;
const SourceId kSource("laptop");

TEST_CASE("a hundred requests at once pass, the next one waits its turn", "[hub][unit]") {
  RateLimiter limiter(RateLimits{});
  for (int i = 0; i < 100; ++i) REQUIRE_FALSE(limiter.take(kSource, 1, kStart));
  CHECK(limiter.take(kSource, 1, kStart) == milliseconds(10));
  CHECK_FALSE(limiter.take(SourceId("desk"), 1, kStart));
  CHECK_FALSE(limiter.take(kSource, 1, kStart + milliseconds(10)));
  CHECK(limiter.take(kSource, 1, kStart + milliseconds(10)));
}

TEST_CASE("a refused request costs nothing", "[hub][unit]") {
  RateLimiter limiter({.requests_per_second = 1, .bytes_per_second = 0});
  CHECK_FALSE(limiter.take(kSource, 1, kStart));
  for (int i = 0; i < 10; ++i) CHECK(limiter.take(kSource, 1, kStart));
  CHECK_FALSE(limiter.take(kSource, 1, kStart + std::chrono::seconds(1)));
}

TEST_CASE("bytes are limited too, and one huge request still passes alone", "[hub][unit]") {
  RateLimiter limiter({.requests_per_second = 0, .bytes_per_second = 1'000});
  CHECK_FALSE(limiter.take(kSource, 5'000, kStart));
  CHECK(limiter.take(kSource, 500, kStart) == milliseconds(500));
  CHECK_FALSE(limiter.take(kSource, 500, kStart + milliseconds(500)));
}

TEST_CASE("rest saves up a second's worth and no more", "[hub][unit]") {
  RateLimiter limiter({.requests_per_second = 2, .bytes_per_second = 0});
  CHECK_FALSE(limiter.take(kSource, 1, kStart));
  const MonoTime later = kStart + std::chrono::hours(1);
  CHECK_FALSE(limiter.take(kSource, 1, later));
  CHECK_FALSE(limiter.take(kSource, 1, later));
  CHECK(limiter.take(kSource, 1, later));
}

TEST_CASE("zero lifts the limits", "[hub][unit]") {
  RateLimiter limiter({.requests_per_second = 0, .bytes_per_second = 0});
  for (int i = 0; i < 1'000; ++i) REQUIRE_FALSE(limiter.take(kSource, 1'000'000'000, kStart));
}

}  // namespace
}  // namespace vigil::agent
