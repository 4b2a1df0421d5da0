#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "agent/hub/store/store_upkeep.h"
#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

std::vector<Heartbeat> without(std::vector<Heartbeat> samples, const std::string& project,
                               WallTime before) {
  std::erase_if(samples, [&](const Heartbeat& sample) {
    return sample.project == project && sample.time < before;
  });
  return samples;
}

std::size_t exported(const StatsHub& hub) {
  std::size_t count = 0;
  REQUIRE((*HubReader::open(hub.path()))->export_heartbeats({}, [&](const auto&) -> Result<void> {
    ++count;
    return {};
  }));
  return count;
}

bool file_contains(const std::string& path, const std::string& text) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str().contains(text);
}

}  // namespace

TEST_CASE("what is forgotten is gone from every figure, as if it had never been there",
          "[hub][io]") {
  const auto samples = sample_heartbeats(61, {.count = 1'200, .span = 50h});
  const WallTime before = samples.front().time + 30h;
  const auto rest = without(samples, "project1", before);
  REQUIRE(rest.size() < samples.size());
  StatsHub hub;
  hub.put(samples);
  if (GENERATE(true, false)) hub.roll_up();
  const auto forgotten = hub.store().forget({{{Dimension::project, "project1"}}, before});
  REQUIRE(forgotten);
  CHECK(*forgotten == samples.size() - rest.size());
  StatsHub other;
  other.put(rest);
  const std::vector queries{query_by({}), query_by({Dimension::project, Dimension::day}),
                            query_by({Dimension::session, Dimension::hour})};
  for (const auto& query : queries) CHECK(hub.stats(query) == other.stats(query));
  hub.roll_up();
  for (const auto& query : queries) CHECK(hub.stats(query) == other.stats(query));
  CHECK(check_store(hub.path()).value().empty());
}

TEST_CASE("what is forgotten does not come back when it is sent again or revised", "[hub][io]") {
  auto samples = sample_heartbeats(62, {.count = 400});
  const auto rest = without(samples, "project2", WallTime::max());
  StatsHub hub;
  hub.put(samples);
  REQUIRE(hub.store().forget({{{Dimension::project, "project2"}}, {}}));
  CHECK(exported(hub) == rest.size());
  SECTION("the same again") {
    hub.put(samples);
  }
  SECTION("in a later revision") {
    for (auto& sample : samples) sample.rev = 7;
    hub.put(samples);
  }
  SECTION("after a restart") {
    hub.reopen({});
    hub.put(samples);
  }
  SECTION("in a store that takes the place of a damaged one") {
    REQUIRE(hub.store().renew());
    hub.put(samples);
  }
  SECTION("read out of a damaged store") {
    auto batch = sample_batch(samples);
    batch.is_salvaged = true;
    REQUIRE(hub.store().ingest({&batch, 1}));
  }
  CHECK(exported(hub) == rest.size());
}

TEST_CASE("nothing that only the forgotten held is left in the file", "[hub][io]") {
  auto samples = sample_heartbeats(63, {.count = 300});
  for (std::size_t i = 0; i < samples.size(); i += 3) {
    samples[i].project = "a-secret-project";
    samples[i].entity = "a-secret-folder/file" + std::to_string(i);
    samples[i].entity_type = EntityType::file;
    samples[i].machine = "a-secret-machine";
  }
  StatsHub hub;
  hub.put(samples);
  hub.roll_up();
  REQUIRE(hub.store().forget({{{Dimension::project, "a-secret-project"}}, {}}));
  for (const char* secret : {"a-secret-project", "a-secret-folder", "a-secret-machine"}) {
    CHECK_FALSE(file_contains(hub.path(), secret));
    CHECK_FALSE(file_contains(hub.path() + "-wal", secret));
  }
  CHECK(file_contains(hub.path(), "claude-code"));  // in use elsewhere
  StatsQuery query = query_by({Dimension::machine});
  CHECK(hub.stats(query).items.size() == 2);
}

TEST_CASE("numbers of rows grow on when the newest is forgotten", "[hub][io]") {
  const auto samples = sample_heartbeats(64, {.count = 50});
  StatsHub hub;
  hub.put(samples);
  const auto reader = std::move(*HubReader::open(hub.path()));
  const auto newest = reader->revision().value();
  REQUIRE(hub.store().forget({{{Dimension::os, "linux"}}, {}}).value() == 50);
  CHECK(reader->revision().value() > newest);
  hub.put(sample_heartbeats(65, {.count = 10}));
  CHECK(reader->stored_after(newest, 100).value().size() == 10);
  auto last = reader->revision().value();
  for (const char* const project : {"project0", "project1"}) {
    REQUIRE(hub.store().forget({{{Dimension::project, project}}, {}}).value() > 0);
    CHECK(reader->revision().value() > last);
    last = reader->revision().value();
  }
}

TEST_CASE("without saying what, nothing is forgotten", "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(66, {.count = 10}));
  CHECK(hub.store().forget({}).error().code == Errc::malformed);
  CHECK(hub.store().forget({{{Dimension::project, "nobody's"}}, {}}).value() == 0);
  CHECK(exported(hub) == 10);
}

TEST_CASE("a check finds roll-ups that are not what the heartbeats give, a rebuild mends them",
          "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(67, {.count = 500}));
  hub.roll_up();
  REQUIRE(check_store(hub.path()).value().empty());
  hub.sql("DELETE FROM rollups WHERE slot = (SELECT max(slot) FROM rollups)");
  const auto problems = check_store(hub.path()).value();
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().contains("agent db rebuild"));
  const auto expected = hub.stats(query_by({Dimension::entity})).total;
  REQUIRE(hub.store().rebuild());
  CHECK(check_store(hub.path()).value().empty());
  CHECK(hub.stats(query_by({})).total == expected);
}

TEST_CASE("a check finds heartbeats whose texts are missing", "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(68, {.count = 100}));
  hub.sql("UPDATE events SET branch = 4711 WHERE seq = 3");
  const auto problems = check_store(hub.path());
  REQUIRE(problems);
  CHECK(problems->front() == "1 heartbeats have a branch whose text is missing");
}

TEST_CASE("a vacuum gives the room of what was forgotten back", "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(69, {.count = 3'000}));
  REQUIRE(hub.store().forget({{{Dimension::os, "linux"}}, {}}));
  const auto before = storage_of(hub.path()).value();
  CHECK(before.free_bytes > 0);
  REQUIRE(hub.store().vacuum());
  const auto after = storage_of(hub.path()).value();
  CHECK(after.free_bytes == 0);
  CHECK(after.file_bytes < before.file_bytes);
  hub.put(sample_heartbeats(70, {.count = 10}));  // it goes on working
  CHECK(exported(hub) == 10);
}

}  // namespace vigil::agent
