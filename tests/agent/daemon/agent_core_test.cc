#include "agent/daemon/agent_core.h"

#include <poll.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/agent/daemon/core_fixture.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;
using test::CoreFixture;
using test::FullDisk;
using test::kHub;
using test::prompt;

std::string prompts(std::size_t first, std::size_t count, WallTime time) {
  std::string lines;
  for (std::size_t i = first; i < first + count; ++i) lines += prompt(i, time);
  return lines;
}

bool each_once(const CoreFixture& world) {
  return std::ranges::all_of(world.stored, [](const auto& seen) { return seen.second == 1; });
}

Heartbeat save(std::string entity, WallTime time) {
  Heartbeat heartbeat;
  heartbeat.time = time;
  heartbeat.action = Action::save;
  heartbeat.entity = std::move(entity);
  heartbeat.entity_type = EntityType::file;
  return heartbeat;
}

TEST_CASE("a line that is written becomes a batch when the timer fires", "[daemon]") {
  CoreFixture world;
  world.step();
  CHECK(world.core->is_settled());
  world.write("a.jsonl", prompt(1, world.wall_now()));
  world.step();
  CHECK(world.pending(Lane::live) == 1);
  CHECK(world.transport->waiting().empty());
  CHECK(world.core->deadline(world.now()) <= world.now() + 60s);
  world.pass(60s);
  REQUIRE(world.transport->waiting().size() == 1);
  world.accept();
  CHECK(world.stored.size() == 1);
  CHECK(world.core->is_settled());
}

TEST_CASE("what happens now goes before what is being read back", "[daemon]") {
  CoreFixture world;
  world.write("old.jsonl", prompts(0, 1'500, world.wall_now() - 24h));
  world.write("new.jsonl", prompt(5'000, world.wall_now()));
  world.core->catch_up();
  world.step();
  REQUIRE(world.transport->waiting().size() == 2);
  CHECK(world.transport->waiting()[0].request.body.find(R"("lane":"live")") != std::string::npos);
  world.accept_all();
  CHECK(world.stored.size() == 1'501);
  CHECK(each_once(world));
}

TEST_CASE("catching up looks, reads and sends before it is settled", "[daemon]") {
  CoreFixture world;
  world.step();
  world.write_untold("a.jsonl", prompt(1, world.wall_now()));
  world.step();
  CHECK(world.core->is_settled());  // nobody has told it
  world.core->catch_up();
  CHECK_FALSE(world.core->is_settled());
  CHECK(world.core->has_more());
  world.step();
  CHECK_FALSE(world.core->is_settled());
  REQUIRE(world.transport->waiting().size() == 1);  // without waiting for the timer
  SECTION("the hub takes it") {
    world.accept();
    CHECK(world.core->is_settled());
    CHECK(world.pending(Lane::live) == 0);
  }
  SECTION("the hub is away: what was tried and failed is settled too") {
    world.transport->fail("refused");
    world.step();
    CHECK(world.core->is_settled());
    CHECK(world.pending(Lane::live) == 1);
    world.core->catch_up();
    world.step();
    CHECK_FALSE(world.core->is_settled());  // it was tried again at once
    CHECK(world.transport->waiting().size() == 1);
  }
}

TEST_CASE("a catch-up does not hammer a destination that is away while others work", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 1, world.wall_now()) + prompts(1, 1, world.wall_now() - 24h));
  world.core->catch_up();
  world.step();
  REQUIRE(world.transport->waiting().size() == 2);
  world.transport->fail("refused");
  for (int i = 0; i < 20; ++i) world.step();
  CHECK(world.transport->sent() == 2);
  CHECK_FALSE(world.core->is_settled());
}

TEST_CASE("while the queue cannot be written reading stops, and goes on by itself", "[daemon]") {
  CoreFixture world;
  world.step();
  world.write("a.jsonl", prompts(0, 400, world.wall_now()));
  {
    const FullDisk full;
    world.step();
    CHECK_FALSE(world.core->queue_trouble().empty());
    CHECK_FALSE(world.core->is_caught_up());
    CHECK(world.core->deadline(world.now()) == world.now() + 5s);
    world.pass(5s);
    CHECK(world.core->deadline(world.now()) == world.now() + 10s);
    world.pass(10s);
    CHECK(world.core->deadline(world.now()) <= world.now() + 20s);
    CHECK(world.core->is_settled());  // nothing can be done now: the caller looks at the trouble
  }
  CHECK_FALSE(world.core->queue_trouble().empty());
  world.pass(20s);
  CHECK(world.core->queue_trouble().empty());
  CHECK(world.core->is_caught_up());
  CHECK(world.pending(Lane::live) == 400);
}

TEST_CASE("heartbeats sent while the queue is away wait in the fallback file", "[daemon]") {
  CoreFixture world;
  world.step();
  world.write("a.jsonl", prompts(0, 400, world.wall_now()));
  {
    const FullDisk full;
    world.step();
    const MonoTime retry = world.core->deadline(world.now());
    for (int i = 0; i < 4; ++i) {
      world.clock.advance(1s);
      const auto entity = "/home/ada/demo/" + std::to_string(i) + ".cc";
      CHECK(world.core->submit({save(entity, world.wall_now())}, world.wall_now(), world.now())
                .value() == 1U);
    }
    CHECK(world.core->deadline(world.now()) == retry);  // which nobody puts off
    CHECK(world.fallback->read()->bodies.size() == 4);
  }
  SECTION("and come back when it can be written") {
    world.pass(1s);
  }
  SECTION("also after a restart") {
    world.restart();
    world.step();
  }
  CHECK(world.fallback->read()->bodies.empty());
  CHECK(world.pending(Lane::live) == 404);
}

TEST_CASE("the first heartbeat that the queue refuses goes to the fallback file", "[daemon]") {
  CoreFixture world;
  world.step();
  {
    const FullDisk full;
    std::vector<Heartbeat> many;
    for (int i = 0; i < 400; ++i) {
      many.push_back(save("/home/ada/demo/" + std::to_string(i) + ".cc", world.wall_now()));
    }
    CHECK(world.core->submit(many, world.wall_now(), world.now()).value() == 400U);
    CHECK_FALSE(world.core->queue_trouble().empty());
  }
  world.pass(5s);
  CHECK(world.core->queue_trouble().empty());
  CHECK(world.pending(Lane::live) == 400);
}

TEST_CASE("a delivery that cannot be stored is sent again later, not at once", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 3, world.wall_now()));
  world.core->catch_up();
  world.step();
  REQUIRE(world.transport->waiting().size() == 1);
  {
    const FullDisk full;
    world.accept();
    CHECK_FALSE(world.core->queue_trouble().empty());
    for (int i = 0; i < 10; ++i) world.step();
    CHECK(world.transport->sent() == 1);
    pollfd wake{world.transport->wake_fd(), POLLIN, 0};
    CHECK(::poll(&wake, 1, 0) == 0);  // nothing that would keep the loop awake
  }
  world.pass(5s);
  REQUIRE(world.transport->waiting().size() == 1);
  world.accept();
  CHECK(world.pending(Lane::live) == 0);
  CHECK(world.stored.size() == 3);  // the hub tells by their ids that it has them
  CHECK(world.core->queue_trouble().empty());
}

TEST_CASE("at the cap reading pauses, and goes on as soon as something was delivered", "[daemon]") {
  OutboxLimits limits;
  limits.cap_bytes = 1'500'000;
  CoreFixture world(limits);
  const std::size_t count = 20'000;
  world.write("a.jsonl", prompts(0, count, world.wall_now() - 24h));
  world.core->catch_up();
  world.step();
  CHECK_FALSE(world.core->is_caught_up());
  CHECK(world.pending(Lane::backfill) < count);
  SECTION("a hub that is away leaves nothing to be done") {
    while (!world.transport->waiting().empty()) world.transport->fail("refused");
    world.step();
    CHECK(world.core->is_settled());
    CHECK_FALSE(world.core->is_caught_up());
  }
  SECTION("a hub that takes all gets all, once") {
    world.accept_all();
    world.pass(60s);
    world.accept_all();
    CHECK(world.stored.size() == count);
    CHECK(each_once(world));
    CHECK(world.core->is_caught_up());
    CHECK(world.core->is_settled());
  }
}

TEST_CASE("killed at any moment, the agent goes on where it was", "[daemon]") {
  CoreFixture world;
  for (std::size_t round = 0; round < 6; ++round) {
    world.write("a.jsonl", prompts(round * 10, 10, world.wall_now()));
    if (round % 2 == 0) world.step();
    if (round % 3 == 0) world.pass(60s);
    world.restart();
  }
  world.core->catch_up();
  world.step();
  world.accept_all();
  CHECK(world.stored.size() == 60);
  CHECK(each_once(world));
}

TEST_CASE("a damaged queue is told from one that will recover", "[daemon]") {
  CoreFixture world;
  world.outbox.add(0, 30'000);
  world.restart();
  const auto size = std::filesystem::file_size(world.outbox.path());
  REQUIRE(size > 256 * 1024);
  {
    std::fstream file(world.outbox.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(64 * 1024);
    const std::string noise(size - 64 * 1024, '\xA5');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  world.core->catch_up();
  world.step();
  CHECK(world.core->is_queue_damaged());
}

TEST_CASE("an idle core asks for no more than a look a minute", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompt(1, world.wall_now() - 48h));
  world.core->catch_up();
  world.step();
  world.accept_all();
  world.pass(61s);
  int steps = 0;
  for (const MonoTime end = world.now() + 10min; world.now() < end; ++steps) {
    const auto rest =
        std::chrono::ceil<milliseconds>(world.core->deadline(world.now()) - world.now());
    world.pass(std::max(rest, milliseconds{1}));
  }
  CHECK(steps <= 11);
}

}  // namespace
}  // namespace vigil::agent
