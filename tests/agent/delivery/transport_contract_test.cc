// What every Transport promises, asked of the scripted one and of the real one.

#include <poll.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <set>

#include "agent/delivery/http_transport.h"
#include "base/system_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/scripted_transport.h"

namespace {

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::test;

constexpr std::size_t kSlots = 2;
constexpr int kSoonMs = 10'000;

class ScriptedEnd {
 public:
  Transport& transport() { return transport_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:1"; }
  void answer_all() {
    while (!transport_.waiting().empty()) transport_.answer(202, "body");
  }

 private:
  ScriptedTransport transport_{kSlots};
};

/// A server that answers only once the test says so.
class RealEnd {
 public:
  ~RealEnd() { answer_all(); }
  Transport& transport() { return transport_; }
  [[nodiscard]] std::string url() const { return server_.url(); }
  void answer_all() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  LoopbackServer server_{[this](int fd, const std::string&) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
    LoopbackServer::write_answer(fd, 202, "body");
    return true;
  }};
  SystemClock clock_;
  HttpTransport transport_{clock_, kSlots};
};

HttpRequest request_to(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.body = "{}";
  return request;
}

bool is_readable(const Transport& transport, int timeout_ms) {
  pollfd waiting{transport.wake_fd(), POLLIN, 0};
  return ::poll(&waiting, 1, timeout_ms) == 1;
}

std::vector<FinishedRequest> take(Transport& transport, std::size_t count) {
  std::vector<FinishedRequest> all;
  while (all.size() < count && is_readable(transport, kSoonMs)) {
    for (auto& finished : transport.take()) all.push_back(std::move(finished));
  }
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("each request finishes once, and the descriptor says so", "[delivery][io]",
                   ScriptedEnd, RealEnd) {
  TestType end;
  auto& transport = end.transport();
  CHECK_FALSE(is_readable(transport, 0));
  const auto first = transport.send(request_to(end.url()));
  const auto second = transport.send(request_to(end.url()));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*first != *second);
  CHECK(transport.take().empty());
  end.answer_all();
  const auto finished = take(transport, 2);
  REQUIRE(finished.size() == 2);
  std::set<Ticket> tickets;
  for (const auto& each : finished) {
    tickets.insert(each.ticket);
    REQUIRE(each.answer);
    CHECK(each.answer->status == 202);
    CHECK(each.answer->body == "body");
  }
  CHECK(tickets == std::set<Ticket>{*first, *second});
  CHECK_FALSE(is_readable(transport, 0));
  CHECK(transport.take().empty());
}

TEMPLATE_TEST_CASE("one request more than there are slots is refused", "[delivery][io]",
                   ScriptedEnd, RealEnd) {
  TestType end;
  auto& transport = end.transport();
  for (std::size_t i = 0; i < kSlots; ++i) REQUIRE(transport.send(request_to(end.url())));
  const auto refused = transport.send(request_to(end.url()));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::full);
  end.answer_all();
  CHECK(take(transport, kSlots).size() == kSlots);
}

TEMPLATE_TEST_CASE("what is broken off finishes as unavailable", "[delivery][io]", ScriptedEnd,
                   RealEnd) {
  TestType end;
  auto& transport = end.transport();
  for (std::size_t i = 0; i < kSlots; ++i) REQUIRE(transport.send(request_to(end.url())));
  transport.cancel_all();
  const auto finished = take(transport, kSlots);
  REQUIRE(finished.size() == kSlots);
  for (const auto& each : finished) {
    REQUIRE_FALSE(each.answer);
    CHECK(each.answer.error().code == Errc::unavailable);
  }
}
