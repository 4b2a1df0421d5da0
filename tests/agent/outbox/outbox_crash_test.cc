// A process that is killed leaves the files as they are at that moment: copies of them, taken
// between any two steps, must open as a queue in which everything holds together.

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "agent/outbox/outbox.h"
#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;
using namespace vigil::agent;

constexpr std::size_t kSteps = 60;

/// What must be true of the queue, as far as commits were confirmed.
struct Ledger {
  std::size_t appended = 0;   ///< events whose commit returned
  std::size_t delivered = 0;  ///< events whose settling was committed
  std::uint64_t offset = 0;   ///< position committed with them
};

void copy_files(const OutboxFixture& from, const std::string& to) {
  std::filesystem::create_directories(to);
  for (const char* suffix : {"", "-wal"}) {
    const std::string source = from.path() + suffix;
    if (std::filesystem::exists(source)) {
      std::filesystem::copy_file(source, to + "/agent.db" + suffix,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
}

StoredFile position(std::uint64_t offset) {
  StoredFile file;
  file.position.path = "/log";
  file.position.offset = offset;
  file.parser_state = "state " + std::to_string(offset);
  return file;
}

/// One step of a day: append and commit, seal, settle or split.
void work(OutboxFixture& outbox, std::uint64_t dice, Ledger& ledger) {
  if (dice % 3 != 0) {
    const std::size_t count = 1 + dice % 7;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string body = event(ledger.appended + i, 900);
      REQUIRE(outbox->append(std::array{OutboxEntry{Lane::live, Origin::log, body}}, kNow));
    }
    REQUIRE(outbox->store_file(position(ledger.appended + count)));
    REQUIRE(outbox->commit(kNow));
    ledger.appended += count;
    ledger.offset = ledger.appended;
    return;
  }
  auto batch = outbox->unsettled(kHub, Lane::live);
  REQUIRE(batch);
  if (!*batch) {
    REQUIRE(outbox->seal(kHub, Lane::live, {10, 1 << 20}, kSource, kNow));
  } else if ((*batch)->events > 1 && dice % 2 == 0) {
    REQUIRE(outbox->split(**batch, kNow));
  } else {
    REQUIRE(outbox->settle(**batch, {}, kNow));
    ledger.delivered += (*batch)->events;
  }
  REQUIRE(outbox->commit(kNow));
}

/// Everything that was confirmed is there, once, in order, and the position matches.
void check_copy(const std::string& path, const Ledger& ledger) {
  PosixFileSystem files;
  CountingRandom random(99);
  auto opened = Outbox::open(files, path, random, kNow);
  REQUIRE(opened);
  CHECK(opened->set_aside.empty());
  auto& outbox = *opened->outbox;
  const auto positions = outbox.load_positions();
  REQUIRE(positions);
  const std::uint64_t offset = positions->empty() ? 0 : positions->front().offset;
  CHECK(offset == ledger.offset);
  if (offset != 0) CHECK(outbox.load_parser_state(positions->front()).has_value());

  std::vector<std::size_t> numbers;
  while (true) {
    auto batch = outbox.unsettled(kHub, Lane::live);
    REQUIRE(batch);
    if (!*batch) batch = outbox.seal(kHub, Lane::live, {10, 1 << 20}, kSource, kNow);
    REQUIRE(batch);
    if (!*batch) break;
    for (const auto number : numbers_in((*batch)->body)) numbers.push_back(number);
    REQUIRE(outbox.settle(**batch, {}, kNow));
    REQUIRE(outbox.commit(kNow));
  }
  CHECK(outbox.counted(Counter::batches_resealed) == 0);
  REQUIRE(numbers.size() == ledger.appended - ledger.delivered);
  for (std::size_t i = 0; i < numbers.size(); ++i) REQUIRE(numbers[i] == ledger.delivered + i);
}

}  // namespace

TEST_CASE("a queue that is cut off between any two steps opens with all that was confirmed",
          "[outbox][crash]") {
  const auto seed = GENERATE(range(1, 6));
  OutboxFixture outbox;
  CountingRandom dice(static_cast<std::uint64_t>(seed));
  Ledger ledger;
  for (std::size_t step = 0; step < kSteps; ++step) {
    std::array<std::byte, 2> bytes{};
    dice.fill(bytes);
    work(outbox, std::to_integer<std::uint64_t>(bytes[0]), ledger);
    if (std::to_integer<unsigned>(bytes[1]) % 4 != 0) continue;
    const std::string copy = outbox.directory() + "/copy" + std::to_string(step);
    copy_files(outbox, copy);
    check_copy(copy + "/agent.db", ledger);
  }
}

TEST_CASE("a queue that is cut off inside a transaction opens as before it", "[outbox][crash]") {
  OutboxFixture outbox;
  outbox.add(0, 3);
  Ledger ledger{3, 0, 0};
  // So many rows that dirty pages spill into the log before the commit.
  for (std::size_t i = 0; i < 20'000; ++i) {
    const std::string body = event(1'000 + i, 350);
    REQUIRE(outbox->append(std::array{OutboxEntry{Lane::live, Origin::log, body}}, kNow));
  }
  REQUIRE(outbox->store_file(position(77)));
  copy_files(outbox, outbox.directory() + "/copy");
  check_copy(outbox.directory() + "/copy/agent.db", ledger);
}

TEST_CASE("a log of writes that is torn at any place loses only the newest transactions",
          "[outbox][crash]") {
  OutboxFixture outbox;
  for (std::size_t i = 0; i < 8; ++i) outbox.add(i, 1);
  const std::string copy = outbox.directory() + "/copy";
  copy_files(outbox, copy);
  const auto size = std::filesystem::file_size(copy + "/agent.db-wal");
  std::size_t most = 0;
  for (std::uintmax_t cut = 0; cut < size; cut += 1'021) {
    const std::string torn = outbox.directory() + "/torn" + std::to_string(cut);
    copy_files(outbox, torn);
    std::filesystem::resize_file(torn + "/agent.db-wal", cut);
    PosixFileSystem files;
    CountingRandom random;
    auto opened = Outbox::open(files, torn + "/agent.db", random, kNow);
    REQUIRE(opened);
    const auto pending = opened->outbox->backlog(kHub, Lane::live).pending;
    CHECK(pending >= most);  // a longer log never means fewer events
    most = std::max<std::size_t>(most, pending);
  }
  CHECK(most >= 7);
}
