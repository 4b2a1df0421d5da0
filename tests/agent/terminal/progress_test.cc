#include "agent/terminal/progress.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

constexpr std::uint64_t kMebibyte = 1'048'576;

MonoTime at(std::int64_t ms) {
  return MonoTime{std::chrono::milliseconds(ms)};
}

TEST_CASE("short work shows nothing and leaves nothing to clear", "[terminal][unit]") {
  Progress progress(at(0), 80);
  CHECK_FALSE(progress.step(at(299), 10, 100));
  CHECK(progress.finish().empty());
}

TEST_CASE("the line tells share, bytes, rate and what remains", "[terminal][unit]") {
  Progress progress(at(0), 80);
  CHECK(progress.step(at(1'000), 25 * kMebibyte, 100 * kMebibyte) ==
        "\r\x1b[2K[#######.......................] 25%  25.0 MiB of 100 MiB  25.0 MiB/s  3s left");
  CHECK(progress.finish() == "\r\x1b[2K");
}

TEST_CASE("the line is drawn ten times a second at most", "[terminal][unit]") {
  Progress progress(at(0), 80);
  CHECK(progress.step(at(300), 1, 100));
  CHECK_FALSE(progress.step(at(399), 2, 100));
  CHECK(progress.step(at(400), 2, 100));
}

TEST_CASE("the line fits its terminal at every width and every state", "[terminal][unit]") {
  const std::uint64_t total = GENERATE(1U, 99U, 1'048'576U, UINT64_MAX);
  const std::uint64_t share = GENERATE(0U, 1U, 2U);
  for (std::size_t columns = 0; columns < 120; ++columns) {
    Progress progress(at(0), columns);
    const auto line = progress.step(at(1'000), total / 2 * share, total);
    REQUIRE(line);
    CHECK(line->size() - 5 < std::max<std::size_t>(columns, 20));
  }
}

TEST_CASE("more read than was known counts as all", "[terminal][unit]") {
  Progress progress(at(0), 80);
  CHECK(progress.step(at(1'000), 300, 200)->find("100%") != std::string::npos);
  CHECK_FALSE(progress.step(at(2'000), 0, 0));
}

}  // namespace
}  // namespace vigil::agent
