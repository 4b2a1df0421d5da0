#include "agent/outbox/outbox.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>
#include <filesystem>

#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;
using namespace vigil::agent;

StoredFile stored(std::uint64_t inode, std::uint64_t offset, std::string state) {
  StoredFile file;
  file.position.path = "/logs/" + std::to_string(inode);
  file.position.device = UINT64_MAX;  // any 64 bits come back as they were
  file.position.inode = inode;
  file.position.birth_ns = -7;
  file.position.offset = offset;
  file.position.head_hash = 0xFFFF'FFFF'0000'0001;
  file.position.root = 3;
  file.parser_state = std::move(state);
  return file;
}

}  // namespace

TEST_CASE("rows and the position that they cover commit together or not at all", "[outbox]") {
  OutboxFixture outbox;
  const std::string body = event(1);
  const std::array entries{OutboxEntry{Lane::live, Origin::log, body}};
  REQUIRE(outbox->append(entries, kNow));
  REQUIRE(outbox->store_file(stored(5, 100, "state")));
  outbox->count(Counter::lines_read, 3);

  SECTION("a commit keeps both over a restart") {
    REQUIRE(outbox->commit(kNow));
    outbox.reopen();
    CHECK(outbox->backlog(kHub, Lane::live).pending == 1);
    CHECK(outbox->load_positions()->size() == 1);
    CHECK(outbox->counted(Counter::lines_read) == 3);
    CHECK(outbox->counted(Counter::events_queued) == 1);
  }
  SECTION("a rollback undoes both") {
    outbox->rollback();
    CHECK(outbox->backlog(kHub, Lane::live).pending == 0);
    CHECK(outbox->load_positions()->empty());
    CHECK(outbox->counted(Counter::lines_read) == 0);
    outbox.add(2, 1);
    CHECK(outbox->backlog(kHub, Lane::live).pending == 1);
  }
  SECTION("closing without a commit undoes both") {
    outbox.reopen();
    CHECK(outbox->backlog(kHub, Lane::live).pending == 0);
    CHECK(outbox->load_positions()->empty());
  }
}

TEST_CASE("a position comes back as it was stored, its parser state for that offset only",
          "[outbox]") {
  OutboxFixture outbox;
  const auto first = stored(5, 100, std::string("st\0te", 5));
  REQUIRE(outbox->store_file(first));
  REQUIRE(outbox->store_file(stored(6, 1, "")));
  REQUIRE(outbox->commit(kNow));
  outbox.reopen();
  const auto positions = outbox->load_positions();
  REQUIRE(positions);
  REQUIRE(positions->size() == 2);
  CHECK(std::ranges::find(*positions, first.position) != positions->end());
  CHECK(outbox->load_parser_state(first.position).value() == first.parser_state);
  CHECK(outbox->load_parser_state(stored(6, 1, "").position).value().empty());
  CHECK(outbox->load_parser_state(stored(5, 99, "").position).error().code == Errc::not_found);

  const auto later = stored(5, 200, "later");
  REQUIRE(outbox->store_file(later));
  REQUIRE(outbox->forget_files(std::array{stored(6, 1, "").position}));
  REQUIRE(outbox->commit(kNow));
  CHECK(outbox->load_positions().value() == std::vector{later.position});
  CHECK(outbox->load_parser_state(first.position).error().code == Errc::not_found);
  CHECK(outbox->load_parser_state(later.position).value() == "later");
}

TEST_CASE("trees are replaced, forgotten, and come back with the latest used first", "[outbox]") {
  OutboxFixture outbox;
  const StoredTree first{"/p/first", kNow, kNow};
  const StoredTree second{"/p/second", std::nullopt, kNow + milliseconds(1)};
  REQUIRE(outbox->store_tree(first));
  REQUIRE(outbox->store_tree(second));
  REQUIRE(outbox->commit(kNow));
  outbox.reopen();
  CHECK(*outbox->load_trees() == std::vector{second, first});

  const StoredTree later{"/p/first", kNow + milliseconds(5), kNow + milliseconds(2)};
  REQUIRE(outbox->store_tree(later));
  REQUIRE(outbox->forget_tree("/p/second"));
  CHECK(*outbox->load_trees() == std::vector{later});
  outbox->rollback();
  CHECK(*outbox->load_trees() == std::vector{second, first});
}

TEST_CASE("the instance is born with the file", "[outbox]") {
  OutboxFixture outbox;
  const std::string instance = outbox->instance();
  CHECK(instance.size() == 24);
  outbox.reopen();
  CHECK(outbox->instance() == instance);
}

TEST_CASE("the file is private from its first moment", "[outbox]") {
  OutboxFixture outbox;
  struct stat info{};
  REQUIRE(::stat(outbox.path().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
}

TEST_CASE("rows leave when every active sink has settled them", "[outbox]") {
  OutboxFixture outbox;
  REQUIRE(outbox->set_sinks(std::array{kHub, kOther}));
  outbox.add(0, 10);
  const auto settle_all = [&](const SinkName& sink) {
    const auto batch = outbox->seal(sink, Lane::live, {}, kSource, kNow);
    REQUIRE(batch);
    REQUIRE(*batch);
    REQUIRE(outbox->settle(**batch, {}, kNow));
    REQUIRE(outbox->commit(kNow));
    return numbers_in((*batch)->body).size();
  };
  CHECK(settle_all(kHub) == 10);
  CHECK(outbox->backlog(kHub, Lane::live).pending == 0);
  CHECK(outbox->backlog(kOther, Lane::live).pending == 10);

  SECTION("a slow sink still gets them") {
    CHECK(settle_all(kOther) == 10);
  }
  SECTION("a sink that is no longer named holds nothing back, and a new one finds nothing") {
    REQUIRE(outbox->set_sinks(std::array{kHub}));
    outbox.add(10, 1);
    REQUIRE(outbox->set_sinks(std::array{kHub, kOther}));
    CHECK(outbox->backlog(kOther, Lane::live).pending == 1);
    CHECK(settle_all(kOther) == 1);
  }
  SECTION("a new sink gets what is still there, and its own numbering") {
    REQUIRE(outbox->set_sinks(std::array{kHub, kOther, SinkName("third")}));
    const auto batch = outbox->seal(SinkName("third"), Lane::live, {}, kSource, kNow);
    REQUIRE(batch.value());
    CHECK((*batch)->seq == 1);
    CHECK(numbers_in((*batch)->body).size() == 10);
  }
}

TEST_CASE("reading must pause at the cap, and one byte past the reserve nothing is taken",
          "[outbox]") {
  OutboxFixture outbox;
  OutboxLimits limits;
  limits.cap_bytes = 1024 * 1024;
  limits.reserve_bytes = 256 * 1024;
  outbox.reopen(limits);
  std::size_t number = 0;
  while (!outbox->is_full()) outbox.add(number++, 1'000);
  const std::string body = event(number);
  const std::array entry{OutboxEntry{Lane::live, Origin::once, body}};
  std::size_t taken = 0;
  Result<void> last;
  for (; taken < 1'000'000 && last; ++taken) {
    last = outbox->append(entry, kNow);
    if (last && taken % 100 == 0) last = outbox->commit(kNow);
  }
  REQUIRE_FALSE(last);
  CHECK(last.error().code == Errc::full);
  CHECK(taken > 100);

  SECTION("delivery makes room again") {
    while (outbox->is_full()) {
      const auto batch = outbox->seal(kHub, Lane::live, {}, kSource, kNow);
      REQUIRE(batch.value());
      REQUIRE(outbox->settle(**batch, {}, kNow));
      REQUIRE(outbox->commit(kNow));
    }
    CHECK(outbox->append(entry, kNow));
  }
}

TEST_CASE("positions and parser states alone never make reading pause", "[outbox]") {
  OutboxFixture outbox;
  OutboxLimits limits;
  limits.cap_bytes = 64 * 1024;
  limits.reserve_bytes = 64 * 1024;
  outbox.reopen(limits);
  for (std::uint64_t inode = 1; inode <= 300; ++inode) {
    watcher::FilePosition position;
    position.path = "/logs/" + std::to_string(inode);
    position.inode = inode;
    REQUIRE(outbox->store_file({position, std::string(1'000, 's')}));
  }
  REQUIRE(outbox->commit(kNow));
  CHECK_FALSE(outbox->is_full());
  outbox.add(0, 1);
  CHECK(outbox->is_full());  // now something that is delivered makes room
}

TEST_CASE("beyond the cap only old rows that cannot be read again are evicted, and counted",
          "[outbox]") {
  OutboxFixture outbox;
  OutboxLimits limits;
  limits.cap_bytes = 64 * 1024;
  outbox.reopen(limits);
  outbox.add(0, 5, Lane::live, Origin::once);
  const auto sealed = outbox->seal(kHub, Lane::live, {2, 1 << 20}, kSource, kNow);
  REQUIRE(sealed.value());
  outbox.add(5, 2'000);
  REQUIRE(outbox->is_full());
  const auto touch = [&](WallTime now) {
    outbox->count(Counter::lines_read, 1);
    REQUIRE(outbox->store_file(stored(1, 1, "")));
    REQUIRE(outbox->commit(now));
  };
  touch(kNow + limits.retention);
  CHECK(outbox->backlog(kHub, Lane::live).evicted == 0);
  touch(kNow + limits.retention + milliseconds(1));
  CHECK(outbox->backlog(kHub, Lane::live).evicted == 3);  // not the two that may be on their way
  CHECK(outbox->counted(Counter::events_evicted) == 3);
  CHECK(outbox->backlog(kHub, Lane::live).pending == 2'002);
  const auto again = outbox->unsettled(kHub, Lane::live);
  REQUIRE(again.value());
  CHECK((*again)->body == (*sealed)->body);
}

TEST_CASE("2600 stored files are loaded in a few milliseconds", "[outbox]") {
  OutboxFixture outbox;
  for (std::uint64_t i = 0; i < 2'600; ++i) {
    REQUIRE(outbox->store_file(stored(i, i, std::string(2'000, 's'))));
  }
  REQUIRE(outbox->commit(kNow));
  outbox.reopen();
  const auto start = std::clock();
  CHECK(outbox->load_positions()->size() == 2'600);
  const double ms = static_cast<double>(std::clock() - start) * 1e3 / CLOCKS_PER_SEC;
  CHECK(ms < 50);  // 2 ms measured; sanitizers and a loaded machine take longer
}

TEST_CASE("the file gives back the room of a long backlog once it is worked off", "[outbox]") {
  OutboxFixture outbox;
  const std::string body = event(0, 1024 * 1024);
  const std::array entry{OutboxEntry{Lane::live, Origin::log, body}};
  for (int i = 0; i < 70; ++i) REQUIRE(outbox->append(entry, kNow));
  REQUIRE(outbox->commit(kNow));
  for (int i = 0; i < 70; ++i) {
    const auto batch = outbox->seal(kHub, Lane::live, {}, kSource, kNow);
    REQUIRE(batch.value());
    REQUIRE(outbox->settle(**batch, {}, kNow));
    REQUIRE(outbox->commit(kNow));
  }
  outbox.close();
  CHECK(std::filesystem::file_size(outbox.path()) < 16 * 1024 * 1024);
}
