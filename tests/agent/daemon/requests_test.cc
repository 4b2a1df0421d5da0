#include "agent/daemon/requests.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

const std::string kSave =
    R"({"time":"2026-11-21T09:00:00Z","actor":"human","action":"save","entity":"/a.cc","entity_type":"file"})";

std::string submission(std::string_view heartbeats) {
  return R"({"do":"heartbeat","heartbeats":)" + std::string(heartbeats) + "}";
}

TEST_CASE("each request of the control socket is known by its name", "[daemon]") {
  using Do = ControlRequest::Do;
  const auto [name, action] = GENERATE(table<std::string, Do>({{"status", Do::status},
                                                               {"flush", Do::flush},
                                                               {"retry", Do::retry},
                                                               {"catch_up", Do::catch_up},
                                                               {"link", Do::link},
                                                               {"new_keys", Do::new_keys},
                                                               {"renew_store", Do::renew_store}}));
  const auto request = parse_request(R"({"do":")" + name + "\"}");
  REQUIRE(request);
  CHECK(request->action == action);
}

TEST_CASE("what is no request is refused", "[daemon]") {
  const auto text = GENERATE(
      as<std::string>{}, "", "{", "[]", "null", "{}", R"({"do":1})", R"({"do":"explode"})",
      R"({"do":"heartbeat"})", R"({"do":"heartbeat","heartbeats":{}})",
      R"({"do":"heartbeat","heartbeats":[1]})", R"({"do":"status"} x)", R"({"do":"forget"})",
      R"({"do":"forget","where":[]})", R"({"do":"forget","where":[["project"]]})",
      R"({"do":"forget","where":[["colour","red"]]})",
      R"({"do":"forget","where":[["day","2026-09-01"]]})",
      R"({"do":"forget","where":[["project","x"]],"before":"yesterday"})",
      R"({"do":"forget","where":[["project","x"]],"before":1})");
  CAPTURE(text);
  const auto request = parse_request(text);
  REQUIRE_FALSE(request);
  CHECK(request.error().code == Errc::malformed);
}

TEST_CASE("what is to be forgotten is read with all its conditions", "[daemon]") {
  const auto request = parse_request(
      R"({"do":"forget","where":[["project","x"],["app",""]],"before":"2026-09-01T00:00:00.000Z"})");
  REQUIRE(request);
  CHECK(request->action == ControlRequest::Do::forget);
  REQUIRE(request->what.filters.size() == 2);
  CHECK(request->what.filters[0].dimension == Dimension::project);
  CHECK(request->what.filters[0].value == "x");
  CHECK(request->what.filters[1].dimension == Dimension::app);
  CHECK(request->what.before == parse_rfc3339("2026-09-01T00:00:00Z"));
}

TEST_CASE("sent heartbeats are read, whatever id they claim", "[daemon]") {
  const auto request = parse_request(submission("[" + kSave + "," + kSave + "]"));
  REQUIRE(request);
  REQUIRE(request->heartbeats.size() == 2);
  CHECK(request->heartbeats[0].entity == "/a.cc");
  CHECK(request->heartbeats[0].action == Action::save);
}

TEST_CASE("a bad heartbeat is named by its place and never quoted", "[daemon]") {
  const auto request = parse_request(
      submission("[" + kSave + R"(,{"time":"secret","actor":"human","action":"save"}])"));
  REQUIRE_FALSE(request);
  CHECK(request.error().message == "heartbeat 1: bad value in field time");
}

TEST_CASE("one heartbeat more than fit into a request is too many", "[daemon]") {
  std::string list = "[" + kSave;
  for (std::size_t i = 1; i < kSubmittedMax; ++i) list += "," + kSave;
  CHECK(parse_request(submission(list + "]"))->heartbeats.size() == kSubmittedMax);
  CHECK_FALSE(parse_request(submission(list + "," + kSave + "]")));
}

TEST_CASE("a request that is nested without end is read without a stack as deep", "[daemon]") {
  const std::string deep(1'000'000, '[');
  CHECK_FALSE(parse_request(deep));
  const std::string closed = deep + std::string(deep.size(), ']');
  std::string heartbeat = kSave;
  heartbeat.insert(1, R"("unknown":)" + closed + ",");
  const auto request = parse_request(submission("[" + heartbeat + "]"));
  REQUIRE(request);
  CHECK(request->heartbeats.size() == 1);
}

TEST_CASE("answers say whether it was done, and if not why", "[daemon]") {
  CHECK(accepted() == R"({"ok":true})");
  CHECK(accepted("queued", 3) == R"({"ok":true,"queued":3})");
  CHECK(refused({Errc::full, "no \"room\""}) ==
        R"({"ok":false,"code":"full","message":"no \"room\""})");
  CHECK(refused({Errc::io, "x"}) == R"({"ok":false,"code":"unavailable","message":"x"})");
}

}  // namespace
}  // namespace vigil::agent
