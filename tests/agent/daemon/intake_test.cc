#include "agent/daemon/intake.h"

#include <SQLiteCpp/Database.h>

#include <catch2/catch.hpp>

#include "agent/outbox/database_file.h"
#include "tests/agent/daemon/core_fixture.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;
using test::CoreFixture;
using test::FullDisk;
using test::prompt;
using test::reply;

/// The fixture's parts with an intake of the test's own.
struct Reading {
  explicit Reading(CoreFixture& the_world)
      : world(the_world),
        intake(*world.logs, *world.outbox, *world.maker, nullptr, nullptr,
               {parser::Format::claude_code}) {
    look();
  }

  void look() { world.logs->step(world.now(), world.wall_now()); }
  Result<Intake::Progress> step() {
    auto progress = read_and_store();
    if (progress)
      intake.committed();
    else
      intake.roll_back();
    return progress;
  }
  Result<Intake::Progress> read_and_store() {
    auto progress = Intake::Progress::more;
    while (progress == Intake::Progress::more && intake.has_room()) {
      progress = VIGIL_TRY(intake.read(world.wall_now(), world.now()));
    }
    VIGIL_TRY(intake.store(world.wall_now()));
    VIGIL_TRY(world.outbox->commit(world.wall_now()));
    return progress;
  }
  void read_all() {
    look();
    while (step().value() == Intake::Progress::more) {
    }
  }

  CoreFixture& world;
  Intake intake;
};

std::string prompts(std::size_t first, std::size_t count, WallTime time) {
  std::string lines;
  for (std::size_t i = first; i < first + count; ++i) lines += prompt(i, time);
  return lines;
}

TEST_CASE("heartbeats and the position that they cover are stored together", "[daemon]") {
  CoreFixture world;
  const std::string lines = prompts(0, 3, world.wall_now());
  world.write("a.jsonl", lines);
  Reading reading(world);
  REQUIRE(reading.step().value() == Intake::Progress::all_read);
  CHECK(world.pending(Lane::live) == 3);
  const auto positions = world.outbox->load_positions().value();
  REQUIRE(positions.size() == 1);
  CHECK(positions[0].offset == lines.size());
  CHECK(world.outbox->load_parser_state(positions[0]));
  CHECK(world.outbox->counted(Counter::lines_read) == 3);
  CHECK(world.outbox->counted(Counter::lines_derived) == 3);
}

TEST_CASE("lines of which nothing could be stored come again, once", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 2, world.wall_now()));
  Reading reading(world);
  REQUIRE(reading.step());
  const auto before = world.outbox->load_positions().value();
  world.write("a.jsonl", prompts(2, 3, world.wall_now()));
  world.write("b.jsonl", prompts(5, 400, world.wall_now()));
  reading.look();
  {
    const FullDisk full;
    CHECK_FALSE(reading.step());
    CHECK_FALSE(reading.step());
  }
  CHECK(world.outbox->load_positions().value() == before);
  CHECK(world.pending(Lane::live) == 2);
  reading.read_all();
  CHECK(world.pending(Lane::live) == 405);
  CHECK(world.outbox->counted(Counter::lines_read) == 405);
  CHECK(reading.step().value() == Intake::Progress::all_read);
  CHECK(world.pending(Lane::live) == 405);
}

TEST_CASE("after a restart reading goes on behind what was stored", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 3, world.wall_now()));
  Reading(world).read_all();
  world.restart();
  world.write("a.jsonl", prompts(3, 1, world.wall_now()));
  Reading(world).read_all();
  CHECK(world.pending(Lane::live) == 4);
}

TEST_CASE("a log whose parser's state is lost is read from its beginning", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 3, world.wall_now()));
  Reading(world).read_all();
  open_for_writing(world.outbox.path()).value()->exec("DELETE FROM parser_states");
  world.restart();
  world.write("a.jsonl", prompts(3, 1, world.wall_now()));
  Reading(world).read_all();
  CHECK(world.pending(Lane::live) == 3 + 4);  // under the same ids, which a hub keeps once
  const auto positions = world.outbox->load_positions().value();
  REQUIRE(positions.size() == 1);
  CHECK(world.outbox->load_parser_state(positions[0]));
}

TEST_CASE("a queue that cannot be read is no reason to read a log again", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 3, world.wall_now()));
  Reading(world).read_all();
  world.restart();
  world.write("a.jsonl", prompts(3, 1, world.wall_now()));
  Reading reading(world);
  {
    const auto other = open_for_writing(world.outbox.path()).value();
    other->exec("ALTER TABLE parser_states RENAME TO gone");
    CHECK_FALSE(reading.step());
    other->exec("ALTER TABLE gone RENAME TO parser_states");
  }
  reading.read_all();
  CHECK(world.pending(Lane::live) == 4);
}

TEST_CASE("one log more than parsers are kept: the oldest goes and is restored", "[daemon]") {
  CoreFixture world;
  for (std::size_t i = 0; i <= Intake::kParsersMax; ++i) {
    world.write(std::to_string(i) + ".jsonl", prompt(i, world.wall_now()));
  }
  Reading reading(world);
  CHECK(reading.step().value() == Intake::Progress::more);
  CHECK(world.pending(Lane::live) == Intake::kStepFiles);
  reading.read_all();
  CHECK(reading.intake.open_parsers() == Intake::kParsersMax);
  for (std::size_t i = 0; i <= Intake::kParsersMax; ++i) {
    world.write(std::to_string(i) + ".jsonl", prompt(100 + i, world.wall_now()));
  }
  reading.read_all();
  CHECK(reading.intake.open_parsers() == Intake::kParsersMax);
  CHECK(world.pending(Lane::live) == 2 * (Intake::kParsersMax + 1));
}

TEST_CASE("one commit holds a bounded number of heartbeats", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 2 * Intake::kStepHeartbeats, world.wall_now()));
  Reading reading(world);
  CHECK(reading.step().value() == Intake::Progress::more);
  CHECK(world.pending(Lane::live) >= Intake::kStepHeartbeats);
  CHECK(world.pending(Lane::live) < 2 * Intake::kStepHeartbeats);
  reading.read_all();
  CHECK(world.pending(Lane::live) == 2 * Intake::kStepHeartbeats);
}

TEST_CASE("what happened lately is live, what is older is back-fill", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 2, world.wall_now() - 11min) + prompt(2, world.wall_now()));
  Reading(world).read_all();
  CHECK(world.pending(Lane::backfill) == 2);
  CHECK(world.pending(Lane::live) == 1);
}

TEST_CASE("revisions that are read together are queued as one", "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", reply("msg_0123456789abcdef", world.wall_now(), 2) +
                             reply("msg_0123456789abcdef", world.wall_now(), 90));
  Reading reading(world);
  reading.read_all();
  CHECK(world.pending(Lane::live) == 1);
  world.write("a.jsonl", reply("msg_0123456789abcdef", world.wall_now(), 91));
  reading.read_all();
  CHECK(world.pending(Lane::live) == 2);  // the first may be on its way
}

TEST_CASE("a copy of a record in another log is queued once when both are read together",
          "[daemon]") {
  CoreFixture world;
  world.write("a.jsonl", prompts(0, 3, world.wall_now()));
  world.write("b.jsonl", prompts(0, 3, world.wall_now()));
  Reading(world).read_all();
  CHECK(world.pending(Lane::live) == 3);
  CHECK(world.outbox->load_positions().value().size() == 2);
}

}  // namespace
}  // namespace vigil::agent
