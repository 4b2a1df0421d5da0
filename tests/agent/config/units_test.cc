#include "agent/config/units.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a duration is a whole number with its unit", "[config][unit]") {
  const auto [text, ms] = GENERATE(table<const char*, std::int64_t>({{"0s", 0},
                                                                     {"250ms", 250},
                                                                     {"60s", 60'000},
                                                                     {"15min", 900'000},
                                                                     {"15m", 900'000},
                                                                     {"1h", 3'600'000},
                                                                     {"14d", 1'209'600'000}}));
  CAPTURE(text);
  CHECK(parse_duration(text) == milliseconds(ms));
}

TEST_CASE("what is no duration gives nothing", "[config][unit]") {
  const auto* text = GENERATE("", "60", "s", "-1s", "1.5h", "1 s", "1sec", "1S", "+1s", " 1s",
                              "1s ", "99999999999999999999s", "9223372036854775807d");
  CAPTURE(text);
  CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a duration is written in its largest exact unit", "[config][unit]") {
  const auto [ms, text] = GENERATE(table<std::int64_t, const char*>({{0, "0ms"},
                                                                     {250, "250ms"},
                                                                     {1'500, "1500ms"},
                                                                     {60'000, "1min"},
                                                                     {90'000, "90s"},
                                                                     {86'400'000, "1d"}}));
  CHECK(format_duration(milliseconds(ms)) == text);
  CHECK(parse_duration(text) == milliseconds(ms));
}

TEST_CASE("sizes are powers of 1024", "[config][unit]") {
  CHECK(parse_size("512B") == 512);
  CHECK(parse_size("900KiB") == 921'600);
  CHECK(parse_size("1GiB") == 1'073'741'824);
  CHECK_FALSE(parse_size("1GB"));
  CHECK_FALSE(parse_size("1024"));
  CHECK_FALSE(parse_size("9223372036854775807GiB"));
  CHECK(format_size(1'073'741'824) == "1GiB");
  CHECK(format_size(1'536) == "1536B");
  CHECK(format_size(0) == "0B");
}

}  // namespace
}  // namespace vigil::agent
