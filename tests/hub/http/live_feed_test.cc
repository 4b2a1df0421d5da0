#include "agent/hub/live_feed.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

Heartbeat beat() {
  Heartbeat heartbeat;
  heartbeat.id = EventId("evt_00000000000000000001");
  return heartbeat;
}

/// All that is there now.
std::string drain(BodyStream& stream) {
  std::string text;
  for (;;) {
    auto piece = stream.next();
    text += piece.bytes;
    if (piece.state == BodyStream::State::wait) return text;
  }
}

TEST_CASE("a new watcher sees what comes from now on", "[hub][unit]") {
  LiveFeed feed(40);
  feed.publish(41, beat());
  const auto stream = feed.open(std::nullopt);
  CHECK(drain(*stream) == "retry: 2000\n\n");
  feed.publish(42, beat());
  CHECK(drain(*stream).starts_with("id: 42\nevent: heartbeat\ndata: {\"id\":\"evt_"));
  CHECK(drain(*stream).empty());
}

TEST_CASE("a watcher that comes back gets what it missed", "[hub][unit]") {
  LiveFeed feed(40);
  feed.publish(41, beat());
  feed.publish(43, beat());
  CHECK(drain(*feed.open(41)).contains("id: 43\n"));
  CHECK_FALSE(drain(*feed.open(41)).contains("id: 41\n"));
  CHECK(drain(*feed.open(40)).contains("id: 41\n"));
  CHECK_FALSE(drain(*feed.open(43)).contains("id:"));
}

TEST_CASE("what nobody remembers any more is announced as a reset", "[hub][unit]") {
  LiveFeed feed(40);
  CHECK(drain(*feed.open(39)).contains("id: 40\nevent: reset\n"));
  CHECK(drain(*feed.open(41)).contains("event: reset"));  // of another store
  for (std::size_t i = 0; i < LiveFeed::kRemembered; ++i) {
    feed.publish(41 + static_cast<std::int64_t>(i), beat());
  }
  CHECK_FALSE(drain(*feed.open(40)).contains("event: reset"));
  feed.publish(41 + static_cast<std::int64_t>(LiveFeed::kRemembered), beat());
  CHECK(drain(*feed.open(40)).contains("event: reset"));
  CHECK_FALSE(drain(*feed.open(41)).contains("event: reset"));
}

TEST_CASE("a slow watcher costs a piece of memory, not a queue", "[hub][unit]") {
  LiveFeed feed(0);
  const auto stream = feed.open(std::nullopt);
  for (std::int64_t i = 1; i <= 5'000; ++i) feed.publish(i, beat());
  const auto piece = stream->next();
  CHECK(piece.bytes.contains("event: reset"));
  CHECK(piece.bytes.size() < 64 * 1'024);
}

}  // namespace
}  // namespace vigil::agent
