#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "agent/hub/store/event_scan.h"
#include "agent/hub/store/stats_query.h"
#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

/// Queries that take every way through the reader.
std::vector<StatsQuery> some_queries() {
  using enum Dimension;
  std::vector<StatsQuery> queries{
      query_by({}),
      query_by({model, day}),
      query_by({project, language, actor}, "Asia/Kathmandu"),
      query_by({app, machine, hour}, "America/New_York"),
      query_by({day, hour}, "Australia/Lord_Howe"),
      query_by({source}),
      query_by({tool_class, session}),
      query_by({entity, branch, category}),
  };
  StatsQuery one_day = query_by({project});
  one_day.days = {*parse_day("2026-09-22"), *parse_day("2026-09-22")};
  queries.push_back(one_day);
  StatsQuery filtered = query_by({model});
  filtered.filters = {{project, "project1"}, {actor, "agent"}};
  queries.push_back(filtered);
  return queries;
}

/// Seconds of the union by a plain walk: each actor's stretches, then one look at every second.
struct PlainTimes {
  double human = 0;
  double agent = 0;
  double united = 0;
};

PlainTimes plain_times(const std::vector<Heartbeat>& heartbeats) {
  std::vector<std::pair<WallTime, WallTime>> human;
  std::vector<std::pair<WallTime, WallTime>> agent;
  std::optional<WallTime> last_human;
  std::map<std::string, WallTime> last_of_session;
  for (const auto& heartbeat : heartbeats) {
    if (!heartbeat.same_as.empty()) continue;
    if (heartbeat.actor == Actor::human) {
      if (last_human && heartbeat.time - *last_human < 15min) {
        human.emplace_back(*last_human, heartbeat.time);
      }
      last_human = heartbeat.time;
    }
    const auto [last, is_first] = last_of_session.try_emplace(heartbeat.session, heartbeat.time);
    if (!is_first && heartbeat.actor == Actor::agent && heartbeat.action != Action::session_start &&
        heartbeat.time - last->second < 5min) {
      agent.emplace_back(last->second, heartbeat.time);
    }
    last->second = heartbeat.time;
  }
  const auto covers = [](const auto& stretches, WallTime at) {
    return std::ranges::any_of(stretches, [at](const auto& stretch) {
      return stretch.first <= at && at < stretch.second;
    });
  };
  PlainTimes times;
  for (auto at = heartbeats.front().time; at <= heartbeats.back().time; at += 1s) {
    const bool is_human = covers(human, at);
    const bool is_agent = covers(agent, at);
    times.human += is_human ? 1 : 0;
    times.agent += is_agent ? 1 : 0;
    times.united += is_human || is_agent ? 1 : 0;
  }
  return times;
}

double seconds(microseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

Figures sum_of(const std::vector<StatsItem>& items) {
  Figures sum;
  for (const auto& item : items) sum += item.figures;
  return sum;
}

}  // namespace

TEST_CASE("answers are the same before, while and after figures are rolled up", "[hub][io]") {
  auto samples = sample_heartbeats(GENERATE(1U, 2U, 3U), {.count = 3'000, .span = 60h});
  StatsHub hub;
  hub.put(samples);
  const auto queries = some_queries();
  std::vector<Stats> expected;
  for (const auto& query : queries) expected.push_back(hub.stats(query));
  const auto check_all = [&] {
    for (std::size_t i = 0; i < queries.size(); ++i) CHECK(hub.stats(queries[i]) == expected[i]);
  };
  hub.roll_up(samples.front().time + 20h);
  check_all();
  REQUIRE(hub.store().roll_up(WallTime::max(), {.slots = 1, .heartbeats = 1}).value() > 0);
  check_all();
  hub.roll_up();
  check_all();
}

TEST_CASE("what comes after a roll-up changes the answers as if it had been there", "[hub][io]") {
  const auto samples = sample_heartbeats(GENERATE(range(20U, 26U)), {.count = 2'000, .span = 30h});
  std::vector<Heartbeat> early;
  std::vector<Heartbeat> late;
  // Few, so that most of the 120 slots are not touched but some of these are reached.
  for (std::size_t i = 0; i < samples.size(); ++i) {
    (i % 150 == 0 ? late : early).push_back(samples[i]);
  }
  for (std::size_t i = 0; i < early.size(); i += 200) {
    Heartbeat revised = early[i];
    revised.rev = 1;
    revised.time += 77min;  // a revision may move, so that two places change
    late.push_back(revised);
  }
  StatsHub together;
  together.put(early);
  together.put(late);
  StatsHub hub;
  hub.put(early);
  hub.roll_up();
  hub.put(late);
  for (const auto& query : some_queries()) CHECK(hub.stats(query) == together.stats(query));
  hub.roll_up();
  for (const auto& query : some_queries()) CHECK(hub.stats(query) == together.stats(query));
}

TEST_CASE("parts add up to the whole, by whatever they are broken down", "[hub][io]") {
  const auto samples = sample_heartbeats(5, {.count = 2'000, .span = 30h});
  StatsHub hub;
  hub.put(samples);
  const auto whole = hub.stats({}).total;
  CHECK(whole.heartbeats > 0);
  for (const auto& query : some_queries()) {
    const auto stats = hub.stats(query);
    CHECK(sum_of(stats.items) == stats.total);
    if (!query.days.first && query.filters.empty()) CHECK(stats.total == whole);
  }
}

TEST_CASE("times and counts agree with a plain walk over the heartbeats", "[hub][io]") {
  const auto samples = sample_heartbeats(GENERATE(6U, 7U), {.count = 1'000, .span = 40h});
  StatsHub hub;
  hub.put(samples);
  hub.roll_up();
  const auto total = hub.stats({}).total;
  const auto times = plain_times(samples);
  CHECK(std::abs(seconds(total.human) - times.human) < times.human / 50);
  CHECK(std::abs(seconds(total.agent) - times.agent) < times.agent / 50);
  CHECK(std::abs(seconds(total.united) - times.united) < times.united / 50);
  std::map<std::string, std::int64_t> output;
  for (const auto& sample : samples) {
    if (sample.same_as.empty() && sample.tokens) output[sample.model] += sample.tokens->output;
  }
  const auto by_model = hub.stats(query_by({Dimension::model}));
  for (const auto& item : by_model.items) {
    if (item.keys[0]) CHECK(item.figures.tokens.output == output.at(*item.keys[0]));
  }
  CHECK_FALSE(by_model.items.back().keys[0].has_value());
}

TEST_CASE("more heartbeats in a day than a scan keeps are accounted in pieces", "[hub][io]") {
  const auto samples = sample_heartbeats(13, {.count = kScanHeartbeats + 1'000, .span = 20h});
  StatsHub hub;
  hub.put(samples);
  const auto query = query_by({Dimension::model, Dimension::hour});
  const auto expected = hub.stats(query);
  CHECK(sum_of(expected.items) == hub.stats({}).total);
  hub.roll_up();
  CHECK(hub.stats(query) == expected);
}

TEST_CASE("a batch that touches more slots than are kept leaves none unmarked", "[hub][io]") {
  const auto samples = sample_heartbeats(14, {.count = 6'000, .span = 24h * 365});
  StatsHub hub;
  hub.put(samples);
  hub.roll_up();
  const auto query = query_by({Dimension::model});
  auto scanned = query_by({Dimension::model, Dimension::entity});
  const auto expected = hub.stats(scanned).total;
  CHECK(hub.stats(query).total == expected);
}

TEST_CASE("a heartbeat that repeats another counts nowhere but is exported", "[hub][io]") {
  auto samples = sample_heartbeats(8, {.count = 10});
  for (auto& sample : samples) sample.same_as = "evt_00000000000000000000";
  StatsHub hub;
  hub.put(samples);
  CHECK(hub.stats({}).total == Figures{});
  CHECK((*HubReader::open(hub.path()))->export_page({}, std::nullopt)->heartbeats.size() == 10);
}

}  // namespace vigil::agent
