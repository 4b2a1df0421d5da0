#include "agent/delivery/delivery.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "agent/outbox/outbox_reader.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "tests/agent/outbox/outbox_fixture.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scripted_transport.h"

namespace {

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

class FakeSigner final : public Signer {
 public:
  [[nodiscard]] Result<BodySigner> signer_of(const SigningRequest& request) override {
    if (!has_key) return fail(Errc::not_found, "no key: run agent init");
    return [request](std::string_view) {
      return std::vector<HttpHeader>{{"Idempotency-Key", request.batch.text()},
                                     {"X-Authority", request.authority},
                                     {"X-Path", request.path},
                                     {"X-Timestamp", std::to_string(unix_ms(request.timestamp))}};
    };
  }
  bool has_key = true;
};

SinkSettings sink(const SinkName& name, milliseconds timer = seconds(60)) {
  SinkSettings settings;
  settings.name = name;
  settings.url = "https://" + name.text() + ".test/api/v1/ingest";
  settings.timer = timer;
  settings.limits = {10, 1 << 20};
  return settings;
}

/// A queue, a delivery and the other end of its wire.
class Wire {
 public:
  explicit Wire(std::vector<SinkSettings> sinks) : sinks_(std::move(sinks)) { restart(); }

  void restart() {
    transport = std::make_unique<ScriptedTransport>();
    delivery = std::make_unique<Delivery>(
        DeliveryParts{*outbox, *transport, signer, outbox.random()}, kSource, sinks_);
    REQUIRE(delivery->start(clock.wall_now()));
  }

  void step() { REQUIRE(delivery->step(clock.mono_now(), clock.wall_now())); }
  void pass(milliseconds time) {
    clock.advance(time);
    step();
  }
  void flush() {
    delivery->flush(clock.mono_now());
    step();
  }

  [[nodiscard]] std::size_t waiting() const { return transport->waiting().size(); }
  [[nodiscard]] const HttpRequest& request(std::size_t place = 0) const {
    return transport->waiting().at(place).request;
  }
  [[nodiscard]] std::vector<std::size_t> numbers(std::size_t place = 0) const {
    return numbers_in(request(place).body);
  }

  /// The hub takes the batch, but for the events in `refused`.
  void accept(std::size_t place = 0, const std::vector<std::size_t>& refused = {}) {
    acknowledge(place, refused);
    step();
  }
  void acknowledge(std::size_t place = 0, const std::vector<std::size_t>& refused = {}) {
    for (const auto number : numbers(place)) ++delivered[number];
    std::string list;
    for (const auto index : refused) {
      list += (list.empty() ? "" : ",") + (R"({"index":)" + std::to_string(index)) + "}";
      --delivered[numbers(place).at(index)];
    }
    const std::string id(header_of(request(place), "Idempotency-Key"));
    transport->answer(200,
                      R"({"batch":")" + id + R"(","digest":")" +
                          to_hex(sha256(request(place).body)) + R"(","rejected":[)" + list + "]}",
                      {}, place);
  }
  void answer(int status, std::string body = {}, std::string retry_after = {}) {
    transport->answer(status, std::move(body), std::move(retry_after));
    step();
  }
  [[nodiscard]] SinkState state() const { return delivery->states().at(0); }

  OutboxFixture outbox;
  ManualClock clock;
  FakeSigner signer;
  std::unique_ptr<ScriptedTransport> transport;
  std::unique_ptr<Delivery> delivery;
  std::map<std::size_t, int> delivered;  ///< how often each event was accepted

 private:
  std::vector<SinkSettings> sinks_;
};

bool has_each_once(const Wire& wire, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = wire.delivered.find(i);
    if (at == wire.delivered.end() || at->second != 1) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a request is signed for the host as it stands in its Host header", "[delivery]") {
  const auto [url, authority] = GENERATE(table<std::string, std::string>({
      {"http://[::1]:4821/api/v1/ingest", "[::1]:4821"},
      {"http://[::1]/api/v1/ingest", "[::1]"},
      {"https://[2001:DB8::7]:8443/api/v1/ingest", "[2001:db8::7]:8443"},
      {"https://Hub.test:443/api/v1/ingest", "hub.test"},
      {"http://127.0.0.1:4821/api/v1/ingest", "127.0.0.1:4821"},
  }));
  CAPTURE(url);
  SinkSettings settings = sink(kHub);
  settings.url = url;
  Wire wire({settings});
  wire.outbox.add(0, 1);
  wire.flush();
  REQUIRE(wire.waiting() == 1);
  CHECK(header_of(wire.request(), "Host") == authority);
  CHECK(header_of(wire.request(), "X-Authority") == authority);
}

TEST_CASE("rows leave when the timer fires, in one batch, and never an empty one", "[delivery]") {
  Wire wire({sink(kHub)});
  wire.pass(std::chrono::hours(1));
  CHECK(wire.waiting() == 0);
  CHECK(wire.delivery->deadline(wire.clock.mono_now()) == MonoTime::max());
  wire.outbox.add(0, 3);
  wire.step();
  CHECK(wire.waiting() == 0);
  CHECK(wire.delivery->deadline(wire.clock.mono_now()) == wire.clock.mono_now() + seconds(60));
  CHECK(wire.state().state == "pending");
  wire.pass(milliseconds(59'999));
  CHECK(wire.waiting() == 0);
  wire.pass(milliseconds(1));
  REQUIRE(wire.waiting() == 1);
  CHECK(wire.state().state == "sending");
  CHECK(wire.numbers() == std::vector<std::size_t>{0, 1, 2});
  CHECK(wire.request().url == "https://hub.test/api/v1/ingest");
  CHECK(header_of(wire.request(), "Host") == "hub.test");
  CHECK(header_of(wire.request(), "X-Authority") == "hub.test");
  CHECK(header_of(wire.request(), "X-Path") == "/api/v1/ingest");
  CHECK(wire.request().connect_timeout == seconds(5));
  CHECK(wire.request().total_timeout == seconds(30));
  wire.accept();
  CHECK(wire.state().state == "idle");
  CHECK(wire.state().delivered == 3);
  CHECK(wire.delivery->progress() == DeliveryProgress::drained);
  wire.pass(std::chrono::hours(1));
  CHECK(wire.waiting() == 0);
}

TEST_CASE("a full batch does not wait for the timer, and both together make one batch",
          "[delivery]") {
  Wire wire({sink(kHub)});
  wire.outbox.add(0, 9);
  wire.step();
  CHECK(wire.waiting() == 0);
  wire.outbox.add(9, 1);
  wire.pass(seconds(60));
  REQUIRE(wire.waiting() == 1);
  CHECK(wire.numbers().size() == 10);
  wire.accept();
  CHECK(wire.waiting() == 0);
}

TEST_CASE("a timer of zero sends as soon as nothing is under way", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 1);
  wire.step();
  REQUIRE(wire.waiting() == 1);
  wire.outbox.add(1, 2);
  wire.step();
  CHECK(wire.waiting() == 1);  // one batch under way for each lane
  wire.accept();
  REQUIRE(wire.waiting() == 1);
  CHECK(wire.numbers() == std::vector<std::size_t>{1, 2});
}

TEST_CASE("what happens now does not wait for what is read back", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 30, Lane::backfill);
  wire.step();
  wire.outbox.add(30, 1, Lane::live);
  wire.step();
  REQUIRE(wire.waiting() == 2);
  CHECK(wire.numbers(1) == std::vector<std::size_t>{30});
}

TEST_CASE("an outage is waited out with growing pauses, and the batch keeps its bytes",
          "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 3);
  wire.step();
  const auto body = wire.request().body;
  const std::string id(header_of(wire.request(), "Idempotency-Key"));
  wire.transport->fail("cannot connect");
  wire.step();
  CHECK(wire.state().state == "retrying");
  CHECK(wire.state().last_error == "cannot connect");
  CHECK(wire.state().attempts == 1);
  CHECK(wire.delivery->progress() == DeliveryProgress::stuck);
  MonoTime before = wire.clock.mono_now();
  milliseconds longest{0};
  for (std::uint32_t attempt = 2; attempt < 40; ++attempt) {
    CHECK(wire.waiting() == 0);
    const auto next = wire.delivery->deadline(wire.clock.mono_now());
    REQUIRE(next > before);
    const auto pause = std::chrono::ceil<milliseconds>(next - before);
    longest = std::max(longest, pause);
    CHECK(pause >= milliseconds(500));
    wire.pass(pause);
    before = wire.clock.mono_now();
    REQUIRE(wire.waiting() == 1);
    CHECK(wire.request().body == body);
    CHECK(header_of(wire.request(), "Idempotency-Key") == id);
    wire.answer(503);
    CHECK(wire.state().attempts == attempt);
  }
  CHECK(longest <= seconds(90));
  CHECK(longest > seconds(30));

  SECTION("a restart in between changes nothing") {
    wire.restart();
    wire.step();
    REQUIRE(wire.waiting() == 1);
    CHECK(wire.request().body == body);
  }
  SECTION("a flush tries at once") {
    wire.flush();
    REQUIRE(wire.waiting() == 1);
    wire.accept();
    CHECK(wire.state().state == "idle");
    CHECK(wire.state().attempts == 0);
    CHECK(wire.state().last_error.empty());
  }
}

TEST_CASE("Retry-After sets the pause, but none is shorter than a second", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 1);
  wire.step();
  wire.answer(429, "", "600");
  CHECK(wire.state().next_try == wire.clock.mono_now() + seconds(600));
  wire.pass(seconds(600));
  wire.answer(429, "", "0");
  CHECK(wire.state().next_try == wire.clock.mono_now() + seconds(1));
}

TEST_CASE("a lost acknowledgement costs one resend of the same batch", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 3);
  wire.step();
  const auto body = wire.request().body;
  wire.transport->fail("no complete answer");  // the hub had stored it
  wire.step();
  wire.pass(seconds(2));
  CHECK(wire.request().body == body);
  wire.accept();
  CHECK(wire.state().delivered == 3);
}

TEST_CASE("one poison event is found and quarantined, the rest goes", "[delivery]") {
  const std::size_t poison = GENERATE(0U, 4U, 9U);
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 10);
  wire.step();
  for (int i = 0; i < 50 && wire.waiting() > 0; ++i) {
    const auto numbers = wire.numbers();
    const bool bad = std::ranges::find(numbers, poison) != numbers.end();
    if (bad)
      wire.answer(GENERATE_COPY(400, 422));
    else
      wire.accept();
  }
  CHECK(wire.state().quarantined == 1);
  CHECK(wire.state().delivered == 9);
  CHECK(wire.state().pending == 0);
  CHECK(wire.delivered.count(poison) == 0);
  CHECK(wire.delivery->progress() == DeliveryProgress::drained);
}

TEST_CASE("three single events running refused alike are the configuration: all is kept",
          "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 10);
  wire.step();
  int requests = 0;
  for (; wire.waiting() > 0; ++requests) wire.answer(400, R"({"error":{"code":"no_such_field"}})");
  CHECK(requests < 15);
  CHECK(wire.state().state == "misconfigured");
  CHECK(wire.state().last_error == "400 no_such_field");
  CHECK(wire.state().quarantined == 0);
  CHECK(wire.state().pending == 10);
  CHECK(wire.delivery->progress() == DeliveryProgress::stuck);

  SECTION("it asks again now and then, and still quarantines nothing") {
    for (int i = 0; i < 5; ++i) {
      wire.pass(std::chrono::minutes(25));
      REQUIRE(wire.waiting() == 1);
      wire.answer(400, R"({"error":{"code":"no_such_field"}})");
    }
    CHECK(wire.state().pending == 10);
    CHECK(wire.state().quarantined == 0);
  }
  SECTION("everything is delivered once it is put right") {
    wire.pass(std::chrono::minutes(25));
    while (wire.waiting() > 0) wire.accept();
    CHECK(wire.state().pending == 0);
    CHECK(wire.state().quarantined == 0);
    CHECK(has_each_once(wire, 10));
  }
}

TEST_CASE("a refusal that could not be stored is none yet: the event is refused once more",
          "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 1);
  wire.step();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(wire.waiting() == 1);
    wire.transport->answer(422, R"({"error":{"code":"bad_event"}})");
    REQUIRE(wire.delivery->take_answers(wire.clock.mono_now(), wire.clock.wall_now()));
    wire.outbox->rollback();
    wire.delivery->rolled_back();
    wire.step();
  }
  wire.answer(422, R"({"error":{"code":"bad_event"}})");
  CHECK(wire.state().quarantined == 1);
  CHECK(wire.state().pending == 0);
}

TEST_CASE("refusals for different reasons are poison each", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 3);
  wire.step();
  for (int i = 0; wire.waiting() > 0; ++i) {
    wire.answer(400, R"({"error":{"code":"reason_)" + std::to_string(i) + R"("}})");
  }
  CHECK(wire.state().quarantined == 3);
}

TEST_CASE("a batch that is too large is halved, a single event that is goes to quarantine",
          "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 8);
  wire.step();
  for (int i = 0; i < 50 && wire.waiting() > 0; ++i) {
    if (wire.numbers().size() > 2 || wire.numbers().front() == 6)
      wire.answer(413);
    else
      wire.accept();
  }
  CHECK(wire.state().quarantined == 1);
  CHECK(wire.state().delivered == 7);
}

TEST_CASE("events that the hub rejects are quarantined by name", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 5);
  wire.step();
  wire.accept(0, {1, 4});
  CHECK(wire.state().delivered == 3);
  CHECK(wire.state().quarantined == 2);
  CHECK(wire.state().pending == 0);
}

TEST_CASE("a key that is not accepted pauses up to a quarter of an hour and keeps all",
          "[delivery]") {
  const auto [status, condition] = GENERATE(table<int, std::string>({{401, "denied"},
                                                                     {403, "denied"},
                                                                     {404, "misplaced"},
                                                                     {405, "misplaced"},
                                                                     {410, "misplaced"}}));
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 3);
  wire.step();
  for (int i = 0; i < 20; ++i) {
    wire.answer(status);
    CHECK(wire.state().state == condition);
    const auto pause = *wire.state().next_try - wire.clock.mono_now();
    CHECK(pause <= std::chrono::minutes(15));
    if (i > 10) CHECK(pause >= std::chrono::minutes(5));
    wire.pass(std::chrono::ceil<milliseconds>(pause));
    REQUIRE(wire.waiting() == 1);
  }
  wire.accept();
  CHECK(wire.state().state == "idle");
  CHECK(has_each_once(wire, 3));
}

TEST_CASE("a wrong clock is corrected by the hub's once, then it is not the clock", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 1);
  wire.step();
  const std::string skew = R"({"error":{"code":"clock_skew","server_time":")" +
                           format_rfc3339(wire.clock.wall_now() + std::chrono::hours(2)) + R"("}})";
  wire.answer(401, skew);
  REQUIRE(wire.waiting() == 1);  // at once
  CHECK(header_of(wire.request(), "X-Timestamp") ==
        std::to_string(unix_ms(wire.clock.wall_now() + std::chrono::hours(2))));
  SECTION("accepted") {
    wire.accept();
    wire.outbox.add(1, 1);
    wire.step();
    CHECK(header_of(wire.request(), "X-Timestamp") ==
          std::to_string(unix_ms(wire.clock.wall_now() + std::chrono::hours(2))));
  }
  SECTION("not accepted") {
    wire.answer(401, skew);
    CHECK(wire.waiting() == 0);
    CHECK(wire.state().state == "denied");
  }
}

TEST_CASE("a clock that jumps again before the hub took anything is followed again", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  const auto say_true_time = [&](WallTime time) {
    wire.answer(
        401, R"({"error":{"code":"clock_skew","server_time":")" + format_rfc3339(time) + R"("}})");
  };
  wire.outbox.add(0, 1);
  wire.step();
  say_true_time(wire.clock.wall_now() + std::chrono::hours(2));
  REQUIRE(wire.waiting() == 1);
  wire.clock.jump_wall(-std::chrono::hours(5));
  say_true_time(wire.clock.wall_now() + std::chrono::hours(7));
  CHECK(wire.state().state == "denied");
  wire.pass(std::chrono::minutes(15));
  REQUIRE(wire.waiting() == 1);
  CHECK(header_of(wire.request(), "X-Timestamp") ==
        std::to_string(unix_ms(wire.clock.wall_now() + std::chrono::hours(7))));
  wire.accept();
  CHECK(has_each_once(wire, 1));
}

TEST_CASE("without a key rows stay queued until there is one", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.signer.has_key = false;
  wire.outbox.add(0, 2);
  wire.step();
  CHECK(wire.waiting() == 0);
  CHECK(wire.state().state == "no key");
  CHECK(wire.state().last_error == "no key: run agent init");
  wire.signer.has_key = true;
  wire.pass(seconds(2));
  REQUIRE(wire.waiting() == 1);
  wire.accept();
  CHECK(wire.state().state == "idle");
}

TEST_CASE("a dead sink costs the others nothing, and gets everything in the end", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0)), sink(kOther, milliseconds(0))});
  for (std::size_t i = 0; i < 30; ++i) {
    wire.outbox.add(i, 1);
    wire.step();
    for (std::size_t place = 0; place < wire.waiting();) {
      if (wire.request(place).url.find("other") != std::string::npos) {
        wire.transport->fail("cannot connect", place);
        wire.step();
      } else {
        wire.accept(place);
      }
    }
  }
  CHECK(wire.delivery->states().at(0).delivered == 30);
  CHECK(wire.delivery->states().at(1).delivered == 0);
  CHECK(wire.delivery->states().at(1).pending == 30);
  CHECK(has_each_once(wire, 30));
  wire.delivered.clear();
  wire.flush();
  while (wire.waiting() > 0) wire.accept();
  CHECK(has_each_once(wire, 30));
  CHECK(wire.delivery->progress() == DeliveryProgress::drained);
}

TEST_CASE("an answer is followed by the next full batch before anything is committed",
          "[delivery]") {
  Wire wire({sink(kHub)});
  wire.outbox.add(0, 45);
  wire.step();
  wire.step();
  REQUIRE(wire.numbers().front() == 0);
  for (const std::size_t first : {10U, 20U}) {
    wire.acknowledge();
    REQUIRE(wire.delivery->take_answers(wire.clock.mono_now(), wire.clock.wall_now()));
    REQUIRE(wire.waiting() == 1);
    CHECK(wire.numbers().front() == first);
  }
  wire.acknowledge();
  REQUIRE(wire.delivery->take_answers(wire.clock.mono_now(), wire.clock.wall_now()));
  CHECK(wire.waiting() == 0);  // no more than kAheadMax were sealed
  wire.flush();
  while (wire.waiting() > 0) wire.accept();
  CHECK(has_each_once(wire, 45));
}

TEST_CASE("what was sent after an answer that was not stored goes out again, in order",
          "[delivery]") {
  Wire wire({sink(kHub)});
  wire.outbox.add(0, 30);
  wire.step();
  wire.acknowledge();
  REQUIRE(wire.delivery->take_answers(wire.clock.mono_now(), wire.clock.wall_now()));
  wire.outbox->rollback();
  wire.delivery->rolled_back();
  REQUIRE(wire.numbers().front() == 10);
  wire.acknowledge();
  wire.step();
  REQUIRE(wire.numbers().front() == 0);  // the hub knows both and says so
  wire.delivered.clear();
  while (wire.waiting() > 0) wire.accept();
  CHECK(has_each_once(wire, 30));
}

TEST_CASE("while paused nothing new is sent, and answers still count", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 1);
  wire.step();
  wire.delivery->pause();
  wire.accept();
  wire.outbox.add(1, 1);
  wire.pass(seconds(1));
  CHECK(wire.waiting() == 0);
  CHECK(wire.state().state == "paused");
  CHECK(wire.delivery->deadline(wire.clock.mono_now()) == MonoTime::max());
  wire.delivery->resume();
  wire.step();
  CHECK(wire.waiting() == 1);
}

TEST_CASE("what a sink is about is stored, for those who ask without a daemon", "[delivery]") {
  Wire wire({sink(kHub, milliseconds(0))});
  wire.outbox.add(0, 1);
  wire.step();
  wire.answer(401, R"({"error":{"code":"key_revoked","message":"secret"}})");
  auto reader = OutboxReader::open(wire.outbox.path());
  REQUIRE(reader);
  const auto note = reader->status()->sinks.at(0).note;
  CHECK(note.condition == "denied");
  CHECK(note.attempts == 1);
  CHECK(note.last_error == "401 key_revoked");
  CHECK(note.next_try.has_value());
}

TEST_CASE("no event is lost over a day of faults, lost acknowledgements and restarts",
          "[delivery]") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 6));
  Wire wire({sink(kHub, milliseconds(0))});
  CountingRandom dice(seed);
  std::set<std::string> stored;       // digests, as the hub's dedupe would know them
  std::map<std::size_t, int> events;  // how often the hub stored each
  std::size_t added = 0;
  for (int round = 0; round < 300; ++round) {
    std::array<std::byte, 1> byte{};
    dice.fill(byte);
    const auto roll = std::to_integer<unsigned>(byte[0]) % 16;
    if (roll < 5 && round < 250) {
      wire.outbox.add(added, roll + 1);
      added += roll + 1;
    }
    if (roll == 5) wire.restart();
    if (wire.waiting() > 0 && roll >= 6) {
      const auto numbers = wire.numbers();
      if (roll < 9) {
        wire.answer(503);
      } else if (roll == 9) {
        wire.answer(413);
      } else {
        if (stored.insert(to_hex(sha256(wire.request().body))).second) {
          for (const auto number : numbers) ++events[number];
        }
        if (roll == 10)
          wire.answer(502);  // stored, but the acknowledgement is lost
        else
          wire.accept();
      }
    }
    wire.pass(seconds(roll % 4));
  }
  for (int i = 0; i < 200 && wire.delivery->progress() != DeliveryProgress::drained; ++i) {
    wire.flush();
    while (wire.waiting() > 0) {
      if (stored.insert(to_hex(sha256(wire.request().body))).second) {
        for (const auto number : wire.numbers()) ++events[number];
      }
      wire.accept();
    }
  }
  CHECK(wire.delivery->progress() == DeliveryProgress::drained);
  std::size_t missing = wire.state().quarantined;
  for (std::size_t i = 0; i < added; ++i) {
    if (!events.contains(i)) {
      CHECK(missing-- > 0);
    }
  }
}
