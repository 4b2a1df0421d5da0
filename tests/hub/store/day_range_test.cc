#include "agent/hub/store/day_range.h"

#include <catch2/catch.hpp>
#include <string>

namespace vigil::agent {
namespace {

std::string shown(const std::optional<std::chrono::local_days>& day) {
  return day ? format_day(*day) : "open";
}

}  // namespace

TEST_CASE("a range's words mean days up to today, today being one of them", "[hub][unit]") {
  const auto [today, word, first, last] =
      GENERATE(table<const char*, const char*, const char*, const char*>({
          {"2026-11-21", "today", "2026-11-21", "2026-11-21"},
          {"2026-11-21", "yesterday", "2026-11-20", "2026-11-20"},
          {"2026-11-21", "week", "2026-11-16", "2026-11-21"},
          {"2026-11-16", "week", "2026-11-16", "2026-11-16"},
          {"2026-11-22", "week", "2026-11-16", "2026-11-22"},
          {"2026-11-21", "month", "2026-11-01", "2026-11-21"},
          {"2026-11-21", "year", "2026-01-01", "2026-11-21"},
          {"2026-11-21", "last_7_days", "2026-11-15", "2026-11-21"},
          {"2026-03-01", "last_30_days", "2026-01-31", "2026-03-01"},
          {"2026-11-21", "last_6_months", "2026-05-22", "2026-11-21"},
          {"2026-08-31", "last_6_months", "2026-03-01", "2026-08-31"},
          {"2028-02-29", "last_year", "2027-03-01", "2028-02-29"},
          {"2026-11-21", "all_time", "open", "open"},
          {"2026-11-21", "2026-09-01", "2026-09-01", "2026-09-01"},
          {"2026-11-21", "2026-09-01..2026-09-30", "2026-09-01", "2026-09-30"},
          {"2026-11-21", "2026-09-01..", "2026-09-01", "open"},
          {"2026-11-21", "..2026-09-30", "open", "2026-09-30"},
      }));
  const auto range = parse_range(word, *parse_day(today));
  REQUIRE(range);
  CHECK(shown(range->first) == first);
  CHECK(shown(range->last) == last);
}

TEST_CASE("what is no range is refused", "[hub][unit]") {
  const auto* text =
      GENERATE("", "tomorrow", "2026-02-29", "2026-9-1", "2026-09-01T00:00", "+026-09-01",
               "2026-09-02..2026-09-01", "2026-09-01...2026-09-02", "..x");
  const auto range = parse_range(text, *parse_day("2026-11-21"));
  REQUIRE_FALSE(range);
  CHECK(range.error().code == Errc::malformed);
}

TEST_CASE("a range is compared with the one before of its kind", "[hub][unit]") {
  const auto [today, word, first, last] =
      GENERATE(table<std::string, std::string, std::string, std::string>({
          {"2026-11-21", "today", "2026-11-20", "2026-11-20"},
          {"2026-11-18", "week", "2026-11-09", "2026-11-11"},  // up to the same weekday
          {"2026-11-21", "month", "2026-10-01", "2026-10-21"},
          {"2026-03-31", "month", "2026-02-01", "2026-02-28"},
          {"2028-02-29", "year", "2027-01-01", "2027-02-28"},
          {"2026-11-21", "last_7_days", "2026-11-08", "2026-11-14"},
          {"2026-11-21", "2026-09-01..2026-09-30", "2026-08-02", "2026-08-31"},
      }));
  INFO(word);
  const auto range = previous_range(word, *parse_range(word, *parse_day(today)));
  REQUIRE(range);
  CHECK(shown(range->first) == first);
  CHECK(shown(range->last) == last);
}

TEST_CASE("a range with an open end has none before it", "[hub][unit]") {
  CHECK_FALSE(previous_range("all_time", {}));
  CHECK_FALSE(previous_range("", {*parse_day("2026-09-01"), {}}));
}

}  // namespace vigil::agent
