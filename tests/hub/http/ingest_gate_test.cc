#include "agent/hub/ingest_gate.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/hub/http/hub_fixture.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent::test {
namespace {

using vigil::test::ManualClock;
using vigil::test::MemoryFileSystem;

constexpr std::string_view kAuthority = "hub.example:4821";
constexpr WallTime kNow = ManualClock::kWallStart;
constexpr MonoTime kMono = ManualClock::kMonoStart;

struct Gate {
  Gate() { allow(sender); }

  void allow(const Sender& who) { REQUIRE(allow_source(registry, who.line(), kNow)); }

  std::expected<AdmittedBatch, Response> admit(const Request& request, WallTime now = kNow) {
    return gate.admit(request, registry, now, kMono);
  }

  [[nodiscard]] Request good(const std::string& content, std::string_view batch = "b1",
                             WallTime signed_at = kNow) const {
    return sender.request(content, sender.headers_v1(content, batch, kAuthority, signed_at),
                          kAuthority);
  }

  Sender sender{1};
  Registry registry;
  MemoryFileSystem files;
  StrictSources strict{files, "/hub/v1-sources"};
  IngestGate gate{RateLimits{}, strict, {}};
  std::string body = sample_body("laptop", "b1", 3);
};

std::string code_of(const std::expected<AdmittedBatch, Response>& result) {
  if (result) return "admitted";
  return nlohmann::json::parse(result.error().body).at("error").at("code").get<std::string>();
}

void set_header(Request& request, std::string_view name, const std::string& value) {
  for (auto& header : request.headers) {
    if (header.first == name) header.second = value;
  }
}

void drop_header(Request& request, std::string_view name) {
  std::erase_if(request.headers, [name](const Header& header) { return header.first == name; });
}

TEST_CASE("a batch that is signed as it should be is admitted whole", "[hub][unit]") {
  Gate gate;
  const auto batch = gate.admit(gate.good(gate.body));
  REQUIRE(batch);
  CHECK(batch->source.text() == "laptop");
  CHECK(batch->header.batch.text() == "b1");
  CHECK(batch->header.seq == 1);
  CHECK(batch->heartbeats.size() == 3);
  CHECK(batch->digest == sha256(gate.body));
  CHECK(batch->key_id == crypto::key_id(gate.sender.key().public_key()));
}

TEST_CASE("any change of a signed part is refused", "[hub][unit]") {
  Gate gate;
  Request request = gate.good(gate.body);
  const auto [name, value] = GENERATE(table<std::string, std::string>({
      {"Host", "other.example:4821"},
      {"Idempotency-Key", "\"b2\""},
      {"X-Timestamp", "1700000001"},
      {"X-Source-ID", "laptop2"},
      {"X-Signature-V1", "v1a,AAAA"},
      {"X-Signature-V1", "v2,"},
  }));
  set_header(request, name, value);
  CHECK(code_of(gate.admit(request)) == "unauthorized");
}

TEST_CASE("every flipped bit of a signature is refused", "[hub][unit]") {
  Gate gate;
  const Request good = gate.good(gate.body);
  const std::string header(good.header("X-Signature-V1"));
  for (std::size_t i = 4; i + 3 < header.size(); ++i) {
    Request request = good;
    std::string changed = header;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    set_header(request, "X-Signature-V1", changed);
    REQUIRE_FALSE(gate.admit(request));
  }
}

TEST_CASE("a body that is not the one signed for is sent again, not taken apart", "[hub][unit]") {
  Gate gate;
  Request request = gate.good(gate.body);
  request.body[10] = static_cast<char>(request.body[10] ^ 1);
  const auto result = gate.admit(request);
  REQUIRE_FALSE(result);
  CHECK(result.error().status == 409);
}

TEST_CASE("headers that break their syntax are named", "[hub][unit]") {
  Gate gate;
  Request request = gate.good(gate.body);
  const auto [name, value] = GENERATE(table<std::string, std::string>({
      {"X-Source-ID", "lap top"},
      {"X-Timestamp", "12x"},
      {"X-Timestamp", "-1"},
      {"X-Timestamp", "99999999999999999999"},
      {"Idempotency-Key", "a b"},
      {"Content-Digest", "sha-512=:AAAA:"},
      {"Content-Digest", "sha-256=:AAAA:"},
  }));
  set_header(request, name, value);
  const auto result = gate.admit(request);
  CHECK(code_of(result) == "bad_header");
  CHECK(result.error().body.contains(name));
}

TEST_CASE("v1 needs all of its headers", "[hub][unit]") {
  Gate gate;
  Request request = gate.good(gate.body);
  drop_header(request, GENERATE("X-Timestamp", "Idempotency-Key", "Content-Digest"));
  CHECK(code_of(gate.admit(request)) == "bad_header");
}

TEST_CASE("clocks may be 300 s apart and no more, and the sender is told the time", "[hub][unit]") {
  Gate gate;
  const Request request = gate.good(gate.body);
  const auto [skew, code] = GENERATE(table<int, std::string>({{299, "admitted"},
                                                              {300, "admitted"},
                                                              {301, "clock_skew"},
                                                              {31'536'000, "clock_skew"},
                                                              {-299, "admitted"},
                                                              {-300, "admitted"},
                                                              {-301, "clock_skew"},
                                                              {-31'536'000, "clock_skew"}}));
  const auto result = gate.admit(request, kNow + std::chrono::seconds(skew));
  CHECK(code_of(result) == code);
  if (!result)
    CHECK(result.error().body.contains(format_rfc3339(kNow + std::chrono::seconds(skew))));
}

TEST_CASE("nothing tells an unknown source from a wrong signature", "[hub][unit]") {
  Gate gate;
  const Sender stranger(2, "stranger");
  const Sender impostor(3, "laptop");
  const auto refuse = [&](const Sender& who) {
    const std::string body = sample_body(who.source(), "b1", 1);
    auto result =
        gate.admit(who.request(body, who.headers_v1(body, "b1", kAuthority, kNow), kAuthority));
    REQUIRE_FALSE(result);
    return std::pair(result.error().status, result.error().body);
  };
  CHECK(refuse(stranger) == refuse(impostor));
  CHECK(refuse(stranger).first == 401);
}

TEST_CASE("v0 alone is enough until a source has used v1", "[hub][unit]") {
  Gate gate;
  const Request v0 = gate.sender.request(gate.body, gate.sender.headers_v0(gate.body), kAuthority);
  CHECK(gate.admit(v0));
  CHECK(gate.admit(gate.good(gate.body)));
  CHECK(code_of(gate.admit(v0)) == "v1_needed");
  CHECK_FALSE(gate.admit(gate.sender.request(gate.body, {{"X-Source-ID", "laptop"}}, kAuthority)));
}

TEST_CASE("a v1 signature that fails is not saved by a good v0 one", "[hub][unit]") {
  Gate gate;
  Request request = gate.good(gate.body);
  set_header(request, "X-Signature-V1", "v1a," + std::string(request.header("X-Signature")));
  CHECK(code_of(gate.admit(request)) == "unauthorized");
}

TEST_CASE("a revoked key is told so, but only its owner", "[hub][unit]") {
  Gate gate;
  REQUIRE(revoke_source(gate.registry, SourceId("laptop")));
  CHECK(code_of(gate.admit(gate.good(gate.body))) == "key_revoked");
  Request request = gate.good(gate.body);
  set_header(request, "X-Timestamp", "1");
  CHECK(code_of(gate.admit(request)) == "unauthorized");
}

TEST_CASE("two keys of one source sign side by side", "[hub][unit]") {
  Gate gate;
  const Sender next(9, "laptop");
  gate.allow(next);
  CHECK(gate.admit(gate.good(gate.body)));
  CHECK(gate.admit(
      next.request(gate.body, next.headers_v1(gate.body, "b1", kAuthority, kNow), kAuthority)));
}

TEST_CASE("a source cannot speak for another", "[hub][unit]") {
  Gate gate;
  CHECK(code_of(gate.admit(gate.good(sample_body("desk", "b1", 1)))) == "foreign_source");
  CHECK(code_of(gate.admit(gate.good(R"([{"id":"evt_00000000000000000000","source":"desk"}])"))) ==
        "foreign_source");
}

TEST_CASE("bodies that are no batch are refused whole", "[hub][unit]") {
  Gate gate;
  const std::string body =
      GENERATE("", "null", "7", "{", "[", "[1]", "{}", R"({"v":1})", "[] []", "\xFF");
  INFO(body);
  CHECK(code_of(gate.admit(gate.good(body))) == "malformed");
}

TEST_CASE("the batch in the header is the batch in the body", "[hub][unit]") {
  Gate gate;
  CHECK(code_of(gate.admit(gate.good(gate.body, "b2"))) == "batch_mismatch");
}

TEST_CASE("bad events are listed and the good ones kept", "[hub][unit]") {
  Gate gate;
  std::string body = gate.body;
  body.insert(body.rfind(']'), R"(,{"id":"evt_00000000000000000007","time":3},{})");
  const auto batch = gate.admit(gate.good(body));
  REQUIRE(batch);
  CHECK(batch->heartbeats.size() == 3);
  REQUIRE(batch->rejected.size() == 2);
  CHECK(batch->rejected[0].index == 3);
  CHECK(batch->rejected[0].id == "evt_00000000000000000007");
  CHECK(batch->rejected[1].id.empty());
  const Response answer = ingest_answer(*batch, {}, "00c0ffee00c0ffee");
  CHECK(answer.body.contains(
      R"("rejected":[{"index":3,"id":"evt_00000000000000000007","code":"malformed")"));
}

TEST_CASE("a source that sends too much is told when to come again", "[hub][unit]") {
  Gate gate;
  IngestGate slow(RateLimits{.requests_per_second = 2, .bytes_per_second = 0}, gate.strict, {});
  const Request request = gate.good(gate.body);
  CHECK(slow.admit(request, gate.registry, kNow, kMono));
  CHECK(slow.admit(request, gate.registry, kNow, kMono));
  const auto refused = slow.admit(request, gate.registry, kNow, kMono);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().status == 429);
  CHECK(find_header(refused.error().headers, "Retry-After") == "1");
  CHECK(slow.admit(request, gate.registry, kNow, kMono + std::chrono::seconds(1)));
}

}  // namespace
}  // namespace vigil::agent::test
