#include "agent/heartbeat/heartbeat_json.h"

#include <catch2/catch.hpp>
#include <string>

#include "agent/heartbeat/heartbeat_reader.h"

namespace vigil::agent {
namespace {

Heartbeat full() {
  Heartbeat h;
  h.id = EventId("evt_0mwqeabcd0123456789z");
  h.rev = 3;
  h.time = from_unix_ms(1'795'238'009'450);
  h.actor = Actor::agent;
  h.action = Action::erase;
  h.entity = "src/\"tides\"\n\x01.py";
  h.entity_type = EntityType::file;
  h.category = "ai coding";
  h.project = "harbor-api";
  h.branch = "main";
  h.language = "Python";
  h.is_write = true;
  h.lines = 10;
  h.lineno = 2;
  h.cursorpos = 7;
  h.lines_added = 3;
  h.lines_removed = 0;
  h.app = "claude-code";
  h.app_version = "2.1.329";
  h.session = "0011223344556677";
  h.parent_session = "8899aabbccddeeff";
  h.model = "claude-x";
  h.tokens = Tokens{1, 2, 3, 4, 5};
  h.tool = "Edit";
  h.tool_class = ToolClass::write;
  h.ok = false;
  h.machine = "m1";
  h.os = "linux";
  h.timezone = "Europe/Berlin";
  h.prompt_length = 12;
  h.confidence = 0.25;
  h.flags = {"clamped", "observed"};
  h.same_as = "evt_0mwqeabcd0123456789y";
  h.dependencies = {"math"};
  h.user_agent = "wakatime/1";
  h.project_root_count = 4;
  return h;
}

TEST_CASE("a heartbeat survives the way through JSON, every field", "[heartbeat][unit]") {
  HeartbeatReader reader;
  const auto back = reader.read(to_json(full()));
  REQUIRE(back);
  CHECK(*back == full());
}

TEST_CASE("fields at their default are not written", "[heartbeat][unit]") {
  Heartbeat h;
  h.id = EventId("evt_00000000000000000000");
  h.actor = Actor::human;
  h.action = Action::prompt;
  CHECK(to_json(h) ==
        R"({"id":"evt_00000000000000000000","time":"1970-01-01T00:00:00.000Z","actor":"human",)"
        R"("action":"prompt","entity_type":"app"})");
}

TEST_CASE("bytes that are no UTF-8 are written as replacement characters", "[heartbeat][unit]") {
  Heartbeat h = full();
  h.project =
      "a\xFF"
      "b\xC3(\xE2\x82\xAC\xED\xA0\x80";
  HeartbeatReader reader;
  const auto back = reader.read(to_json(h));
  REQUIRE(back);
  CHECK(back->project ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD(\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("unknown fields are ignored, those of a later version too", "[heartbeat][unit]") {
  HeartbeatReader reader;
  std::string json = to_json(full());
  json.insert(1, R"("future":{"deep":[1,{"x":null}]},)");
  const auto back = reader.read(json);
  REQUIRE(back);
  CHECK(*back == full());
}

TEST_CASE("what does not fit is refused with the name of the field", "[heartbeat][unit]") {
  HeartbeatReader reader;
  const std::string good = to_json(full());
  const auto message = [&](std::string_view from, std::string_view to) {
    std::string json = good;
    json.replace(json.find(from), from.size(), to);
    const auto back = reader.read(json);
    REQUIRE_FALSE(back);
    CHECK(back.error().code == Errc::malformed);
    return back.error().message;
  };
  CHECK(message(R"("rev":3)", R"("rev":-1)") == "bad value in field rev");
  CHECK(message(R"("rev":3)", R"("rev":4294967296)") == "bad value in field rev");
  CHECK(message(R"("actor":"agent",)", "") == "field actor is missing");
  CHECK(message(R"("agent")", R"("robot")") == "bad value in field actor");
  CHECK(message(R"("delete")", R"("erase")") == "bad value in field action");
  CHECK(message("2026-11", "2026-13") == "bad value in field time");
  CHECK(message("evt_0mwqeabcd0123456789z", "evt_x") == "bad value in field id");
  CHECK(message(R"("input":1)", R"("input":1.5)") == "bad value in field tokens");
  CHECK(message(R"("confidence":0.25)", R"("confidence":2)") == "bad value in field confidence");
  CHECK(message("harbor-api", std::string(kFieldMax + 1, 'x')) == "bad value in field project");
}

TEST_CASE("no truncation of a heartbeat is read as one", "[heartbeat][unit]") {
  HeartbeatReader reader;
  const std::string good = to_json(full());
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK_FALSE(reader.read(std::string_view(good).substr(0, size)));
  }
  CHECK(reader.read(good));
}

}  // namespace
}  // namespace vigil::agent
