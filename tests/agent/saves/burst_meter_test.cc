#include "agent/saves/burst_meter.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/agent/saves/changes.h"

namespace vigil::agent {
namespace {

using test::at_ms;

TEST_CASE("Four files within a second are a burst, three are not") {
  BurstMeter meter;
  for (int i = 0; i < 3; ++i) meter.add("/p/" + std::to_string(i), at_ms(100 * i));
  CHECK_FALSE(meter.is_burst(at_ms(0)));
  meter.add("/p/3", at_ms(1'000));
  CHECK(meter.is_burst(at_ms(0)));
  CHECK(meter.is_burst(at_ms(1'000)));
  CHECK_FALSE(meter.is_burst(at_ms(1'001)));
}

TEST_CASE("A file that is written again and again is one file") {
  BurstMeter meter;
  for (int i = 0; i < 50; ++i) meter.add("/p/a", at_ms(20 * i));
  CHECK_FALSE(meter.is_burst(at_ms(500)));
}

TEST_CASE("Ten files within five seconds are a burst, however evenly they come") {
  BurstMeter meter;
  for (int i = 0; i < 9; ++i) meter.add("/p/" + std::to_string(i), at_ms(500 * i));
  CHECK_FALSE(meter.is_burst(at_ms(2'000)));
  meter.add("/p/9", at_ms(4'500));
  CHECK(meter.is_burst(at_ms(2'000)));
}

TEST_CASE("Old writes are forgotten") {
  BurstMeter meter;
  for (std::size_t i = 0; i <= BurstMeter::kRemembered; ++i) {
    meter.add("/p/" + std::to_string(i), at_ms(static_cast<std::int64_t>(i) * 10'000));
  }
  CHECK_FALSE(meter.is_burst(at_ms(0)));
}

}  // namespace
}  // namespace vigil::agent
