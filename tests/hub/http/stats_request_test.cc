#include "agent/hub/stats_request.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/manual_clock.h"

namespace vigil::agent {
namespace {

constexpr WallTime kNow = vigil::test::ManualClock::kWallStart;  // 2023-11-14T22:13:20Z

Result<StatsQuery> query(std::string target) {
  Request request;
  request.target = std::move(target);
  REQUIRE(split_target(request));
  auto asks = stats_request(request, {"UTC", kNow});
  if (!asks) return std::unexpected(asks.error());
  return asks->query;
}

TEST_CASE("a query without parameters is about today", "[hub][unit]") {
  const auto parsed = query("/api/v1/stats");
  REQUIRE(parsed);
  CHECK(format_day(*parsed->days.first) == "2023-11-14");
  CHECK(parsed->days.first == parsed->days.last);
  CHECK(parsed->by.empty());
}

TEST_CASE("today is that of the zone asked for", "[hub][unit]") {
  const auto parsed = query("/?tz=Asia/Tokyo");
  REQUIRE(parsed);
  CHECK(format_day(*parsed->days.first) == "2023-11-15");
}

TEST_CASE("days, dimensions and filters are taken from the parameters", "[hub][unit]") {
  const auto parsed = query("/?from=2023-01-01&to=2023-02-01&by=model,day&project=vigil");
  REQUIRE(parsed);
  CHECK(format_day(*parsed->days.last) == "2023-02-01");
  CHECK(parsed->by == std::vector{Dimension::model, Dimension::day});
  REQUIRE(parsed->filters.size() == 1);
  CHECK(parsed->filters[0].value == "vigil");
}

TEST_CASE("what makes no sense is named", "[hub][unit]") {
  const auto [target, word] =
      GENERATE(table<std::string, std::string>({{"/?from=2023-02-30", "from"},
                                                {"/?to=tomorrow", "to"},
                                                {"/?range=never", "range"},
                                                {"/?range=today&from=2023-01-01", "range"},
                                                {"/?tz=Mars/Base", "tz"},
                                                {"/?tz=../../etc/passwd", "tz"},
                                                {"/?by=colour", "by"},
                                                {"/?by=day,day", "by"},
                                                {"/?by=day,", ""},
                                                {"/?colour=red", "colour"},
                                                {"/?week=2023-11-13", "week"},
                                                {"/?preset=toggl", "preset"},
                                                {"/?timeout_seconds=59", "timeout_seconds"},
                                                {"/?timeout_seconds=9m", "timeout_seconds"},
                                                {"/?compare=next", "compare"},
                                                {"/?range=all_time&compare=previous", "compare"},
                                                {"/?from=2023-02-01&to=2023-01-01", "to"},
                                                {"/?by=project,language,app,model,actor", "by"}}));
  INFO(target);
  const auto parsed = query(target);
  if (word.empty()) {
    CHECK(parsed);
  } else {
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message.contains(word));
  }
}

TEST_CASE("an answer has its items, its total and null for what is absent", "[hub][unit]") {
  const auto parsed = query("/?from=2023-01-01&by=model");
  REQUIRE(parsed);
  Figures figures;
  figures.heartbeats = 2;
  figures.united = microseconds(1'500'400);
  figures.tokens.input = 7;
  const Stats stats{
      .items = {{{"gpt"}, figures}, {{std::nullopt}, {}}}, .total = figures, .limits = {}};
  const auto json = nlohmann::json::parse(stats_json(*parsed, stats));
  CHECK(json.at("from") == "2023-01-01");
  CHECK(json.at("to").is_null());
  CHECK(json.at("tz") == "UTC");
  CHECK(json.at("items").at(0).at("model") == "gpt");
  CHECK(json.at("items").at(0).at("seconds") == 1.5);
  CHECK(json.at("items").at(0).at("tokens").at("input") == 7);
  CHECK(json.at("items").at(1).at("model").is_null());
  CHECK(json.at("total").at("heartbeats") == 2);
}

}  // namespace
}  // namespace vigil::agent
