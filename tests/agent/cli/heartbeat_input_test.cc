#include "agent/cli/heartbeat_input.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

const HeartbeatDefaults kDefaults{
    .now = from_unix_ms(1'700'000'000'000), .directory = "/home/a/src", .home = "/home/a"};

TEST_CASE("a time is RFC 3339 or seconds since 1970", "[cli][unit]") {
  CHECK(parse_heartbeat_time("1700000000") == from_unix_ms(1'700'000'000'000));
  CHECK(parse_heartbeat_time("1700000000.25") == from_unix_ms(1'700'000'000'250));
  CHECK(parse_heartbeat_time("1700000000.1239") == from_unix_ms(1'700'000'000'123));
  CHECK(parse_heartbeat_time("2023-11-14T22:13:20Z") == from_unix_ms(1'700'000'000'000));
  const auto* text = GENERATE("", "now", "-1", "1e9", "1700000000.x", "1700000000.1234567890",
                              "99999999999999", "2023-02-30T00:00:00Z");
  CAPTURE(text);
  CHECK_FALSE(parse_heartbeat_time(text));
}

TEST_CASE("a save by a person in an editor", "[cli][unit]") {
  HeartbeatCommand command;
  command.entity = "a.cc";
  command.write = true;
  command.plugin = "Vim/9.0 vim-plugin/11.1";
  const auto heartbeat = heartbeat_of(command, kDefaults);
  REQUIRE(heartbeat);
  CHECK(heartbeat->entity == "/home/a/src/a.cc");
  CHECK(heartbeat->actor == Actor::human);
  CHECK(heartbeat->action == Action::save);
  CHECK(heartbeat->category == "coding");
  CHECK(heartbeat->app == "vim");
  CHECK(heartbeat->app_version == "9.0");
  CHECK(heartbeat->time == kDefaults.now);
}

TEST_CASE("what an AI tool did is not counted as a person's", "[cli][unit]") {
  const auto heartbeat =
      heartbeat_of_line(R"({"entity":"a.cc","category":"ai coding","time":1})", kDefaults);
  REQUIRE(heartbeat);
  CHECK(heartbeat->actor == Actor::agent);
}

TEST_CASE("a line says what it knows, and the rest follows", "[cli][unit]") {
  const auto heartbeat = heartbeat_of_line(
      R"({"entity":"https://example.org/","entity_type":"url","actor":"unknown","action":"read",)"
      R"("lineno":3,"lines":-1,"app":"firefox","is_write":false,"prompt":"never taken"})",
      kDefaults);
  REQUIRE(heartbeat);
  CHECK(heartbeat->entity == "https://example.org/");
  CHECK(heartbeat->entity_type == EntityType::url);
  CHECK(heartbeat->actor == Actor::unknown);
  CHECK(heartbeat->action == Action::read);
  CHECK(heartbeat->lineno == 3);
  CHECK_FALSE(heartbeat->lines);
  CHECK(heartbeat->category.empty());
}

TEST_CASE("a line that cannot be meant names the field", "[cli][unit]") {
  const auto [line, why] = GENERATE(table<std::string, std::string>({
      {"", "that is not JSON"},
      {"{", "that is not JSON"},
      {"[]", "entity is missing"},
      {"{}", "entity is missing"},
      {R"({"entity":1})", "entity is missing"},
      {R"({"entity":"a","time":"x"})", "time is neither RFC 3339 nor seconds since 1970"},
      {R"({"entity":"a","time":-1})", "time is neither RFC 3339 nor seconds since 1970"},
      {R"({"entity":"a","time":1e300})", "time is neither RFC 3339 nor seconds since 1970"},
      {R"({"entity":"a","entity_type":"x"})", "entity_type is none of file, app, domain, url"},
      {R"({"entity":"a","actor":"x"})", "actor is none of human, agent, unknown"},
      {R"({"entity":"a","action":"x"})", "action is not known"},
      {R"({"entity":")" + std::string(4'097, 'a') + "\"}", "a text is longer than 4,096 bytes"},
      {std::string(100, '[') + std::string(100, ']'), "that is not JSON"},
  }));
  CAPTURE(line);
  const auto heartbeat = heartbeat_of_line(line, kDefaults);
  REQUIRE_FALSE(heartbeat);
  CHECK(heartbeat.error().message == why);
}

}  // namespace
}  // namespace vigil::agent
