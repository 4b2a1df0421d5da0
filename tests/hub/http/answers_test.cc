#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "agent/hub/model_prices.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/hub/store/sample_heartbeats.h"

namespace vigil::agent::test {
namespace {

using nlohmann::json;

/// A hub that holds the sample of 2026-09-21 and 22.
struct FilledHub {
  explicit FilledHub(std::size_t count = 1'000) {
    hub.allow(sender);
    REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", count), "b1").status == 200);
  }

  json ask(const std::string& target) {
    const auto answer = hub.get(target);
    INFO(target << " " << answer.body.substr(0, 300));
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
  }

  TestHub hub;
  Sender sender{1};
};

std::int64_t micros(const json& value, const char* name) {
  return std::llround(value.at(name).get<double>() * 1e6);
}

}  // namespace

TEST_CASE("an explanation's intervals and heartbeats add up over HTTP too", "[hub][io]") {
  FilledHub filled;
  const std::string days = "range=2026-09-22&tz=Europe/Berlin&project=project1";
  const json stats = filled.ask("/api/v1/stats?" + days);
  json page = filled.ask("/api/v1/explain?limit=40&" + days);
  const json total = page.at("total");
  CHECK(total.at("heartbeats") == stats.at("total").at("heartbeats"));
  CHECK(total.at("seconds").get<double>() ==
        Approx(stats.at("total").at("seconds").get<double>()).margin(0.001));
  std::int64_t from_intervals = 0;
  for (const json& interval : page.at("intervals")) from_intervals += micros(interval, "seconds");
  CHECK(from_intervals == micros(total, "seconds"));
  std::int64_t from_heartbeats = 0;
  std::int64_t counted = 0;
  for (;;) {
    for (const json& heartbeat : page.at("heartbeats")) {
      from_heartbeats += micros(heartbeat, "seconds");
      counted += heartbeat.at("counted").get<bool>() ? 1 : 0;
      CHECK(heartbeat.at("heartbeat").at("project") == "project1");
    }
    if (page.at("next").is_null()) break;
    page = filled.ask("/api/v1/explain?limit=40&" + days +
                      "&after=" + page.at("next").get<std::string>());
    CHECK(page.at("intervals").empty());
  }
  CHECK(from_heartbeats == micros(total, "seconds"));
  CHECK(counted == total.at("heartbeats"));
}

TEST_CASE("heartbeats and sessions come in pages, each once", "[hub][io]") {
  FilledHub filled;
  const auto [path, list, id, count] =
      GENERATE(table<std::string, std::string, std::string, std::size_t>(
          {{"/api/v1/heartbeats?range=all_time&limit=170", "heartbeats", "seq", 1'000},
           {"/api/v1/sessions?range=all_time&limit=3", "sessions", "session", 8}}));
  std::set<std::string> seen;
  std::string after;
  for (;;) {
    const json page = filled.ask(path + after);
    for (const json& entry : page.at(list)) CHECK(seen.insert(entry.at(id).dump()).second);
    if (page.at("next").is_null()) break;
    after = "&after=" + page.at("next").get<std::string>();
  }
  CHECK(seen.size() == count);
}

TEST_CASE("what makes no sense is answered with the name of the parameter", "[hub][io]") {
  FilledHub filled(1);
  const auto [target, word] = GENERATE(table<std::string, std::string>({
      {"/api/v1/stats?colour=red", "colour"},
      {"/api/v1/stats?range=never", "range"},
      {"/api/v1/stats?range=2026-02-30", "range"},
      {"/api/v1/stats?from=2026-09-02&to=2026-09-01", "to"},
      {"/api/v1/stats?by=day,week,month,hour,model", "by"},
      {"/api/v1/stats?limit=3", "limit"},
      {"/api/v1/stats?compare=x", "compare"},
      {"/api/v1/explain?tz=Mars/Base", "tz"},
      {"/api/v1/explain?limit=0", "limit"},
      {"/api/v1/explain?limit=1001", "limit"},
      {"/api/v1/explain?after=12", "after"},
      {"/api/v1/explain?after=1.2.3", "after"},
      {"/api/v1/explain?after=1.2.", "after"},
      {"/api/v1/timeline?range=all_time", "range"},
      {"/api/v1/timeline?range=2026-08-01..2026-09-01", "range"},
      {"/api/v1/timeline?by=hour", "by"},
      {"/api/v1/timeline?by=app,model", "by"},
      {"/api/v1/timeline?preset=toggl", "preset"},
      {"/api/v1/sessions?by=app", "by"},
      {"/api/v1/sessions?after=-1", "after"},
      {"/api/v1/sessions?timeout_seconds=59", "timeout_seconds"},
      {"/api/v1/heartbeats?preset=wakapi", "preset"},
      {"/api/v1/heartbeats?after=1.2.3.99999999999999999999", "after"},
      {"/api/v1/heartbeats?day=2026-09-01", "day"},
      {"/api/v1/sources/health?tz=UTC", "tz"},
  }));
  INFO(target);
  const auto answer = filled.hub.get(target);
  CHECK(answer.status == 400);
  const json error = json::parse(answer.body).at("error");
  CHECK(error.at("code") == "bad_parameter");
  CHECK(error.at("message").get<std::string>().starts_with(word + ":"));
}

TEST_CASE("every route that reads needs a token and the right host", "[hub][io]") {
  FilledHub filled(1);
  const std::string path =
      GENERATE("/api/v1/stats", "/api/v1/explain", "/api/v1/timeline", "/api/v1/sessions",
               "/api/v1/heartbeats", "/api/v1/sources/health");
  const auto& hub = filled.hub;
  CHECK(filled.hub.exchange(request_text("GET", path, hub.authority(), {})).status == 401);
  const std::vector<Header> token{{"Authorization", filled.hub.token()}};
  CHECK(filled.hub.exchange(request_text("GET", path, "evil.example", token)).status == 421);
  std::vector<Header> foreign = token;
  foreign.emplace_back("Origin", "https://evil.example");
  CHECK(filled.hub.exchange(request_text("GET", path, hub.authority(), foreign)).status == 403);
  CHECK(filled.hub.exchange(request_text("POST", path, hub.authority(), token)).status == 405);
  CHECK(filled.hub.exchange(request_text("GET", path, hub.authority(), token)).status == 200);
}

TEST_CASE("an estimate names its date and the models without a price", "[hub][io]") {
  FilledHub filled(200);
  const json sessions = filled.ask("/api/v1/sessions?range=all_time");
  CHECK(sessions.at("prices_as_of") == kPricesAsOf);
  CHECK(sessions.at("prices_as_of").get<std::string>().starts_with("20"));  // a month
  CHECK(sessions.at("estimated_cost_usd").is_null());  // the sample's models are nobody's
  CHECK(sessions.at("unpriced_models").size() == 3);
}

TEST_CASE("tokens are priced by the model's list price, dated versions by their name's",
          "[hub][unit]") {
  const parser::Tokens tokens{1'000'000, 1'000'000, 1'000'000, 1'000'000, 500'000};
  CHECK(*estimated_cost("claude-sonnet-4-5-20250929", tokens) == Approx(3 + 0.3 + 3.75 + 15));
  CHECK(*estimated_cost("gpt-5-2025-08-07", tokens) == Approx(1.25 + 0.125 + 1.25 + 10));
  CHECK(*estimated_cost("claude-opus-4-5", tokens) < *estimated_cost("claude-opus-4", tokens));
  // Neither the one that is the beginning of its name nor another price list's.
  CHECK(*estimated_cost("claude-sonnet-5-5", tokens) == Approx(2 + 0.1 + 2.5 + 10));
  CHECK(*estimated_cost("claude-sonnet-5", tokens) == Approx(2 + 0.2 + 2.5 + 10));
  CHECK(*estimated_cost("gemini-2.5-pro", tokens) == Approx(1.25 + 0.125 + 1.25 + 10));
  CHECK(*estimated_cost("gpt-6-luna", tokens) == Approx(0.1 + 0.01 + 0.125 + 0.5));
  CHECK_FALSE(estimated_cost("gpt-5-superb", tokens));
  CHECK_FALSE(estimated_cost("", tokens));
}

TEST_CASE("a source is active, idle or silent after how long it has sent nothing", "[hub][io]") {
  FilledHub filled(1);
  const auto state = [&] {
    return filled.ask("/api/v1/sources/health").at("sources").at(0).at("state");
  };
  CHECK(state() == "active");
  filled.hub.clock.advance(std::chrono::minutes(15));
  CHECK(state() == "idle");
  filled.hub.clock.advance(std::chrono::hours(72));
  CHECK(state() == "silent");
}

}  // namespace vigil::agent::test
