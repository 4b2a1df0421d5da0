#include "agent/heartbeat/event_id.h"

#include <catch2/catch.hpp>
#include <type_traits>

namespace vigil::agent {
namespace {

static_assert(!std::is_convertible_v<std::string, EventId>);
static_assert(!std::is_convertible_v<EventId, BatchId>);
static_assert(!std::is_convertible_v<MonoTime, WallTime>);
static_assert(!std::is_convertible_v<WallTime, MonoTime>);

parser::Identity reply(std::string key) {
  return {parser::IdentityKind::reply, std::move(key), from_unix_ms(1'795'238'009'450)};
}

TEST_CASE("an event's id is a pure function of source and identity", "[heartbeat][unit]") {
  EventIdMaker one(SourceId("laptop"));
  EventIdMaker other(SourceId("laptop"));
  const EventId id = one.make(reply("msg_1"));
  CHECK(id == one.make(reply("msg_1")));
  CHECK(id == other.make(reply("msg_1")));
  CHECK(id != one.make(reply("msg_2")));
  CHECK(id != EventIdMaker(SourceId("desk")).make(reply("msg_1")));

  auto call = reply("msg_1");
  call.kind = parser::IdentityKind::call;
  CHECK(id != one.make(call));
}

TEST_CASE("an event's id has the published form and begins with its time", "[heartbeat][unit]") {
  EventIdMaker ids(SourceId("laptop"));
  const EventId id = ids.make(reply("msg_1"));
  REQUIRE(id.text().size() == 24);
  const auto key = to_event_key(id.text());
  REQUIRE(key);
  CHECK(key->time_ms == 1'795'238'009'450);
  CHECK(to_event_id(*key) == id);

  auto later = reply("msg_0");
  later.first_time += milliseconds{1};
  CHECK(id.text() < ids.make(later).text());
}

TEST_CASE("a time before 1970 or beyond nine digits still gives an id", "[heartbeat][unit]") {
  EventIdMaker ids(SourceId("laptop"));
  auto early = reply("m");
  early.first_time = from_unix_ms(-5);
  CHECK(to_event_key(ids.make(early).text())->time_ms == 0);
  auto late = reply("m");
  late.first_time = from_unix_ms(INT64_MAX);
  CHECK(to_event_key(ids.make(late).text()));
}

TEST_CASE("only the published form is an event id", "[heartbeat][unit]") {
  CHECK(to_event_key("evt_00000000000000000000"));
  CHECK_FALSE(to_event_key("evt_0000000000000000000"));
  CHECK_FALSE(to_event_key("evt_000000000000000000000"));
  CHECK_FALSE(to_event_key("evt_0000000000000000000A"));
  CHECK_FALSE(to_event_key("ev__00000000000000000000"));
  CHECK_FALSE(to_event_key(""));
}

}  // namespace
}  // namespace vigil::agent
