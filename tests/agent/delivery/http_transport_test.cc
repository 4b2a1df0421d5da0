// The real transport against servers that misbehave, on loopback.

#include "agent/delivery/http_transport.h"

#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>

#include "base/system_clock.h"
#include "tests/support/loopback_server.h"

namespace {

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::test;
using std::chrono::milliseconds;

constexpr int kSoonMs = 10'000;

HttpRequest request_to(const std::string& url) {
  HttpRequest request;
  request.url = url + "/api/v1/ingest";
  request.headers = {{"Host", "hub.test"}, {"X-Source-ID", "laptop"}};
  request.body = R"({"v":1})";
  return request;
}

Result<HttpAnswer> exchange(HttpTransport& transport, HttpRequest request) {
  const auto ticket = transport.send(std::move(request));
  if (!ticket) return std::unexpected(ticket.error());
  pollfd waiting{transport.wake_fd(), POLLIN, 0};
  if (::poll(&waiting, 1, kSoonMs) != 1) return fail(Errc::busy, "the test waited in vain");
  auto finished = transport.take();
  REQUIRE(finished.size() == 1);
  CHECK(finished[0].ticket == *ticket);
  return std::move(finished[0].answer);
}

milliseconds elapsed(const Clock& clock, MonoTime since) {
  return std::chrono::duration_cast<milliseconds>(clock.mono_now() - since);
}

}  // namespace

TEST_CASE("headers and body arrive as given, over one kept connection, without delay",
          "[delivery][io]") {
  std::string seen;
  LoopbackServer server([&](int fd, const std::string& request) {
    seen = request;
    LoopbackServer::write_answer(fd, 200, "fine", "Retry-After: 7\r\n");
    return true;
  });
  SystemClock clock;
  HttpTransport transport(clock, 2);
  const auto start = clock.mono_now();
  constexpr int kRounds = 50;
  for (int i = 0; i < kRounds; ++i) {
    const auto answer = exchange(transport, request_to(server.url()));
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == "fine");
    CHECK(answer->retry_after == "7");
  }
  CHECK(server.connections() == 1);
  CHECK(elapsed(clock, start) < kRounds * milliseconds(40));  // without TCP_NODELAY 44 ms each
  CHECK(seen.starts_with("POST /api/v1/ingest HTTP/1.1\r\n"));
  CHECK(seen.find("Host: hub.test\r\n") != std::string::npos);
  CHECK(seen.find("X-Source-ID: laptop\r\n") != std::string::npos);
  CHECK(seen.find("Content-Length: 7\r\n") != std::string::npos);
  CHECK(seen.ends_with("\r\n\r\n{\"v\":1}"));
}

TEST_CASE("a connection that the server closed while it was idle is made anew", "[delivery][io]") {
  LoopbackServer server([](int fd, const std::string&) {
    LoopbackServer::write_answer(fd, 200, "fine");
    return false;
  });
  SystemClock clock;
  HttpTransport transport(clock, 1);
  for (int i = 0; i < 5; ++i) REQUIRE(exchange(transport, request_to(server.url())));
  CHECK(server.connections() == 5);
}

TEST_CASE("redirects are answers, never followed", "[delivery][io]") {
  std::atomic<int> requests = 0;
  LoopbackServer server([&](int fd, const std::string&) {
    ++requests;
    LoopbackServer::write_answer(fd, 307, "", "Location: /elsewhere\r\n");
    return true;
  });
  SystemClock clock;
  HttpTransport transport(clock, 1);
  CHECK(exchange(transport, request_to(server.url()))->status == 307);
  CHECK(requests == 1);
}

TEST_CASE("a server that drips a byte now and then is left at the total timeout",
          "[delivery][io]") {
  std::atomic<bool> stop = false;
  const bool drip_head = GENERATE(true, false);
  LoopbackServer server([&](int fd, const std::string&) {
    LoopbackServer::write(fd, drip_head ? "HTTP/1.1 200 OK\r\nX: "
                                        : "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (!stop) {
      LoopbackServer::write(fd, "x");
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  });
  SystemClock clock;
  {
    HttpTransport transport(clock, 1);
    auto request = request_to(server.url());
    request.total_timeout = milliseconds(300);
    const auto start = clock.mono_now();
    const auto answer = exchange(transport, std::move(request));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::unavailable);
    CHECK(elapsed(clock, start) >= milliseconds(290));
    CHECK(elapsed(clock, start) < milliseconds(3'000));
  }
  stop = true;
}

TEST_CASE("an answer beyond the bound is not read", "[delivery][io]") {
  const std::size_t size = GENERATE(as<std::size_t>{}, kAnswerMax, kAnswerMax + 1);
  LoopbackServer server([&](int fd, const std::string&) {
    LoopbackServer::write_answer(fd, 200, std::string(size, 'x'));
    return true;
  });
  SystemClock clock;
  HttpTransport transport(clock, 1);
  const auto answer = exchange(transport, request_to(server.url()));
  CHECK(answer.has_value() == (size == kAnswerMax));
}

TEST_CASE("an answer that is cut off at any byte is no answer", "[delivery][io]") {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";
  std::atomic<std::size_t> size = 0;
  LoopbackServer server([&](int fd, const std::string&) {
    LoopbackServer::write(fd, whole.substr(0, size));
    return false;
  });
  SystemClock clock;
  HttpTransport transport(clock, 1);
  for (size = 0; size < whole.size(); ++size) {
    const auto answer = exchange(transport, request_to(server.url()));
    REQUIRE_FALSE(answer);
  }
  CHECK(exchange(transport, request_to(server.url()))->body == "fine");
}

TEST_CASE("nobody listening is unavailable, and plain http beyond loopback denied",
          "[delivery][io]") {
  SystemClock clock;
  HttpTransport transport(clock, 1);
  std::string closed;
  {
    closed = LoopbackServer([](int, const std::string&) { return true; }).url();
  }
  CHECK(exchange(transport, request_to(closed)).error().code == Errc::unavailable);
  CHECK(exchange(transport, request_to("http://hub.test")).error().code == Errc::denied);
  CHECK(exchange(transport, request_to("gopher://hub.test")).error().code == Errc::malformed);
  auto request = request_to("https://hub.test");
  request.proxy = "socks5://proxy.test";
  CHECK(exchange(transport, request).error().code == Errc::malformed);
}

TEST_CASE("requests go through the proxy that is named", "[delivery][io]") {
  // Whether it keeps the connection open or closes it, with or without saying so.
  const auto [answer_text, keeps] = GENERATE(table<std::string, bool>({
      {"HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n", true},
      {"HTTP/1.1 407 Who?\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false},
      {"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\nno such host", false},
      {"HTTP/1.0 403 Forbidden\r\n\r\n", false},
      {"HTTP/1.1 200 OK\r\n\r\n", false},  // and then no TLS
      {"HTTP/1.1 2", false},
      {"", false},
  }));
  CAPTURE(answer_text);
  std::mutex mutex;  // an answer of no bytes orders nothing
  std::string seen;
  LoopbackServer proxy([&, text = answer_text, stays = keeps](int fd, const std::string& request) {
    {
      const std::scoped_lock lock(mutex);
      seen = request;
    }
    LoopbackServer::write(fd, text);
    return stays;
  });
  SystemClock clock;
  HttpTransport transport(clock, 1);
  auto request = request_to("https://hub.test");
  request.proxy = "http://user:secret@" + proxy.url().substr(7);
  const auto start = clock.mono_now();
  const auto answer = exchange(transport, request);
  CHECK(elapsed(clock, start) < milliseconds(2'000));
  const std::scoped_lock lock(mutex);
  CHECK(seen.starts_with("CONNECT hub.test:443 HTTP/1.1\r\nHost: hub.test:443\r\n"));
  CHECK(seen.find("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n") != std::string::npos);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Errc::unavailable);
  CHECK(answer.error().message.find("secret") == std::string::npos);
}

TEST_CASE("a transport goes in bounded time whatever is under way", "[delivery][io]") {
  LoopbackServer server([](int, const std::string&) { return true; });  // never answers
  SystemClock clock;
  const auto start = clock.mono_now();
  {
    HttpTransport transport(clock, 4);
    for (int i = 0; i < 4; ++i) REQUIRE(transport.send(request_to(server.url())));
  }
  CHECK(elapsed(clock, start) < milliseconds(2'000));
}
