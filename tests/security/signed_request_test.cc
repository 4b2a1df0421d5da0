// What an attacker can do with a request that he has seen: change it, send it again, send it
// elsewhere, and learn from refusals.

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/hub/ingest_gate.h"
#include "agent/hub/strict_sources.h"
#include "base/encoding.h"
#include "crypto/batch_signature.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent::test {
namespace {

using vigil::test::ManualClock;

std::int64_t stored(TestHub& hub) {
  const auto answer = hub.get("/api/v1/status");
  REQUIRE(answer.status == 200);
  std::int64_t count = 0;
  const auto status = nlohmann::json::parse(answer.body);
  for (const auto& source : status.at("sources")) count += source.at("heartbeats").get<int>();
  return count;
}

struct Range {
  std::size_t begin;
  std::size_t end;
};

/// Where in a request's text the value of a header stands.
Range value_of(const std::string& text, const std::string& name) {
  const std::size_t begin = text.find("\r\n" + name + ": ");
  REQUIRE(begin != std::string::npos);
  const std::size_t value = begin + name.size() + 4;
  return {value, text.find("\r\n", value)};
}

std::string captured(const TestHub& hub, const Sender& sender, const std::string& body) {
  return request_text("POST", "/api/v1/ingest", hub.authority(),
                      sender.headers_v1(body, "b1", hub.authority(), hub.clock.wall_now()), body);
}

}  // namespace

TEST_CASE("no flipped bit of a signed part gets a request of two kibibytes through",
          "[security][io]") {
  HubOptions options;
  options.rates = {.requests_per_second = 0, .bytes_per_second = 0};
  TestHub hub(std::move(options));
  const Sender sender(1);
  hub.allow(sender);
  std::string body = sample_body("laptop", "b1", 3);
  body.insert(1, 2'048 - std::min<std::size_t>(captured(hub, sender, body).size(), 2'048), ' ');
  const std::string good = captured(hub, sender, body);
  REQUIRE(good.size() >= 2'048);
  std::vector<Range> covered{{0, good.find(" HTTP/1.1")}};
  for (const auto* name : {"Host", "X-Source-ID", "Idempotency-Key", "X-Timestamp",
                           "Content-Digest", "X-Signature-V1"}) {
    covered.push_back(value_of(good, name));
  }
  covered.push_back({good.size() - body.size(), good.size()});

  std::map<int, int> answers;
  std::size_t flips = 0;
  for (const auto& [begin, end] : covered) {
    for (std::size_t bit = 8 * begin; bit < 8 * end; ++bit, ++flips) {
      std::string changed = good;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      const int status = hub.exchange(changed).status;
      ++answers[status];
      INFO("bit " << bit << ": " << changed.substr(begin, std::min<std::size_t>(end - begin, 80)));
      REQUIRE(status >= 400);
      // 409: a body that is not the one signed for is not even read, and may be sent again.
      if (begin == covered.back().begin) REQUIRE(status == 409);
    }
  }
  for (const auto& [status, count] : answers) std::printf("%d: %d flips\n", status, count);
  std::printf("%zu flips of %zu bytes\n", flips, good.size());
  CHECK(stored(hub) == 0);
  CHECK(hub.exchange(good).status == 200);  // and it was good all the time
}

TEST_CASE("a changed body with a digest that fits it is refused at every bit", "[security][unit]") {
  vigil::test::MemoryFileSystem files;
  StrictSources strict(files, "/hub/v1-sources");
  IngestGate gate(RateLimits{.requests_per_second = 0, .bytes_per_second = 0}, strict, {});
  const Sender sender(1);
  Registry registry;
  REQUIRE(allow_source(registry, sender.line(), ManualClock::kWallStart));
  const std::string body = sample_body("laptop", "b1", 2);
  const auto headers = sender.headers_v1(body, "b1", "127.0.0.1:4821", ManualClock::kWallStart);
  for (std::size_t bit = 0; bit < 8 * body.size(); ++bit) {
    std::string changed = body;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    Request request = sender.request(changed, headers, "127.0.0.1:4821");
    for (auto& [name, value] : request.headers) {
      if (name == "Content-Digest") value = crypto::content_digest(sha256(changed));
    }
    const auto result = gate.admit(request, registry, ManualClock::kWallStart, MonoTime{});
    REQUIRE_FALSE(result);
    REQUIRE(result.error().status == 401);
  }
}

TEST_CASE("a captured request stores nothing twice, at no time", "[security][io]") {
  HubOptions options;
  options.rates = {.requests_per_second = 0, .bytes_per_second = 0};
  TestHub hub(std::move(options));
  const Sender sender(1);
  hub.allow(sender);
  const Sender old(2, "desk");  // signs with v0 alone, which knows no time
  hub.allow(old);
  const std::string request = captured(hub, sender, sample_body("laptop", "b1", 5));
  const std::string old_body = sample_body("desk", "b2", 5, 2);
  const std::string old_request =
      request_text("POST", "/api/v1/ingest", hub.authority(), old.headers_v0(old_body), old_body);
  REQUIRE(hub.exchange(request).status == 200);
  REQUIRE(hub.exchange(old_request).status == 200);
  REQUIRE(stored(hub) == 10);

  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(hub.exchange(request).status == 200);
    REQUIRE(hub.exchange(old_request).status == 200);
  }
  CHECK(stored(hub) == 10);
  hub.clock.advance(std::chrono::seconds(1));
  CHECK(hub.exchange(request).status == 200);
  hub.clock.advance(std::chrono::seconds(300));
  CHECK(hub.exchange(request).status == 401);
  CHECK(hub.exchange(old_request).status == 200);
  hub.clock.advance(std::chrono::days(30));
  CHECK(hub.exchange(request).status == 401);
  CHECK(hub.exchange(old_request).status == 200);
  CHECK(stored(hub) == 10);
}

TEST_CASE("a captured request is of no use at another hub, path or method", "[security][io]") {
  HubOptions options;
  options.names = {"hub.example"};
  TestHub hub(std::move(options));
  const Sender sender(1);
  hub.allow(sender);
  const std::string body = sample_body("laptop", "b1", 2);
  const auto elsewhere = sender.headers_v1(body, "b1", "other.example:4821", hub.clock.wall_now());
  CHECK(hub.exchange(request_text("POST", "/api/v1/ingest", hub.authority(), elsewhere, body))
            .status == 401);
  const auto here = sender.headers_v1(body, "b1", hub.authority(), hub.clock.wall_now());
  CHECK(hub.exchange(request_text("POST", "/api/v1/ingest", "hub.example", here, body)).status ==
        401);
  CHECK(hub.exchange(request_text("POST", "/api/v1/tickets", hub.authority(), here, body)).status ==
        401);
  CHECK(
      hub.exchange(request_text("POST", "/api/v1/ingest?x", hub.authority(), here, body)).status ==
      200);  // the path is signed, and a query means nothing here
  CHECK(stored(hub) == 2);
}

TEST_CASE("a refusal does not tell whether a source exists", "[security][unit]") {
  vigil::test::MemoryFileSystem files;
  StrictSources strict(files, "/hub/v1-sources");
  IngestGate gate(RateLimits{.requests_per_second = 0, .bytes_per_second = 0}, strict, {});
  const Sender known(1);
  const Sender stranger(2);  // the same source's name, another key
  const Sender unknown(2, "nobody");
  Registry registry;
  REQUIRE(allow_source(registry, known.line(), ManualClock::kWallStart));
  const auto refused = [&](const Sender& sender) {
    const std::string body = sample_body(sender.source(), "b1", 3);
    Request request = sender.request(
        body, sender.headers_v1(body, "b1", "127.0.0.1:4821", ManualClock::kWallStart),
        "127.0.0.1:4821");
    const auto begun = std::chrono::steady_clock::now();
    auto result = gate.admit(request, registry, ManualClock::kWallStart, MonoTime{});
    const auto took = std::chrono::steady_clock::now() - begun;
    REQUIRE_FALSE(result);
    return std::pair(std::move(result).error(), took);
  };
  const auto [wrong_key, time_a] = refused(stranger);
  const auto [no_source, time_b] = refused(unknown);
  CHECK(wrong_key.status == 401);
  CHECK(wrong_key.status == no_source.status);
  CHECK(wrong_key.headers == no_source.headers);
  CHECK(wrong_key.body == no_source.body);

  // The lower fifth of many interleaved timings: what the work costs, without the machine's noise.
  std::vector<std::chrono::nanoseconds> with_key;
  std::vector<std::chrono::nanoseconds> without;
  for (int i = 0; i < 5'000; ++i) {
    with_key.push_back(refused(stranger).second);
    without.push_back(refused(unknown).second);
  }
  const auto cost = [](std::vector<std::chrono::nanoseconds>& times) {
    std::ranges::nth_element(times, times.begin() + 1'000);
    return static_cast<double>(times[1'000].count());
  };
  const double ratio = cost(with_key) / cost(without);
  std::printf("known / unknown source: %.4f of the time\n", ratio);
  CHECK(ratio == Approx(1.0).margin(0.05));
}

}  // namespace vigil::agent::test
