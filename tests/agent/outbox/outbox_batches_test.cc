#include <catch2/catch.hpp>
#include <numeric>

#include "agent/outbox/outbox.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;
using namespace vigil::agent;

constexpr std::size_t kAnySize = 1 << 20;

SealedBatch seal(OutboxFixture& outbox, BatchLimits limits = {}, Lane lane = Lane::live) {
  auto batch = outbox->seal(kHub, lane, limits, kSource, kNow);
  REQUIRE(batch);
  REQUIRE(*batch);
  REQUIRE(outbox->commit(kNow));
  return std::move(**batch);
}

SealedBatch unsettled(OutboxFixture& outbox, Lane lane = Lane::live) {
  auto batch = outbox->unsettled(kHub, lane);
  REQUIRE(batch);
  REQUIRE(*batch);
  REQUIRE(outbox->commit(kNow));
  return std::move(**batch);
}

std::vector<std::size_t> range(std::size_t first, std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace

TEST_CASE("a lane without rows gives no batch", "[outbox]") {
  OutboxFixture outbox;
  CHECK_FALSE(outbox->seal(kHub, Lane::live, {}, kSource, kNow).value());
  CHECK_FALSE(outbox->unsettled(kHub, Lane::live).value());
  CHECK(outbox->seal(kOther, Lane::live, {}, kSource, kNow).error().code == Errc::not_found);
}

TEST_CASE("a batch is numbered, chained to the one before, and full at its bounds", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 1'001, Lane::backfill);
  const auto first = seal(outbox, {}, Lane::backfill);
  CHECK(first.events == 1'000);
  CHECK(first.seq == 1);
  CHECK(first.digest_hex == to_hex(sha256(first.body)));
  CHECK(numbers_in(first.body) == range(0, 1'000));
  CHECK(first.body.find("\"prev\":\"\"") != std::string::npos);
  CHECK(first.body.find("\"lane\":\"backfill\"") != std::string::npos);
  CHECK(first.body.find(outbox->instance()) != std::string::npos);
  CHECK(first.body.find(first.id.text()) != std::string::npos);
  REQUIRE(outbox->settle(first, {}, kNow));
  const auto second = seal(outbox, {}, Lane::backfill);
  CHECK(second.events == 1);
  CHECK(second.seq == 2);
  CHECK(second.id != first.id);
  CHECK(second.body.find("\"prev\":\"" + first.digest_hex + "\"") != std::string::npos);
  REQUIRE(outbox->settle(second, {}, kNow));
  REQUIRE(outbox->commit(kNow));
  CHECK(outbox->backlog(kHub, Lane::backfill).pending == 0);
  CHECK(outbox->backlog(kHub, Lane::backfill).delivered == 1'001);
  CHECK(outbox->backlog(kHub, Lane::backfill).unsealed_bytes == 0);
}

TEST_CASE("a batch never exceeds its bytes, but an event that does travels alone", "[outbox]") {
  OutboxFixture outbox;
  std::vector<std::string> bodies{event(0, 400), event(1, 400), event(2, 5'000), event(3, 10)};
  std::vector<OutboxEntry> entries;
  for (const auto& body : bodies) entries.push_back({Lane::live, Origin::log, body});
  REQUIRE(outbox->append(entries, kNow));
  std::vector<std::vector<std::size_t>> batches;
  for (int i = 0; i < 3; ++i) {
    const auto batch = seal(outbox, {1'000, 1'300});
    CHECK((batch.events == 1 || batch.body.size() <= 1'300));
    batches.push_back(numbers_in(batch.body));
    REQUIRE(outbox->settle(batch, {}, kNow));
  }
  CHECK(batches == std::vector<std::vector<std::size_t>>{{0, 1}, {2}, {3}});
}

TEST_CASE("an unsettled batch is rebuilt byte for byte after a restart", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 20);
  const auto sealed = seal(outbox, {15, kAnySize});
  outbox.add(20, 5);
  outbox.reopen();
  const auto again = unsettled(outbox);
  CHECK(again.id == sealed.id);
  CHECK(again.seq == sealed.seq);
  CHECK(again.body == sealed.body);
  CHECK(again.digest_hex == sealed.digest_hex);
  CHECK(outbox->backlog(kHub, Lane::live).unsealed == 10);
}

TEST_CASE("a sink is sent what its rewriter makes of a row; a new rewriter seals anew",
          "[outbox]") {
  OutboxFixture outbox;
  outbox.add(1, 2);
  outbox->set_rewriter(kHub, [](std::string_view body) -> std::optional<std::string> {
    if (body == event(1)) return std::nullopt;
    return R"({"hidden":true})";
  });
  const auto sealed = outbox->seal(kHub, Lane::live, {}, kSource, kNow);
  REQUIRE(sealed);
  CHECK((*sealed)->body.contains(event(1)));
  CHECK((*sealed)->body.contains(R"({"hidden":true})"));
  CHECK_FALSE((*sealed)->body.contains(event(2)));
  CHECK(outbox->backlog(kHub, Lane::live).unsealed_bytes == 0);
  REQUIRE(outbox->commit(kNow));
  const auto again = outbox->unsettled(kHub, Lane::live);
  REQUIRE(again);
  CHECK((*again)->body == (*sealed)->body);

  outbox->set_rewriter(kHub, [](std::string_view) { return std::nullopt; });
  const auto stale = outbox->unsettled(kHub, Lane::live);
  REQUIRE(stale);
  CHECK_FALSE(*stale);
  CHECK(outbox->counted(Counter::batches_resealed) == 1);
  CHECK((*outbox->seal(kHub, Lane::live, {}, kSource, kNow))->body.contains(event(2)));
}

TEST_CASE("a batch that was not committed was never sealed", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 3);
  REQUIRE(outbox->seal(kHub, Lane::live, {}, kSource, kNow).value());
  outbox->rollback();
  CHECK_FALSE(outbox->unsettled(kHub, Lane::live).value());
  CHECK(seal(outbox).seq == 1);
}

TEST_CASE("only the first unsettled batch can be settled, and only once", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 3);
  const auto batch = seal(outbox);
  REQUIRE(outbox->settle(batch, {}, kNow));
  REQUIRE(outbox->commit(kNow));
  CHECK(outbox->settle(batch, {}, kNow).error().code == Errc::not_found);
  CHECK(outbox->backlog(kHub, Lane::live).delivered == 3);
}

TEST_CASE("a split batch becomes two, in order, under new ids", "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 5);
  const auto whole = seal(outbox);
  REQUIRE(outbox->split(whole, kNow));
  REQUIRE(outbox->commit(kNow));
  outbox.reopen();
  const auto first = unsettled(outbox);
  CHECK(numbers_in(first.body) == range(0, 2));
  CHECK(first.seq == 2);
  CHECK(first.body.find("\"split_of\":\"" + whole.id.text() + "\"") != std::string::npos);
  CHECK(outbox->settle(whole, {}, kNow).error().code == Errc::not_found);

  SECTION("a part is split again, and the order stays") {
    REQUIRE(outbox->split(first, kNow));
    std::vector<std::size_t> order;
    for (int i = 0; i < 3; ++i) {
      const auto part = unsettled(outbox);
      for (const auto number : numbers_in(part.body)) order.push_back(number);
      REQUIRE(outbox->settle(part, {}, kNow));
    }
    CHECK(order == range(0, 5));
    CHECK_FALSE(outbox->unsettled(kHub, Lane::live).value());
    CHECK(outbox->backlog(kHub, Lane::live).pending == 0);
  }
}

TEST_CASE("refused events go to quarantine and come back only when retried", "[outbox]") {
  OutboxFixture outbox;
  REQUIRE(outbox->set_sinks(std::array{kHub, kOther}));
  outbox.add(0, 4);
  const auto batch = seal(outbox);
  const std::array refused{Refusal{1, "malformed"}, Refusal{3, "malformed"}};
  const auto places = outbox->settle(batch, refused, kNow);
  REQUIRE(places);
  CHECK(places->size() == 2);
  REQUIRE(outbox->commit(kNow));
  outbox.close();
  outbox.reopen();
  REQUIRE(outbox->set_sinks(std::array{kHub, kOther}));
  CHECK(outbox->backlog(kHub, Lane::live).quarantined == 2);
  CHECK(outbox->backlog(kHub, Lane::live).delivered == 2);
  CHECK(outbox->backlog(kHub, Lane::live).pending == 0);

  const auto before = outbox->backlog(kOther, Lane::live).pending;
  CHECK(outbox->retry_quarantined(kNow).value() == 2);
  REQUIRE(outbox->commit(kNow));
  CHECK(outbox->backlog(kHub, Lane::live).quarantined == 0);
  CHECK(outbox->backlog(kHub, Lane::live).pending == 2);
  CHECK(outbox->backlog(kOther, Lane::live).pending == before);  // for their sink alone
  CHECK(numbers_in(seal(outbox).body) == std::vector<std::size_t>{1, 3});
  CHECK(outbox->retry_quarantined(kNow).value() == 0);
}

TEST_CASE("a batch whose rows changed is sealed anew instead of being sent with a wrong digest",
          "[outbox]") {
  OutboxFixture outbox;
  outbox.add(0, 3);
  const auto batch = seal(outbox);
  outbox.close();
  const std::string damage =
      "sqlite3 " + outbox.path() + " 'UPDATE batches SET prev = \"ff\"' > /dev/null 2>&1";
  if (std::system(damage.c_str()) != 0) {
    WARN("skipped: no sqlite3 program");
    return;
  }
  outbox.reopen();
  CHECK_FALSE(outbox->unsettled(kHub, Lane::live).value());
  CHECK(outbox->counted(Counter::batches_resealed) == 1);
  const auto again = seal(outbox);
  CHECK(again.seq == 2);
  CHECK(numbers_in(again.body) == range(0, 3));
}

TEST_CASE("more rows than one sweep deletes leave over several commits", "[outbox]") {
  OutboxFixture outbox;
  OutboxLimits limits;
  limits.sweep_rows = 10;
  outbox.reopen(limits);
  outbox.add(0, 31);
  REQUIRE(outbox->settle(seal(outbox), {}, kNow));
  REQUIRE(outbox->commit(kNow));
  outbox.add(31, 1);
  outbox.add(32, 1);
  REQUIRE(outbox->set_sinks(std::array{kHub, kOther}));  // a new sink shows what is still there
  CHECK(outbox->backlog(kOther, Lane::live).pending == 31 - 30 + 2);
}
