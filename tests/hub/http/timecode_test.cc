#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "agent/hub/auth.h"
#include "agent/hub/registry_file.h"
#include "agent/hub/timecode_events.h"
#include "tests/hub/http/hub_fixture.h"

namespace vigil::agent::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const WallTime kNow = *parse_rfc3339("2026-09-21T12:00:00Z");

/// An event of `seconds` from a time on; `spoil` changes it.
json event(const std::string& id, const std::string& from, int seconds, const json& spoil = {}) {
  const auto start = *parse_rfc3339(from);
  json object{{"id", id},
              {"machineId", "desk"},
              {"os", "linux"},
              {"editor", "vscode"},
              {"projectName", "demo"},
              {"projectPath", "/home/ada/demo"},
              {"filePath", "/home/ada/demo/src/main.cc"},
              {"language", "cpp"},
              {"startedAt", from},
              {"endedAt", format_rfc3339(start + std::chrono::seconds(seconds))},
              {"durationSeconds", seconds},
              {"isWrite", false}};
  if (!spoil.is_null()) object.update(spoil);
  return object;
}

TimecodeEvents parsed(std::initializer_list<json> events) {
  const json body{{"events", std::vector<json>(events)}};
  auto read = parse_timecode_events(body.dump(), kNow);
  REQUIRE(read);
  return *std::move(read);
}

/// A hub on which Timecode's extension sends.
struct TimecodeHub {
  TimecodeHub() { hub.clock.advance(kNow - hub.clock.wall_now()); }

  void allow() {
    RegistryFile file(hub.files, hub.folder.file("registry.json"));
    REQUIRE(file.update([](Registry& registry) { return allow_unsigned(registry, "timecode"); }));
  }

  Answer send(const json& body, std::vector<Header> headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    return hub.exchange(
        request_text("POST", "/api/v1/events", hub.authority(), headers, body.dump()));
  }

  json take(std::initializer_list<json> events) {
    const auto answer = send({{"events", std::vector<json>(events)}});
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
  }

  json ask(const std::string& target) {
    const auto answer = hub.get(target);
    INFO(target << " " << answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
  }

  Answer ask_without_token(const std::string& target, std::vector<Header> headers = {}) {
    return hub.exchange(request_text("GET", target, hub.authority(), headers));
  }

  TestHub hub;
};

}  // namespace

TEST_CASE("an event becomes a human's heartbeats from its beginning to its end", "[hub][unit]") {
  const auto events = parsed({event("a", "2026-09-21T09:00:00Z", 660, {{"isWrite", true}})});
  REQUIRE(events.heartbeats.size() == 4);  // at 0, 5, 10 and 11 minutes
  const auto& first = events.heartbeats.front();
  CHECK(first.time == *parse_rfc3339("2026-09-21T09:00:00Z"));
  CHECK(first.actor == Actor::human);
  CHECK(first.entity == "src/main.cc");
  CHECK(first.language == "C++");
  CHECK(first.machine == "desk");
  CHECK_FALSE(first.is_write);
  CHECK(events.heartbeats.back().time == *parse_rfc3339("2026-09-21T09:11:00Z"));
  CHECK(events.heartbeats.back().is_write);
  CHECK(parsed({event("a", "2026-09-21T09:00:00Z", 660, {{"isWrite", true}})}).heartbeats ==
        events.heartbeats);
  CHECK(parsed({event("b", "2026-09-21T09:00:00Z", 660)}).heartbeats.front().id != first.id);
}

TEST_CASE("an event that claims a lunch break counts its last quarter of an hour", "[hub][unit]") {
  const auto events = parsed({event("a", "2026-09-21T09:00:00Z", 3'600)});
  CHECK(events.clamped == 1);
  CHECK(events.heartbeats.front().time == *parse_rfc3339("2026-09-21T09:45:00Z"));
  CHECK(events.heartbeats.back().time == *parse_rfc3339("2026-09-21T10:00:00Z"));
}

TEST_CASE("what an event may lack is left out, and its language is found", "[hub][unit]") {
  const auto one = [](const json& spoil) {
    return parsed({event("a", "2026-09-21T09:00:00Z", 30, spoil)}).heartbeats.front();
  };
  const auto hidden = one({{"filePath", nullptr}, {"projectPath", nullptr}});
  CHECK(hidden.entity == "vscode");
  CHECK(hidden.entity_type == EntityType::app);
  CHECK(hidden.language == "C++");
  CHECK(one({{"filePath", nullptr}, {"language", "zig"}}).language == "zig");
  CHECK(one({{"filePath", "/tmp/x.py"}}).language == "Python");
  CHECK(one({{"filePath", "/tmp/x.py"}}).entity == "/tmp/x.py");
}

TEST_CASE("events that make no sense are refused one by one", "[hub][unit]") {
  const auto [spoil, code] = GENERATE(table<json, std::string>({
      {{{"language", nullptr}}, "schema"},
      {{{"startedAt", "nine"}}, "schema"},
      {{{"durationSeconds", "30"}}, "schema"},
      {{{"isWrite", 1}}, "schema"},
      {{{"projectName", std::string(5'000, 'x')}}, "schema"},
      {{{"durationSeconds", 0}}, "zero"},
      {{{"durationSeconds", -5}}, "zero"},
      {{{"endedAt", "2026-09-21T08:00:00Z"}}, "zero"},
      {{{"startedAt", "2026-09-29T09:00:00Z"}, {"endedAt", "2026-09-29T09:01:00Z"}}, "future"},
      {{{"startedAt", "2026-08-20T09:00:00Z"}, {"endedAt", "2026-08-20T09:01:00Z"}}, "too_old"},
      {{{"startedAt", "2026-09-19T09:00:00Z"}}, "too_long"},
  }));
  INFO(spoil.dump());
  const auto events = parsed({event("good", "2026-09-21T09:00:00Z", 30),
                              event("bad", "2026-09-21T09:00:00Z", 30, spoil), 17});
  CHECK(events.first.size() == 1);
  REQUIRE(events.refused.size() == 2);
  CHECK(events.refused[0].index == 1);
  CHECK(events.refused[0].id == "bad");
  CHECK(events.refused[0].code == code);
  CHECK(events.refused[1].code == "schema");
}

TEST_CASE("a body that is none and one event too many are refused", "[hub][unit]") {
  for (const char* const body : {"", "[]", "{}", R"({"events":1})"}) {
    CHECK(parse_timecode_events(body, kNow).error().code == Errc::malformed);
  }
  json events = json::array();
  for (std::size_t i = 0; i < kTimecodeEventsMax; ++i) events.push_back(1);
  CHECK(parse_timecode_events(json{{"events", events}}.dump(), kNow));
  events.push_back(1);
  CHECK(parse_timecode_events(json{{"events", events}}.dump(), kNow).error().code == Errc::full);
}

TEST_CASE("only programs on this machine send unsigned, once it was said", "[hub][io]") {
  TimecodeHub timecode;
  const json body{{"events", json::array({event("a", "2026-09-21T09:00:00Z", 30)})}};
  CHECK(timecode.send(body).status == 401);
  CHECK(timecode.ask_without_token("/api/v1/stats/daily-totals").status == 401);
  timecode.allow();
  CHECK(timecode.send(body).status == 200);
  CHECK(timecode.send(body, {{"Origin", "http://" + timecode.hub.authority()}}).status == 401);
  CHECK(timecode.send(body, {{"Sec-Fetch-Site", "same-origin"}}).status == 401);
  CHECK(timecode.send(body, {{"Origin", "https://evil.example"}}).status == 403);
  CHECK(timecode.ask_without_token("/api/v1/stats/daily-totals").status == 200);
  CHECK(
      timecode.ask_without_token("/api/v1/stats/daily-totals", {{"Sec-Fetch-Site", "same-origin"}})
          .status == 401);
  CHECK(timecode.ask_without_token("/api/v1/stats/projects").status == 401);
  CHECK(json::parse(timecode.ask_without_token("/api/v1/health").body).at("schemaVersion") == 1);

  Request request;
  request.peer = "192.0.2.7";
  CHECK_FALSE(is_from_neighbour(request, {}));
  request.peer = "127.0.0.1";
  CHECK(is_from_neighbour(request, {}));
  HostPolicy proxied;
  proxied.is_proxied = true;
  CHECK_FALSE(is_from_neighbour(request, proxied));
}

TEST_CASE("events that come again are duplicates, bad ones keep none out", "[hub][io]") {
  TimecodeHub timecode;
  timecode.allow();
  const json good = event("a", "2026-09-21T09:00:00Z", 30);
  const json bad = event("b", "2026-09-21T09:00:00Z", 0);
  const json first = timecode.take({good, bad, event("c", "2026-09-21T09:00:30Z", 3'600)});
  CHECK(first.at("accepted") == 2);
  CHECK(first.at("duplicates") == 0);
  CHECK(first.at("rejected") == 1);
  CHECK(first.at("clamped") == 1);
  CHECK(first.at("errors").at(0).at("code") == "zero");
  const json again = timecode.take({good, event("d", "2026-09-21T11:30:00Z", 30)});
  CHECK(again.at("accepted") == 1);
  CHECK(again.at("duplicates") == 1);
  CHECK(timecode.take({}).at("accepted") == 0);
}

TEST_CASE("Timecode's statistics are those of its events", "[hub][io]") {
  TimecodeHub timecode;
  timecode.allow();
  // A minute of C++ in demo on Sunday, two of Python in book on Monday, by its clock.
  timecode.take({event("a", "2026-09-20T09:00:00Z", 30), event("b", "2026-09-20T09:00:30Z", 30),
                 event("c", "2026-09-21T09:00:00Z", 120,
                       {{"projectName", "book"}, {"filePath", "/x.py"}, {"machineId", "sofa"}})});
  const std::string days = "?from=2026-09-19&to=2026-09-21&tz=UTC";
  const json summary = timecode.ask("/api/v1/stats/summary" + days);
  CHECK(summary.at("totalSeconds") == 180);
  CHECK(summary.at("activeDays") == 2);
  CHECK(summary.at("averageSecondsPerActiveDay") == 90);
  CHECK(summary.at("method").at("timeout_seconds") == 900);
  CHECK(summary.at("method").at("events") == 6);
  CHECK(timecode.ask("/api/v1/stats/languages" + days).at("items") ==
        json::parse(R"([{"language":"Python","seconds":120,"percentage":66.67},
                        {"language":"C++","seconds":60,"percentage":33.33}])"));
  CHECK(timecode.ask("/api/v1/stats/projects" + days).at("items").at(1) ==
        json::parse(R"({"projectName":"demo","seconds":60,"percentage":33.33})"));
  const json daily = timecode.ask("/api/v1/stats/daily-totals" + days);
  CHECK(daily.at("items") == json::parse(R"([{"day":"2026-09-19","seconds":0},
      {"day":"2026-09-20","seconds":60},{"day":"2026-09-21","seconds":120}])"));
  CHECK(timecode.ask("/api/v1/stats/timeline" + days) == daily);
  CHECK(timecode.ask("/api/v1/stats/project-daily" + days).at("items") ==
        json::parse(R"([{"day":"2026-09-20","projectName":"demo","seconds":60},
                        {"day":"2026-09-21","projectName":"book","seconds":120}])"));
  const json weekday = timecode.ask("/api/v1/stats/weekday?from=2026-09-14&to=2026-09-21&tz=UTC");
  REQUIRE(weekday.at("items").size() == 7);
  CHECK(weekday.at("items").at(0) ==
        json::parse(R"({"dayOfWeek":0,"seconds":60,"averageSeconds":60,"days":1})"));
  CHECK(weekday.at("items").at(1) ==
        json::parse(R"({"dayOfWeek":1,"seconds":120,"averageSeconds":60,"days":2})"));
  CHECK(timecode.ask("/api/v1/leaderboard" + days + "&limit=1").at("items") ==
        json::parse(R"([{"rank":1,"projectName":"book","seconds":120}])"));
  CHECK(timecode.ask("/api/v1/stats/summary" + days + "&machineId=sofa").at("totalSeconds") == 120);
  // The last seven days where none are named; an hour that is cut at midnight of the zone.
  CHECK(timecode.ask("/api/v1/stats/daily-totals?tz=UTC").at("from") == "2026-09-15");
  CHECK(timecode.ask("/api/v1/stats?range=all_time&by=source").at("items").at(0).at("source") ==
        "timecode");
}

TEST_CASE("a day that is over at midnight is cut there in the zone of the question", "[hub][io]") {
  TimecodeHub timecode;
  timecode.allow();
  timecode.take({event("a", "2026-09-20T21:55:00Z", 600)});  // midnight in Berlin is at 22:00
  const json berlin =
      timecode.ask("/api/v1/stats/daily-totals?from=2026-09-20&to=2026-09-21&tz=Europe/Berlin");
  CHECK(berlin.at("items") == json::parse(R"([{"day":"2026-09-20","seconds":300},
                                              {"day":"2026-09-21","seconds":300}])"));
}

TEST_CASE("ranges that Timecode would not take are refused in its form", "[hub][io]") {
  TimecodeHub timecode;
  const auto [question, message] = GENERATE(table<std::string, std::string>({
      {"from=2026-09-21&to=2026-09-20", "to: is before from"},
      {"from=2025-09-20&to=2026-09-21", "from: at most 366 days"},
      {"from=yesterday", "from: "},
      {"tz=Mars", "tz: "},
      {"limit=5", "limit: no such parameter"},
      {"project=x", "project: no such parameter"},
  }));
  const auto answer = timecode.hub.get("/api/v1/stats/summary?" + question);
  CHECK(answer.status == 400);
  const auto error = json::parse(answer.body).at("error");
  REQUIRE(error.is_string());
  CHECK(error.get<std::string>().starts_with(message));
  CHECK(timecode.hub.get("/api/v1/leaderboard?limit=101").status == 400);
  CHECK(timecode.hub.get("/api/v1/leaderboard?limit=100").status == 200);
}

}  // namespace vigil::agent::test
