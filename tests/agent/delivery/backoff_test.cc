#include "agent/delivery/backoff.h"

#include <catch2/catch.hpp>

namespace {

using namespace vigil;
using namespace vigil::agent;
using std::chrono::milliseconds;

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(unsigned value) : value_(static_cast<std::byte>(value)) {}
  void fill(std::span<std::byte> out) override { std::ranges::fill(out, value_); }

 private:
  std::byte value_;
};

}  // namespace

TEST_CASE("waits double from a second to a minute, times 0.5 to 1.5", "[delivery][unit]") {
  FixedRandom least(0);
  FixedRandom most(255);
  const auto [attempts, seconds] = GENERATE(table<std::uint32_t, int>(
      {{1, 1}, {2, 2}, {3, 4}, {6, 32}, {7, 60}, {8, 60}, {4'000'000'000, 60}}));
  CHECK(wait_after(attempts, kRetryBackoff, least) == milliseconds(seconds * 500));
  CHECK(wait_after(attempts, kRetryBackoff, most) == milliseconds(seconds * 1'500));
}

TEST_CASE("where a person must act the wait grows to a quarter of an hour", "[delivery][unit]") {
  FixedRandom least(0);
  CHECK(wait_after(1, kPauseBackoff, least) == milliseconds(2'500));
  CHECK(wait_after(50, kPauseBackoff, least) == std::chrono::minutes(5));
}
