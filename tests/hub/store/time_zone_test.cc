#include "agent/hub/store/time_zone.h"

#include <catch2/catch.hpp>

#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/day_range.h"

namespace vigil::agent {
namespace {

milliseconds length_of_day(const char* zone_name, const char* day) {
  const auto zone = TimeZone::named(zone_name);
  const auto date = parse_day(day);
  return zone->start_of(*date + std::chrono::days{1}) - zone->start_of(*date);
}

}  // namespace

TEST_CASE("days are as long as the zone makes them", "[hub][unit]") {
  using namespace std::chrono_literals;
  CHECK(length_of_day("UTC", "2026-03-29") == 24h);
  CHECK(length_of_day("Europe/Berlin", "2026-03-29") == 23h);
  CHECK(length_of_day("Europe/Berlin", "2026-10-25") == 25h);
  CHECK(length_of_day("Australia/Lord_Howe", "2026-04-05") == 24h + 30min);
  CHECK(length_of_day("Pacific/Apia", "2011-12-30") == 0h);  // a day that was left out
}

TEST_CASE("a day begins at its first moment, though midnight may be skipped or come twice",
          "[hub][unit]") {
  const auto [zone, day, begins] = GENERATE(table<const char*, const char*, const char*>({
      {"UTC", "2026-11-21", "2026-11-21T00:00:00.000Z"},
      {"Europe/Berlin", "2026-11-21", "2026-11-20T23:00:00.000Z"},
      {"Asia/Kathmandu", "2026-11-21", "2026-11-20T18:15:00.000Z"},
      {"Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00.000Z"},     // 00:00 -> 01:00
      {"America/Havana", "2022-11-06", "2022-11-06T04:00:00.000Z"},  // 01:00 -> 00:00
  }));
  CHECK(format_rfc3339(TimeZone::named(zone)->start_of(*parse_day(day))) == begins);
}

TEST_CASE("clocks show the zone's time", "[hub][unit]") {
  const auto zone = TimeZone::named("Asia/Kathmandu");
  REQUIRE(zone);
  const auto local = zone->local_time(*parse_rfc3339("2026-11-20T18:15:00Z"));
  CHECK(local == local_seconds{*parse_day("2026-11-21")});
}

TEST_CASE("only names of zones are looked up", "[hub][unit]") {
  CHECK(TimeZone::named("UTC")->name() == "UTC");
  CHECK(TimeZone::named("Europe/Nowhere").error().code == Errc::not_found);
  const auto name = GENERATE(as<std::string>{}, "", "/etc/passwd", "../../etc/passwd", "libc:UTC",
                             "file:UTC", "a b", std::string(kTimeZoneNameMax + 1, 'a'));
  CHECK(TimeZone::named(name).error().code == Errc::malformed);
}

TEST_CASE("the default zone is UTC", "[hub][unit]") {
  CHECK(TimeZone().start_of(*parse_day("1970-01-02")) == from_unix_ms(86'400'000));
}

}  // namespace vigil::agent
