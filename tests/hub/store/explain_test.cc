#include <catch2/catch.hpp>
#include <set>

#include "agent/hub/store/explanation.h"
#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

/// Questions of every kind; `by` is left out.
std::vector<StatsQuery> some_questions() {
  StatsQuery all = query_by({});
  StatsQuery day = query_by({});
  day.days = {*parse_day("2026-09-22"), *parse_day("2026-09-22")};
  StatsQuery filtered = day;
  filtered.filters = {{Dimension::project, "project1"}, {Dimension::project, "project2"}};
  StatsQuery tool = query_by({}, "Australia/Lord_Howe");
  tool.filters = {{Dimension::tool, "Edit"}, {Dimension::app, "codex"}};
  StatsQuery wakapi = query_by({});
  wakapi.preset = Preset::wakapi;
  StatsQuery wakatime = filtered;
  wakatime.preset = Preset::wakatime;
  wakatime.timeout = 3min;
  return {all, day, filtered, tool, wakapi, wakatime};
}

void add_times(Figures& sum, const Interval& interval) {
  sum.human += interval.human;
  sum.agent += interval.agent;
  sum.united += interval.united;
}

Figures times_of(Figures figures) {
  figures.heartbeats = 0;
  figures.tokens = {};
  return figures;
}

std::unique_ptr<HubReader> reader_of(const StatsHub& hub) {
  return std::move(*HubReader::open(hub.path()));
}

Heartbeat beat(const char* time, Actor actor, const char* session, std::uint64_t number) {
  Heartbeat heartbeat;
  heartbeat.id = EventId("evt_" + std::to_string(10'000'000'000'000'000'000U + number));
  heartbeat.time = *parse_rfc3339(std::string("2026-09-22T") + time + "Z");
  heartbeat.actor = actor;
  heartbeat.action = actor == Actor::human ? Action::prompt : Action::reply;
  heartbeat.session = session;
  heartbeat.app = "codex";
  return heartbeat;
}

}  // namespace

TEST_CASE("intervals and heartbeats of an explanation add up to the total to the microsecond",
          "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(GENERATE(31U, 32U), {.count = 1'500, .span = 60h}));
  hub.roll_up();
  const auto reader = reader_of(hub);
  for (const StatsQuery& question : some_questions()) {
    const auto stats = hub.stats(question);
    ExplainQuery query{.of = question, .after = {}, .limit = 170};
    Figures from_heartbeats;
    std::set<std::int64_t> seen;
    do {
      const auto page = reader->explain(query);
      REQUIRE(page);
      CHECK(page->total == stats.total);
      Figures from_intervals;
      std::size_t behind = 0;
      for (const auto& explained : page->intervals) {
        CHECK(explained.interval.begin < explained.interval.end);
        CHECK(explained.interval.heartbeats > 0);
        add_times(from_intervals, explained.interval);
        behind += explained.interval.heartbeats;
      }
      CHECK(from_intervals == times_of(stats.total));
      CHECK(behind > 0);
      CHECK(page->heartbeats.size() <= query.limit);
      for (const auto& heartbeat : page->heartbeats) {
        CHECK(seen.insert(heartbeat.row.seq).second);
        CHECK(heartbeat.begin.has_value() == (heartbeat.time.united > 0us));
        from_heartbeats += heartbeat.time;
        from_heartbeats.heartbeats += heartbeat.is_counted ? 1 : 0;
        if (heartbeat.is_counted && heartbeat.row.heartbeat.tokens) {
          Figures tokens;
          tokens.tokens = *heartbeat.row.heartbeat.tokens;
          from_heartbeats += tokens;
        }
      }
      query.after = page->next;
    } while (query.after);
    CHECK(from_heartbeats == stats.total);
  }
}

TEST_CASE("an interval goes from the first to the last heartbeat that are near enough",
          "[hub][io]") {
  // A prompt, an answer to it, another session's meanwhile; half an hour later one prompt more.
  const std::vector<Heartbeat> beats{
      beat("10:00:00", Actor::human, "s1", 1), beat("10:00:40", Actor::agent, "s1", 2),
      beat("10:01:00", Actor::human, "s2", 3), beat("10:02:00", Actor::agent, "s1", 4),
      beat("10:03:00", Actor::agent, "s2", 5), beat("10:40:00", Actor::human, "s1", 6)};
  StatsHub hub;
  hub.put(beats);
  const auto explained = reader_of(hub)->explain({.of = query_by({}), .after = {}, .limit = 100});
  REQUIRE(explained);
  REQUIRE(explained->intervals.size() == 3);
  const auto shown = [&](std::size_t i) {
    const auto& [interval, session] = explained->intervals[i];
    return std::string(parser::name_of(interval.actor)) + " " + session.value_or("-") + " " +
           format_rfc3339(interval.begin).substr(11, 8) + " " +
           format_rfc3339(interval.end).substr(11, 8) + " " + std::to_string(interval.heartbeats);
  };
  CHECK(shown(0) == "human - 10:00:00 10:01:00 1");
  CHECK(shown(1) == "agent s1 10:00:00 10:02:00 2");
  CHECK(shown(2) == "agent s2 10:01:00 10:03:00 1");
  REQUIRE(explained->heartbeats.size() == 6);
  CHECK_FALSE(explained->heartbeats[5].begin);  // nothing came after it
  CHECK(explained->heartbeats[0].end == explained->heartbeats[2].row.heartbeat.time);
}

TEST_CASE("a heartbeat of the day before is shown where its time reaches into the day",
          "[hub][io]") {
  auto late = beat("21:55:00", Actor::human, "s1", 1);  // 23:55 in Berlin
  auto early = beat("22:04:00", Actor::human, "s1", 2);
  StatsHub hub;
  hub.put(std::vector{late, early});
  ExplainQuery query{.of = query_by({}), .after = {}, .limit = 100};
  query.of.days = {*parse_day("2026-09-23"), *parse_day("2026-09-23")};
  const auto explained = reader_of(hub)->explain(query);
  REQUIRE(explained);
  CHECK(explained->total.human == 4min);
  CHECK(explained->total.heartbeats == 1);
  REQUIRE(explained->heartbeats.size() == 2);
  CHECK_FALSE(explained->heartbeats[0].is_counted);
  CHECK(explained->heartbeats[0].time.human == 4min);
  CHECK(explained->heartbeats[1].is_counted);
}

TEST_CASE("a timeline's lanes hold the same time as statistics by the same dimension",
          "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(33, {.count = 1'000, .span = 40h}));
  for (StatsQuery question : some_questions()) {
    question.by = {Dimension::project};
    const auto stats = hub.stats(question);
    const auto timeline = reader_of(hub)->timeline(question);
    REQUIRE(timeline);
    std::map<std::optional<std::string>, Figures> by_key;
    for (const auto& lane : timeline->lanes) {
      WallTime last = WallTime::min();
      for (const auto& interval : lane.intervals) {
        CHECK(interval.begin > last);  // else they would be one
        last = interval.end;
        CHECK(interval.actor == lane.actor);
        add_times(by_key[lane.key], interval);
      }
    }
    for (const auto& item : stats.items) {
      CHECK(by_key[item.keys[0]] == times_of(item.figures));
    }
  }
}

TEST_CASE("a timeline has one dimension, which is no period", "[hub][io]") {
  StatsHub hub;
  CHECK_FALSE(reader_of(hub)->timeline(query_by({Dimension::project, Dimension::app})));
  CHECK_FALSE(reader_of(hub)->timeline(query_by({Dimension::day})));
}

}  // namespace vigil::agent
