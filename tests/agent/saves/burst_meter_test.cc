#include "agent/saves/burst_meter.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

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

bool has_run(const std::vector<int>& sorted, int at, std::size_t files, int span) {
  for (std::size_t i = 0; i + files <= sorted.size(); ++i) {
    const int last = sorted[i + files - 1];
    if (sorted[i] <= at && last >= at && last - sorted[i] <= span) return true;
  }
  return false;
}

TEST_CASE("Bursts are those that counting every run finds") {
  std::mt19937 random(1);
  const auto below = [&random](int end) {
    return static_cast<int>(random() % static_cast<unsigned>(end));
  };
  for (int round = 0; round < 2'000; ++round) {
    BurstMeter meter;
    std::vector<int> times;
    for (int i = below(30); i > 0; --i) {
      times.push_back(below(12'000));
      meter.add(std::to_string(i), at_ms(times.back()));
    }
    std::ranges::sort(times);
    const int at = times.empty() || below(2) == 0
                       ? below(12'000)
                       : times[static_cast<std::size_t>(below(static_cast<int>(times.size())))];
    REQUIRE(meter.is_burst(at_ms(at)) ==
            (has_run(times, at, 4, 1'000) || has_run(times, at, 10, 5'000)));
  }
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
