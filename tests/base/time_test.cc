#include "base/time.h"

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

using namespace vigil;
using namespace std::chrono_literals;

static_assert(!std::is_convertible_v<WallTime, MonoTime>);
static_assert(!std::is_convertible_v<MonoTime, WallTime>);

TEST_CASE("times are written in UTC with milliseconds and read back", "[base][unit]") {
  CHECK(format_rfc3339(from_unix_ms(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_rfc3339(from_unix_ms(-1)) == "1969-12-31T23:59:59.999Z");
  const WallTime time = from_unix_ms(1'788'249'604'100);
  CHECK(parse_rfc3339(format_rfc3339(time)) == time);
}

TEST_CASE("all forms that logs use are read", "[base][unit]") {
  const auto expected = parse_rfc3339("2026-09-01T08:00:04.100Z");
  REQUIRE(expected);
  for (const auto* text : {"2026-09-01t08:00:04.1z", "2026-09-01 08:00:04.100999999Z",
                           "2026-09-01T10:00:04.100+02:00", "2026-09-01T00:30:04.100-07:30"}) {
    CAPTURE(text);
    CHECK(parse_rfc3339(text) == expected);
  }
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST_CASE("what is no time is refused", "[base][unit]") {
  for (const auto* text :
       {"", "2026", "2026-09-01", "2026-09-01T08:00:04", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-09-01T24:00:00Z", "2026-09-01T08:60:00Z",
        "2026-09-01T08:00:61Z", "2026-09-01T08:00:04.Z", "2026-09-01T08:00:04.0123456789Z",
        "2026-09-01T08:00:04Z ", "2026-09-01T08:00:04+0200", "2026-09-01T08:00:04+24:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("no beginning of a time is a time", "[base][unit]") {
  const std::string whole = "2026-09-01T08:00:04.100+02:00";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_rfc3339(whole.substr(0, size)));
  }
}

TEST_CASE("times beyond four-digit years are clamped when written", "[base][unit]") {
  CHECK(format_rfc3339(WallTime::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(WallTime::min()) == "0000-01-01T00:00:00.000Z");
}
