#include "agent/hub/store/store_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/hub_store.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 2> kSteps{"CREATE TABLE a(x); INSERT INTO a VALUES (1);",
                                                 "ALTER TABLE a ADD COLUMN y DEFAULT 2;"};

std::int64_t number(SQLite::Database& db, const char* sql) {
  return db.execAndGet(sql).getInt64();
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a schema is brought up step by step and keeps what is stored", "[hub][io]") {
  const test::TemporaryDirectory folder;
  SQLite::Database db(folder.file("a.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  REQUIRE(migrate(db, std::span(kSteps).first(1)));
  CHECK(number(db, "PRAGMA user_version") == 1);
  REQUIRE(migrate(db, kSteps));
  CHECK(number(db, "PRAGMA user_version") == 2);
  CHECK(number(db, "SELECT x + y FROM a") == 3);
  REQUIRE(migrate(db, kSteps));
}

TEST_CASE("a step that fails leaves the schema before it", "[hub][io]") {
  const test::TemporaryDirectory folder;
  SQLite::Database db(folder.file("a.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const std::array<std::string_view, 2> steps{kSteps[0], "CREATE TABLE b(x); CREATE TABLE b(x);"};
  const auto result =
      with_store_errors("a.db", [&]() -> Result<void> { return migrate(db, steps); });
  REQUIRE_FALSE(result);
  CHECK(number(db, "PRAGMA user_version") == 1);
  CHECK_FALSE(db.tableExists("b"));
}

TEST_CASE("a store of a newer version is refused by writer and reader", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  REQUIRE(HubStore::open(path));
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  CHECK(HubStore::open(path).error().code == Errc::denied);
  CHECK(HubReader::open(path).error().code == Errc::denied);
  CHECK(HubStore::open(path).error().message.find("newer version") != std::string::npos);
}

TEST_CASE("another program's database is refused and left as it was", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("other.db");
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t(x)");
  const auto store = HubStore::open(path);
  REQUIRE_FALSE(store);
  CHECK(store.error().code == Errc::malformed);
  CHECK_FALSE(SQLite::Database(path).tableExists("events"));
}

namespace {

std::size_t count_of(const std::string& path) {
  std::size_t count = 0;
  const auto reader = std::move(*HubReader::open(path));
  REQUIRE(reader->export_heartbeats({}, [&](const ExportedHeartbeat&) -> Result<void> {
    ++count;
    return {};
  }));
  return count;
}

/// A store with `count` heartbeats, in its file and not in the log of writes.
std::string fill(const std::string& path, std::size_t count) {
  const auto store = std::move(*HubStore::open(path));
  const auto samples = sample_heartbeats(1, {.count = count});
  const auto batch = sample_batch(samples);
  REQUIRE(store->ingest({&batch, 1}));
  return store->id();
}

void damage_pages(const std::string& path, int first, int last) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (int page = first; page < last; ++page) {
    file.seekp(page * 4096);
    file << std::string(64, '\xFF');
  }
}

std::size_t salvage_all(HubStore& store) {
  std::size_t stored = 0;
  while (store.needs_salvage()) stored += store.salvage(from_unix_ms(1)).value();
  return stored;
}

}  // namespace

TEST_CASE("a file that is no database is put aside, and a new store begun", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  write_file(path, std::string(8192, 'x'));
  const auto store = std::move(*HubStore::open(path));
  CHECK(std::filesystem::exists(path + ".damaged-1"));
  CHECK(store->needs_salvage());
  CHECK(salvage_all(*store) == 0);
  CHECK(std::filesystem::exists(path + ".salvaged-1"));
  CHECK(count_of(path) == 0);
}

TEST_CASE("a reader that meets damage says so, once", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  fill(path, 3'000);
  damage_pages(path, 20, 120);
  const auto reader = std::move(*HubReader::open(path));
  CHECK_FALSE(reader->take_damage());
  const auto stats = reader->stats({});
  REQUIRE_FALSE(stats);
  CHECK(stats.error().code == Errc::damaged);
  CHECK(stats.error().message.find(path) != std::string::npos);
  CHECK(reader->take_damage());
  CHECK_FALSE(reader->take_damage());
}

TEST_CASE("what can be read of a damaged store is saved, and what comes again makes it whole",
          "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  const std::string old_id = fill(path, 3'000);
  damage_pages(path, 60, 70);
  const auto store = std::move(*HubStore::open(path));
  const auto reader = std::move(*HubReader::open(path));
  REQUIRE(store->renew());
  CHECK(store->id() != old_id);
  const auto saved = salvage_all(*store);
  CHECK(saved > 1'500);
  CHECK(saved < 3'000);
  CHECK(count_of(path) == saved);
  CHECK(reader->stored_after(static_cast<std::int64_t>(saved) - 10, 100).value().size() == 10);

  const auto samples = sample_heartbeats(1, {.count = 3'000});
  const auto batch = sample_batch(samples);
  const auto outcomes = store->ingest({&batch, 1}).value();
  CHECK(outcomes.at(0).value().stored == 3'000 - saved);
  CHECK(count_of(path) == 3'000);
}

TEST_CASE("a salvaged heartbeat gives way to what is sent, and never the other way round",
          "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto store = std::move(*HubStore::open(folder.file("hub.db")));
  auto garbled = sample_heartbeats(1, {.count = 1});
  auto sound = garbled;
  // Whichever of the two has the greater digest: both orders of both must end alike.
  for (const auto* sent : {"x", "y"}) {
    sound.front().project = sent;
    garbled.front().project = *sent == 'x' ? "y" : "x";
    auto salvaged = sample_batch(garbled);
    salvaged.is_salvaged = true;
    salvaged.id = BatchId();
    auto batch = sample_batch(sound);
    batch.id = BatchId(std::string("bat_") + sent + "00000000000000000000");
    REQUIRE(store->ingest({&salvaged, 1}));
    REQUIRE(store->ingest({&batch, 1}));
    REQUIRE(store->ingest({&salvaged, 1}));
    const auto reader = std::move(*HubReader::open(folder.file("hub.db")));
    const auto stored = reader->stored_after(0, 10).value();
    REQUIRE(stored.size() == 1);
    CHECK(stored.front().heartbeat.project == sent);
    SQLite::Database(folder.file("hub.db"), SQLite::OPEN_READWRITE).exec("DELETE FROM events");
  }
}

TEST_CASE("a second writer is refused while the first lives", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  {
    const auto first = HubStore::open(path);
    REQUIRE(first);
    CHECK(HubStore::open(path).error().code == Errc::busy);
  }
  CHECK(HubStore::open(path));
}

TEST_CASE("a reader finds no store where there is none, and makes none", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  CHECK(HubReader::open(path).error().code == Errc::not_found);
  CHECK(HubReader::open(path).error().code == Errc::not_found);
}

TEST_CASE("a reader works with and without a running hub, and sees what it commits", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  const auto samples = sample_heartbeats(1, {.count = 10});
  const auto batch = sample_batch(samples);
  {
    const auto store = std::move(*HubStore::open(path));
    const auto reader = std::move(*HubReader::open(path));
    CHECK(*reader->revision() == 0);
    REQUIRE(store->ingest({&batch, 1}));
    CHECK(*reader->revision() == 10);
  }
  const auto reader = std::move(*HubReader::open(path));
  CHECK(*reader->revision() == 10);
  CHECK(reader->stats({})->total.heartbeats > 0);
}

TEST_CASE("nobody else may read the store's files", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  const auto store = HubStore::open(path);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat found{};
    REQUIRE(::stat((path + suffix).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a folder that is not there is an error", "[hub][io]") {
  const test::TemporaryDirectory folder;
  CHECK(HubStore::open(folder.file("none/hub.db")).error().code == Errc::not_found);
}

}  // namespace vigil::agent
