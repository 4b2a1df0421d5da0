#include "agent/outbox/outbox_reader.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;
using namespace vigil::agent;

std::vector<std::string> states(OutboxReader& reader, std::size_t limit = 100) {
  std::vector<std::string> found;
  REQUIRE(reader.list(kHub, limit, [&](const ListedEvent& listed) {
    found.push_back(std::to_string(numbers_in(listed.body).at(0)) +
                    (listed.state == ListedEvent::State::sealed ? " sealed" : " pending"));
  }));
  return found;
}

}  // namespace

TEST_CASE("there is nothing to read where no queue is", "[outbox]") {
  TemporaryDirectory directory;
  const auto reader = OutboxReader::open(directory.file("agent.db"));
  REQUIRE_FALSE(reader);
  CHECK(reader.error().code == Errc::not_found);
  CHECK_FALSE(std::filesystem::exists(directory.file("agent.db")));
}

TEST_CASE("a reader sees what is committed, beside the writer and without it", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 1, Lane::backfill);
  outbox.add(1, 3);
  const auto batch = outbox->seal(kHub, Lane::live, {2, 1 << 20}, kSource, kNow);
  REQUIRE(batch.value());
  SinkNote note{"retrying", 4, "connect: refused", kNow + milliseconds(5)};
  REQUIRE(outbox->note(kHub, note));
  REQUIRE(outbox->commit(kNow));
  const std::string body = event(9);
  REQUIRE(outbox->append(std::array{OutboxEntry{Lane::live, Origin::log, body}}, kNow));
  const bool closed = GENERATE(false, true);
  if (closed) outbox.close();

  auto reader = OutboxReader::open(outbox.path());
  REQUIRE(reader);
  const auto status = reader->status();
  REQUIRE(status);
  REQUIRE(status->sinks.size() == 1);
  const auto& sink = status->sinks[0];
  CHECK(sink.name == kHub);
  CHECK(sink.note == note);
  CHECK(sink.batches == 1);
  CHECK(sink.lanes[0].pending == 3);
  CHECK(sink.lanes[0].unsealed == 1);
  CHECK(sink.lanes[1].pending == 1);
  CHECK(status->oldest == kNow);
  CHECK(status->bytes > 0);
  CHECK(status->instance.size() == 24);
  CHECK(states(*reader) ==
        std::vector<std::string>{"1 sealed", "2 sealed", "3 pending", "0 pending"});
  CHECK(states(*reader, 1) == std::vector<std::string>{"1 sealed"});
  std::size_t bodies = 0;
  REQUIRE(reader->each_body([&](std::string_view) { ++bodies; }));
  CHECK(bodies == 4);
}

TEST_CASE("a reader lists what was refused, with the reason", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 3);
  const auto batch = outbox->seal(kHub, Lane::live, {}, kSource, kNow);
  REQUIRE(outbox->settle(**batch, std::array{Refusal{2, "too_large"}}, kNow));
  REQUIRE(outbox->commit(kNow));
  auto reader = OutboxReader::open(outbox.path());
  REQUIRE(reader);
  std::vector<std::string> found;
  REQUIRE(reader->list_quarantined(10, [&](const ListedEvent& listed) {
    found.push_back(std::string(listed.code) + " " + std::string(listed.body));
  }));
  CHECK(found == std::vector<std::string>{"too_large " + event(2)});
  CHECK_FALSE(reader->status()->oldest);
  CHECK(states(*reader).empty());
}

TEST_CASE("a reader changes nothing", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 3);
  const auto size = [&] { return std::filesystem::file_size(outbox.path() + "-wal"); };
  const auto before = size();
  auto reader = OutboxReader::open(outbox.path());
  REQUIRE(reader->status());
  {
    auto moved = std::move(*reader);
  }
  CHECK(size() == before);
  outbox.add(3, 1);
  CHECK(outbox->backlog(kHub, Lane::live).pending == 4);
}
