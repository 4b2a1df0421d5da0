// Framing, limits and time-outs of the real listener, byte by byte.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/hub/http_framing.h"
#include "tests/hub/http/hub_fixture.h"

namespace vigil::agent::test {
namespace {

const std::string kHost = "Host: 127.0.0.1:PORT\r\n";

/// PORT stands for the hub's own.
int status_of(TestHub& hub, std::string text) {
  for (std::size_t at = text.find("PORT"); at != std::string::npos; at = text.find("PORT")) {
    text.replace(at, 4, std::to_string(hub.port()));
  }
  return hub.exchange(text).status;
}

TEST_CASE("malformed requests are refused and the connection is closed", "[hub][io]") {
  TestHub hub;
  const auto [name, text, status] = GENERATE(table<std::string, std::string, int>({
      {"no host", "GET /health HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /health HTTP/1.1\r\n" + kHost + kHost + "\r\n", 400},
      {"folded line", "GET /health HTTP/1.1\r\n" + kHost + "X-A: b\r\n c\r\n\r\n", 400},
      {"folded with a tab", "GET /health HTTP/1.1\r\n" + kHost + "X-A: b\r\n\tc\r\n\r\n", 400},
      {"space before the colon", "GET /health HTTP/1.1\r\nHost : 127.0.0.1:PORT\r\n\r\n", 400},
      {"no colon", "GET /health HTTP/1.1\r\n" + kHost + "nonsense\r\n\r\n", 400},
      {"no version", "GET /health\r\n" + kHost + "\r\n", 400},
      {"other version", "GET /health HTTP/3.0\r\n" + kHost + "\r\n", 400},
      {"bare line feeds", "GET /health HTTP/1.1\nHost: 127.0.0.1:PORT\n\r\n\r\n", 400},
      {"NUL in a value", "GET /health HTTP/1.1\r\n" + kHost + std::string("X-A: b\0c\r\n\r\n", 12),
       400},
      {"absolute form", "GET http://127.0.0.1:PORT/health HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"dot dot", "GET /a/../health HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"bad escape", "GET /%zz HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"escaped NUL", "GET /%00 HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"two lengths",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
           "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
       400},
      {"length and chunks",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
           "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"negative length", "POST /api/v1/ingest HTTP/1.1\r\n" + kHost + "Content-Length: -1\r\n\r\n",
       400},
      {"length with a sign",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost + "Content-Length: +1\r\n\r\na", 400},
      {"hexadecimal length",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost + "Content-Length: 0x1\r\n\r\na", 400},
      {"no length", "POST /api/v1/ingest HTTP/1.1\r\n" + kHost + "\r\n", 411},
      {"other encoding",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"list of encodings",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
           "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
       501},
      {"compressed body",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
           "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na",
       415},
      {"bad chunk size",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
           "Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n",
       400},
      {"chunk without end",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
           "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
       400},
      {"too large by its length",
       "POST /api/v1/ingest HTTP/1.1\r\n" + kHost + "Content-Length: 2097153\r\n\r\n", 413},
      {"too large for a small route",
       "POST /api/v1/tickets HTTP/1.1\r\n" + kHost + "Content-Length: 65537\r\n\r\n", 413},
      {"long target", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n", 414},
      {"long header",
       "GET /health HTTP/1.1\r\n" + kHost + "X-A: " + std::string(40'000, 'a') + "\r\n\r\n", 431},
      {"endless header", "GET /health HTTP/1.1\r\n" + kHost + std::string(40'000, 'a'), 431},
  }));
  INFO(name);
  CHECK(status_of(hub, text) == status);
  CHECK(status_of(hub, "GET /health HTTP/1.1\r\n" + kHost + "\r\n") == 200);
}

TEST_CASE("a hundred header fields pass and one more does not", "[hub][io]") {
  TestHub hub;
  const auto with_fields = [](int count) {
    std::string text = "GET /health HTTP/1.1\r\n" + kHost;
    for (int i = 1; i < count; ++i) text += "X-" + std::to_string(i) + ": a\r\n";
    return text + "\r\n";
  };
  CHECK(status_of(hub, with_fields(100)) == 200);
  CHECK(status_of(hub, with_fields(101)) == 431);
}

TEST_CASE("only its own names open the hub", "[hub][io]") {
  HubOptions options;
  options.names = {"hub.example"};
  TestHub hub(std::move(options));
  const auto [host, status] = GENERATE(table<std::string, int>({
      {"127.0.0.1:PORT", 200},
      {"localhost:PORT", 200},
      {"LOCALHOST:PORT", 200},
      {"[::1]:PORT", 200},
      {"hub.example", 200},
      {"hub.example:PORT", 200},
      {"Hub.Example", 200},
      {"127.0.0.1", 421},
      {"localhost", 421},
      {"localhost.:PORT", 421},
      {"127.1:PORT", 421},
      {"127.0.0.1:1", 421},
      {"127.0.0.1:PORT1", 421},
      {"127.0.0.2:PORT", 421},
      {"2130706433:PORT", 421},
      {"0x7f000001:PORT", 421},
      {"0.0.0.0:PORT", 421},
      {"[::ffff:127.0.0.1]:PORT", 421},
      {"::1:PORT", 421},
      {"evil.example", 421},
      {"evil.example:PORT", 421},
      {"localhost.evil.example:PORT", 421},
      {"hub.example.evil", 421},
      {"hub.example:1", 421},
      {"127.0.0.1:PORT@evil", 421},
      {"", 421},
  }));
  INFO(host);
  CHECK(status_of(hub, "GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n") == status);
}

TEST_CASE("foreign pages get nothing", "[hub][io]") {
  TestHub hub;
  const auto [headers, status] = GENERATE(table<std::string, int>({
      {"Origin: http://127.0.0.1:PORT\r\n", 200},
      {"Origin: http://localhost:PORT\r\n", 403},  // another origin than the Host's
      {"Origin: https://127.0.0.1:PORT\r\n", 403},
      {"Origin: http://evil.example\r\n", 403},
      {"Origin: null\r\n", 403},
      {"Sec-Fetch-Site: same-origin\r\n", 200},
      {"Sec-Fetch-Site: none\r\n", 200},
      {"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", 403},
      {"Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\n", 403},
      {"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n",
       200},
      {"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", 403},
  }));
  INFO(headers);
  CHECK(status_of(hub, "GET /health HTTP/1.1\r\n" + kHost + headers + "\r\n") == status);
}

TEST_CASE("pages of a listed origin may read the API with a token, and nothing else", "[hub][io]") {
  HubOptions options;
  options.origins = {"https://wall.example"};
  TestHub hub(std::move(options));
  const auto ask = [&](std::string_view method, std::string_view target, std::string origin,
                       std::vector<Header> more) {
    more.emplace_back("Origin", std::move(origin));
    more.emplace_back("Sec-Fetch-Site", "cross-site");
    more.emplace_back("Sec-Fetch-Mode", "cors");
    return hub.exchange(request_text(method, target, hub.authority(), more));
  };
  const std::string listed = "https://wall.example";
  const Header token{"Authorization", hub.token()};
  const Header wants_get{"Access-Control-Request-Method", "GET"};

  SECTION("reading") {
    const Answer answer = ask("GET", "/api/v1/stats", listed, {token});
    CHECK(answer.status == 200);
    CHECK(answer.header("Access-Control-Allow-Origin") == listed);
    CHECK(answer.header("Vary") == "Origin");
    CHECK(answer.header("Access-Control-Allow-Credentials").empty());
  }
  SECTION("a refusal can be read too") {
    const Answer answer = ask("GET", "/api/v1/stats", listed, {});
    CHECK(answer.status == 401);
    CHECK(answer.header("Access-Control-Allow-Origin") == listed);
  }
  SECTION("asking for leave") {
    const Answer answer = ask("OPTIONS", "/api/v1/stats", listed, {wants_get});
    CHECK(answer.status == 204);
    CHECK(answer.header("Access-Control-Allow-Origin") == listed);
    CHECK(answer.header("Access-Control-Allow-Methods") == "GET, HEAD");
    CHECK(answer.header("Access-Control-Allow-Headers") == "Authorization");
  }
  SECTION("anything else is refused without a word that a page could read") {
    const auto [method, target, origin] = GENERATE(table<std::string, std::string, std::string>({
        {"GET", "/api/v1/stats", "https://wall.example.evil"},
        {"GET", "/api/v1/stats", "http://wall.example"},
        {"GET", "/api/v1/stats", "null"},
        {"OPTIONS", "/api/v1/stats", "https://evil.example"},
        {"POST", "/api/v1/tickets", "https://wall.example"},
        {"GET", "/", "https://wall.example"},
        {"OPTIONS", "/login", "https://wall.example"},
    }));
    INFO(method << " " << target << " " << origin);
    const Answer answer = ask(method, target, origin, {token, wants_get});
    CHECK(answer.status == 403);
    CHECK(answer.header("Access-Control-Allow-Origin").empty());
  }
}

TEST_CASE("a body that is no JSON by its type is not looked at", "[hub][io]") {
  TestHub hub;
  CHECK(status_of(hub, "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
                           "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n[]") == 415);
  CHECK(status_of(
            hub,
            "POST /api/v1/ingest HTTP/1.1\r\n" + kHost +
                "Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n[]") ==
        401);
}

TEST_CASE("a chunked batch is taken, and bounded", "[hub][io]") {
  TestHub hub;
  const Sender sender(1);
  hub.allow(sender);
  const auto chunked = [&](const std::string& body, std::size_t piece) {
    std::string text = "POST /api/v1/ingest HTTP/1.1\r\nHost: " + hub.authority() +
                       "\r\nTransfer-Encoding: chunked\r\n";
    for (const auto& [name, value] : sender.headers_v0(body)) text += name + ": " + value + "\r\n";
    text += "\r\n";
    for (std::size_t at = 0; at < body.size(); at += piece)
      text += chunk_text(body.substr(at, piece));
    return text + "0\r\n\r\n";
  };
  const std::string body = sample_body("laptop", "b1", 300);
  CHECK(hub.exchange(chunked(body, 1'000)).status == 200);
  CHECK(hub.exchange(chunked("[]", 1)).status == 200);
  CHECK(hub.exchange(chunked(std::string(kBatchBodyMax, ' '), 50'000)).status == 400);
  CHECK(hub.exchange(chunked(std::string(kBatchBodyMax + 1, ' '), 50'000)).status == 413);
}

TEST_CASE("requests may be sent ahead, and are answered in order", "[hub][io]") {
  TestHub hub;
  const std::string health = request_text("GET", "/health", hub.authority(), {});
  const std::string missing = request_text("GET", "/api/missing", hub.authority(), {});
  RawClient client(hub.port());
  client.send(health + missing + health);
  CHECK(client.receive()->status == 200);
  CHECK(client.receive()->status == 404);
  CHECK(client.receive()->status == 200);
}

TEST_CASE("a request may come byte by byte", "[hub][io]") {
  TestHub hub;
  RawClient client(hub.port());
  for (const char c : request_text("GET", "/health", hub.authority(), {}))
    client.send(std::string(1, c));
  CHECK(client.receive()->status == 200);
}

TEST_CASE("HEAD gets the head alone", "[hub][io]") {
  TestHub hub;
  RawClient client(hub.port());
  client.send(request_text("HEAD", "/health", hub.authority(), {}) +
              request_text("GET", "/api/missing", hub.authority(), {}));
  const std::string text = client.receive_until("not_found");
  CHECK(text.contains("Content-Length: 15\r\n"));
  CHECK_FALSE(text.contains(R"({"status":"ok"})"));
}

TEST_CASE("HTTP/1.0 and Connection: close end the connection after the answer", "[hub][io]") {
  TestHub hub;
  const std::string line =
      GENERATE("GET /health HTTP/1.0\r\n", "GET /health HTTP/1.1\r\nConnection: close\r\n");
  RawClient client(hub.port());
  client.send(line + "Host: " + hub.authority() + "\r\n\r\n");
  CHECK(client.receive()->status == 200);
  CHECK(client.is_closed());
}

TEST_CASE("a client that expects to be told goes on after 100", "[hub][io]") {
  TestHub hub;
  RawClient client(hub.port());
  client.send(
      "POST /api/v1/ingest HTTP/1.1\r\nHost: " + hub.authority() +
      "\r\nExpect: 100-continue\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n");
  CHECK(client.receive()->status == 100);
  client.send("[]");
  CHECK(client.receive()->status == 401);
}

TEST_CASE("slow heads and bodies are cut off, idle connections closed", "[hub][io]") {
  TestHub hub;
  RawClient head(hub.port());
  RawClient body(hub.port());
  RawClient idle(hub.port());
  idle.send(request_text("GET", "/health", hub.authority(), {}));
  CHECK(idle.receive()->status == 200);
  head.send("GET /health HT");
  body.send("POST /api/v1/ingest HTTP/1.1\r\nHost: " + hub.authority() +
            "\r\nContent-Length: 9\r\n\r\nabc");
  // So that the listener has seen all three before time passes.
  CHECK(hub.exchange(request_text("GET", "/health", hub.authority(), {})).status == 200);
  hub.clock.advance(std::chrono::seconds(10));
  CHECK(head.receive()->status == 408);
  hub.clock.advance(std::chrono::seconds(20));
  CHECK(body.receive()->status == 408);
  hub.clock.advance(std::chrono::seconds(45));
  CHECK(idle.is_closed());
}

TEST_CASE("when all connections are taken the longest idle one makes room", "[hub][io]") {
  HubOptions options;
  options.limits.connections = 3;
  TestHub hub(std::move(options));
  const std::string health = request_text("GET", "/health", hub.authority(), {});
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    hub.clock.advance(std::chrono::milliseconds(10));
    clients.emplace_back(hub.port()).send(health);
    CHECK(clients.back().receive()->status == 200);
  }
  RawClient fourth(hub.port());
  fourth.send(health);
  CHECK(fourth.receive()->status == 200);
  CHECK(clients[0].is_closed());
  clients[1].send(health);
  CHECK(clients[1].receive()->status == 200);
}

TEST_CASE("bodies that come in together are bounded", "[hub][io]") {
  HubOptions options;
  options.limits.bodies_bytes = 64 * 1'024;
  TestHub hub(std::move(options));
  const std::string begun = "POST /api/v1/ingest HTTP/1.1\r\nHost: " + hub.authority() +
                            "\r\nContent-Length: 60000\r\n\r\n";
  RawClient first(hub.port());
  first.send(begun + "abc");
  CHECK(hub.exchange(request_text("GET", "/health", hub.authority(), {})).status == 200);
  RawClient second(hub.port());
  second.send(begun + "abc");
  CHECK(second.receive()->status == 503);
}

TEST_CASE("stopping answers what is under way and closes the rest", "[hub][io]") {
  TestHub hub;
  RawClient idle(hub.port());
  RawClient stream(hub.port());
  stream.send(
      request_text("GET", "/api/v1/stream", hub.authority(), {{"Authorization", hub.token()}}));
  (void)stream.receive_until("retry:");
  hub.stop();
  CHECK(idle.is_closed());
  CHECK(stream.is_closed());
}

}  // namespace
}  // namespace vigil::agent::test
