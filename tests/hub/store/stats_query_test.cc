#include "agent/hub/store/stats_query.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("days are cut in the zone of the query, in weeks in which clocks change too",
          "[hub][io]") {
  // Every ten minutes somebody does something, around the end of summer time in Berlin.
  Heartbeat beat = sample_heartbeats(9, {.count = 1}).front();
  beat.actor = Actor::human;
  beat.same_as.clear();
  std::vector<Heartbeat> beats;
  for (auto at = *parse_rfc3339("2026-10-24T00:00:00Z");
       at < *parse_rfc3339("2026-10-27T00:00:00Z"); at += 10min) {
    beat.time = at;
    beat.id = EventId("evt_" + std::to_string(10'000'000'000'000'000'000U + beats.size()));
    beats.push_back(beat);
  }
  StatsHub hub;
  hub.put(beats);
  hub.roll_up();
  const auto stats = hub.stats(query_by({Dimension::day}));
  REQUIRE(stats.items.size() == 4);
  CHECK(stats.items[1].keys[0] == "2026-10-25");
  CHECK(stats.items[1].figures.human == 25h);
  CHECK(stats.items[1].figures.heartbeats == 150);
  CHECK(stats.items[2].figures.human == 24h);

  const auto by_hour = hub.stats(query_by({Dimension::day, Dimension::hour}));
  const auto twice = std::ranges::find(
      by_hour.items, std::vector<std::optional<std::string>>{"2026-10-25", "02"}, &StatsItem::keys);
  REQUIRE(twice != by_hour.items.end());
  CHECK(twice->figures.human == 2h);
}

TEST_CASE("another timeout is answered exactly, and taken over when the store is opened with it",
          "[hub][io]") {
  const auto samples = sample_heartbeats(10, {.count = 500, .span = 40h});
  StatsHub hub;
  hub.put(samples);
  hub.roll_up();
  StatsQuery patient = query_by({Dimension::project, Dimension::day});
  patient.timeout = 70min;
  const auto expected = hub.stats(patient);
  CHECK(expected.total.human > hub.stats({}).total.human);
  hub.reopen({.human = 70min});
  patient.timeout.reset();
  CHECK(hub.stats(patient) == expected);
  hub.roll_up();
  CHECK(hub.stats(patient) == expected);
}

TEST_CASE("a day's summary has the same figures as the queries by each dimension", "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(11, {.count = 1'000}));
  const auto zone = *TimeZone::named("Europe/Berlin");
  const auto day = *parse_day("2026-09-22");
  const auto summary = (*HubReader::open(hub.path()))->summary_of(day, zone);
  REQUIRE(summary);
  StatsQuery query = query_by({Dimension::model});
  query.days = {day, day};
  const auto by_model = hub.stats(query);
  CHECK(summary->models == by_model.items);
  CHECK(summary->total == by_model.total);
  query.by = {Dimension::project};
  CHECK(summary->projects == hub.stats(query).items);
}

TEST_CASE("an empty store has empty answers", "[hub][io]") {
  StatsHub hub;
  hub.roll_up();
  CHECK(hub.stats(query_by({Dimension::model, Dimension::day})) == Stats{});
}

TEST_CASE("a filter on what nobody ever sent matches nothing, one on nothing matches the absent",
          "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(12, {.count = 300}));
  StatsQuery query = query_by({Dimension::model});
  query.filters = {{Dimension::project, "no such project"}};
  CHECK(hub.stats(query) == Stats{});
  query.filters = {{Dimension::model, ""}};
  const auto stats = hub.stats(query);
  REQUIRE(stats.items.size() == 1);
  CHECK(stats.items[0].keys == std::vector<std::optional<std::string>>{std::nullopt});
}

TEST_CASE("queries that cannot be answered say why", "[hub][io]") {
  using enum Dimension;
  StatsHub hub;
  const auto reader = std::move(*HubReader::open(hub.path()));
  StatsQuery query = GENERATE(query_by({model, app, actor, project, machine}),
                              query_by({model, model}), query_by({}));
  if (query.by.empty()) query.filters = {{day, "2026-09-01"}};
  const auto stats = reader->stats(query);
  REQUIRE_FALSE(stats);
  CHECK(stats.error().code == Errc::malformed);
  StatsQuery impatient = query_by({});
  impatient.timeout = 59s;
  CHECK_FALSE(reader->stats(impatient));
  impatient.timeout = 4h + 1ms;
  CHECK_FALSE(reader->stats(impatient));
}

TEST_CASE("every dimension has a name and is found by it", "[hub][unit]") {
  for (int i = 0; i < static_cast<int>(kDimensions); ++i) {
    const auto dimension = static_cast<Dimension>(i);
    CHECK(dimension_named(name_of(dimension)) == dimension);
  }
  CHECK_FALSE(dimension_named("colour"));
}

}  // namespace vigil::agent
