// The whole hub over loopback, as its clients see it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "agent/hub/store/hub_reader.h"
#include "agent/hub/strict_sources.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "tests/hub/http/hub_fixture.h"

namespace vigil::agent::test {
namespace {

using nlohmann::json;

std::string error_code(const Answer& answer) {
  return json::parse(answer.body).at("error").at("code").get<std::string>();
}

TEST_CASE("health needs no credentials but the right host, and every answer is armoured",
          "[hub][io]") {
  TestHub hub;
  const auto answer = hub.exchange(request_text("GET", "/health", hub.authority(), {}));
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"status":"ok"})");
  CHECK(answer.header("Content-Security-Policy").starts_with("default-src 'none'"));
  CHECK(answer.header("X-Content-Type-Options") == "nosniff");
  CHECK(answer.header("Access-Control-Allow-Origin").empty());
  CHECK(hub.exchange(request_text("GET", "/health", "evil.example", {})).status == 421);
}

TEST_CASE("every other route wants credentials", "[hub][io]") {
  TestHub hub;
  const std::string_view path =
      GENERATE("/", "/timeline", "/assets/vigil-0.js", "/api/v1/stats", "/api/v1/export",
               "/api/v1/stream", "/api/v1/status", "/login?ticket=00");
  const auto answer = hub.exchange(request_text("GET", path, hub.authority(), {}));
  CHECK(answer.status == 401);
  CHECK(hub.exchange(
               request_text("GET", path, hub.authority(), {{"Authorization", "Bearer vigil_00"}}))
            .status == 401);
  CHECK(hub.exchange(request_text("POST", "/api/v1/tickets", hub.authority(), {})).status == 401);
}

TEST_CASE("a browser that is not signed in is told how to be, and nothing runs there",
          "[hub][io]") {
  TestHub hub;
  const auto page = hub.exchange(request_text("GET", "/timeline", hub.authority(), {}));
  CHECK(page.status == 401);
  CHECK(page.body.contains("agent open"));
  CHECK_FALSE(page.body.contains("<script"));
  const std::size_t begin = page.body.find("<style>") + 7;
  const std::string style = page.body.substr(begin, page.body.find("</style>") - begin);
  const std::string hash = "'sha256-" + to_base64(sha256(style)) + "'";
  CHECK(page.header("Content-Security-Policy").contains("style-src 'self' " + hash + ";"));
  CHECK(page.header("Content-Security-Policy").contains("script-src 'self';"));
}

TEST_CASE("a token in the query is no token", "[hub][io]") {
  TestHub hub;
  const std::string secret = hub.token().substr(7);
  const auto answer =
      hub.exchange(request_text("GET", "/api/v1/stats?token=" + secret, hub.authority(), {}));
  CHECK(answer.status == 401);
}

TEST_CASE("unknown paths below /api are 404, known ones with another method 405", "[hub][io]") {
  TestHub hub;
  for (const auto* path : {"/api", "/api/", "/api/v1/nothing", "/api/v2/stats"}) {
    CHECK(hub.get(path).status == 404);
  }
  CHECK(hub.exchange(request_text("POST", "/nothing", hub.authority(), {})).status == 405);
  const auto answer = hub.exchange(request_text("POST", "/health", hub.authority(), {}));
  CHECK(answer.status == 405);
  CHECK(answer.header("Allow") == "GET, HEAD");
}

TEST_CASE("a signed batch is stored once however often it comes", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  const std::string body = sample_body("laptop", "b1", 1'000);
  const auto first = hub.post_batch(sender, body, "b1");
  REQUIRE(first.status == 200);
  const json answer = json::parse(first.body);
  CHECK(answer.at("batch") == "b1");
  CHECK(answer.at("digest") == to_hex(sha256(body)));
  CHECK(answer.at("stored") == 1'000);
  CHECK(answer.at("rejected") == json::array());

  CHECK(json::parse(hub.post_batch(sender, body, "b1").body).at("stored") == 1'000);  // a replay
  const std::string again = sample_body("laptop", "b2", 1'000);
  CHECK(json::parse(hub.post_batch(sender, again, "b2").body).at("duplicate") == 1'000);

  const auto stats = hub.get("/api/v1/stats?range=all_time&by=actor");
  REQUIRE(stats.status == 200);
  CHECK(json::parse(stats.body).at("items").is_array());
}

TEST_CASE("the same batch id with another body is 422", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", 2), "b1").status == 200);
  const auto answer = hub.post_batch(sender, sample_body("laptop", "b1", 3), "b1");
  CHECK(answer.status == 422);
  CHECK(error_code(answer) == "batch_reused");
}

TEST_CASE("a revoked source is refused from the next request on", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", 1), "b1").status == 200);
  hub.revoke(sender);
  const auto answer = hub.post_batch(sender, sample_body("laptop", "b2", 1), "b2");
  CHECK(answer.status == 401);
  CHECK(error_code(answer) == "key_revoked");
}

TEST_CASE("a source that used v1 cannot go back to v0, not even after a restart", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  const std::string body = sample_body("laptop", "b1", 1);
  const auto v0 = [&] {
    return hub.exchange(
        request_text("POST", "/api/v1/ingest", hub.authority(), sender.headers_v0(body), body));
  };
  CHECK(v0().status == 200);
  CHECK(hub.post_batch(sender, body, "b1").status == 200);
  CHECK(v0().status == 401);
  StrictSources marks(hub.files, hub.folder.file("v1-sources"));
  REQUIRE(marks.load());
  CHECK(marks.contains(SourceId("laptop")));
}

TEST_CASE("a one-time link signs a browser in, once", "[hub][io]") {
  TestHub hub;
  const std::string link = hub.server().new_login_link();
  const std::string target = link.substr(hub.server().url().size());
  RawClient checker(hub.port());  // HEAD, as link checkers send it
  checker.send(request_text("HEAD", target, hub.authority(), {}));
  CHECK(checker.receive_until("\r\n\r\n").starts_with("HTTP/1.1 401"));
  const auto answer = hub.exchange(request_text("GET", target, hub.authority(), {}));
  REQUIRE(answer.status == 303);
  CHECK(answer.header("Location") == "/");
  const std::string cookie(answer.header("Set-Cookie"));
  CHECK(cookie.contains("HttpOnly; SameSite=Strict"));
  CHECK(hub.exchange(request_text("GET", target, hub.authority(), {})).status == 401);

  const std::string pair = cookie.substr(0, cookie.find(';'));
  const auto page = hub.exchange(request_text("GET", "/", hub.authority(), {{"Cookie", pair}}));
  CHECK(page.status == 200);
  CHECK(page.body.contains("<title>Vigil</title>"));

  SECTION("but not for ever") {
    hub.clock.advance(std::chrono::days(31));
    CHECK(hub.exchange(request_text("GET", "/", hub.authority(), {{"Cookie", pair}})).status ==
          401);
  }
  SECTION("and never to make further links") {
    const auto ticket =
        hub.exchange(request_text("POST", "/api/v1/tickets", hub.authority(),
                                  {{"Cookie", pair}, {"Origin", "http://" + hub.authority()}}));
    CHECK(ticket.status == 401);
  }
}

TEST_CASE("a token asks for a one-time link, which ends after a minute", "[hub][io]") {
  TestHub hub;
  const auto made = hub.exchange(
      request_text("POST", "/api/v1/tickets", hub.authority(), {{"Authorization", hub.token()}}));
  REQUIRE(made.status == 201);
  const auto path = json::parse(made.body).at("path").get<std::string>();
  hub.clock.advance(std::chrono::seconds(60));
  CHECK(hub.exchange(request_text("GET", path, hub.authority(), {})).status == 401);
}

TEST_CASE("an export streams every heartbeat in pages", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", 1'201), "b1").status == 200);
  const auto lines = hub.get("/api/v1/export");
  CHECK(lines.status == 200);
  CHECK(lines.header("Content-Type") == "application/x-ndjson");
  CHECK(std::ranges::count(lines.body, '\n') == 1'201);
  CHECK(json::parse(hub.get("/api/v1/export?format=json").body).size() == 1'201);
  CHECK(std::ranges::count(hub.get("/api/v1/export?format=csv").body, '\n') == 1'202);
  CHECK(hub.get("/api/v1/export?format=xml").status == 400);
}

TEST_CASE("the live stream tells what is stored, and resumes where it was left", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  const auto open = [&](std::vector<Header> headers) {
    headers.emplace_back("Authorization", hub.token());
    RawClient client(hub.port());
    client.send(request_text("GET", "/api/v1/stream", hub.authority(), headers));
    (void)client.receive_until("retry:");
    return client;
  };
  RawClient watcher = open({});
  REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", 3), "b1").status == 200);
  const std::string events = watcher.receive_until("id: 3\n");
  CHECK(events.contains("text/event-stream"));
  CHECK(events.contains("id: 1\nevent: heartbeat\ndata: {\"id\":\"evt_"));

  RawClient resumed = open({{"Last-Event-ID", "2"}});
  const std::string rest = resumed.receive_until("id: 3\n");
  CHECK_FALSE(rest.contains("id: 2\n"));
  RawClient stranger = open({{"Last-Event-ID", "77"}});
  CHECK(stranger.receive_until("event: reset").contains("event: reset"));
}

TEST_CASE("a silent stream is kept alive with comments", "[hub][io]") {
  TestHub hub;
  RawClient client(hub.port());
  client.send(
      request_text("GET", "/api/v1/stream", hub.authority(), {{"Authorization", hub.token()}}));
  (void)client.receive_until("retry:");
  hub.clock.advance(std::chrono::seconds(15));
  CHECK(client.receive_until("\r\n:\n\n").contains("\r\n:\n\n"));
}

TEST_CASE("status names the sources", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", 3), "b1").status == 200);
  const json status = json::parse(hub.get("/api/v1/status").body);
  CHECK(status.at("newest") == 3);
  CHECK(status.at("sources").at(0).at("source") == "laptop");
}

TEST_CASE("the agent of the same process needs no entry and has no limits", "[hub][io]") {
  const Sender own(7, "own");
  HubOptions options;
  options.rates.requests_per_second = 1;
  options.own.push_back({SourceId("own"),
                         own.key().public_key(),
                         crypto::key_id(own.key().public_key()),
                         KeyState::active,
                         {}});
  TestHub hub(std::move(options));
  for (int i = 0; i < 5; ++i) {
    const std::string batch = "b" + std::to_string(i);
    CHECK(hub.post_batch(own, sample_body("own", batch, 1), batch).status == 200);
  }
  const Sender next(8, "own");
  hub.server().set_own_keys({{SourceId("own"),
                              next.key().public_key(),
                              crypto::key_id(next.key().public_key()),
                              KeyState::active,
                              {}}});
  CHECK(hub.post_batch(next, sample_body("own", "b9", 1), "b9").status == 200);
  CHECK(hub.post_batch(own, sample_body("own", "b10", 1), "b10").status == 401);
}

TEST_CASE("other addresses than loopback need TLS or a proxy", "[hub][io]") {
  HubOptions options;
  options.address = "0.0.0.0";
  CHECK_THROWS_WITH(TestHub(std::move(options)), Catch::Contains("--tls-cert"));
}

TEST_CASE("a taken port is an error or leads to the next one", "[hub][io]") {
  TestHub first;
  TestHub place;  // for its folder and world only
  HubOptions options;
  options.store_path = place.folder.file("other.db");
  options.port = first.port();
  const HubServer::World world{.files = place.files, .clock = place.clock, .random = place.random};
  const auto refused = HubServer::start(options, world);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::busy);
  options.port_taken = PortTaken::take_next;
  const auto next = HubServer::start(options, world);
  REQUIRE(next);
  CHECK((*next)->port() != first.port());
}

}  // namespace
}  // namespace vigil::agent::test
