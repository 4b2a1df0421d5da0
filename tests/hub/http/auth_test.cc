#include "agent/hub/auth.h"

#include <catch2/catch.hpp>

#include "agent/hub/ticket_box.h"
#include "tests/support/manual_clock.h"

namespace vigil::agent {
namespace {

using vigil::test::ManualClock;
constexpr WallTime kNow = ManualClock::kWallStart;
constexpr MonoTime kMono = ManualClock::kMonoStart;
const HostPolicy kPolicy{.port = 4821, .scheme = Scheme::http, .names = {}};

Registry registry_with_cookie_key() {
  Registry registry;
  registry.cookie_key.fill(std::byte{5});
  return registry;
}

Request with(std::string method, std::vector<Header> headers) {
  Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  return request;
}

TEST_CASE("a cookie signs in until its end, and only with this key and hub", "[hub][unit]") {
  const Registry registry = registry_with_cookie_key();
  const std::string set = sign_in_cookie(registry.cookie_key, kPolicy, kNow);
  const std::string pair = set.substr(0, set.find(';'));
  const auto visitor = [&](const Registry& with_key, const HostPolicy& policy, WallTime now) {
    return identify(with("GET", {{"Cookie", "a=b; " + pair + "; c=d"}}), with_key, policy, now);
  };
  CHECK(visitor(registry, kPolicy, kNow) == Visitor::browser);
  CHECK(visitor(registry, kPolicy, kNow + kCookieLife - std::chrono::seconds(1)) ==
        Visitor::browser);
  CHECK(visitor(registry, kPolicy, kNow + kCookieLife) == Visitor::nobody);
  CHECK(visitor(Registry{}, kPolicy, kNow) == Visitor::nobody);
  CHECK(visitor(registry, {.port = 4822, .scheme = Scheme::http, .names = {}}, kNow) ==
        Visitor::nobody);
}

TEST_CASE("a cookie with another end is worth nothing", "[hub][unit]") {
  const Registry registry = registry_with_cookie_key();
  std::string set = sign_in_cookie(registry.cookie_key, kPolicy, kNow);
  std::string pair = set.substr(0, set.find(';'));
  ++pair[pair.find('=') + 1];
  CHECK(identify(with("GET", {{"Cookie", pair}}), registry, kPolicy, kNow) == Visitor::nobody);
}

TEST_CASE("a cookie changes nothing without an origin", "[hub][unit]") {
  const Registry registry = registry_with_cookie_key();
  const std::string set = sign_in_cookie(registry.cookie_key, kPolicy, kNow);
  const std::string pair = set.substr(0, set.find(';'));
  CHECK(identify(with("POST", {{"Cookie", pair}}), registry, kPolicy, kNow) == Visitor::nobody);
  CHECK(identify(with("POST", {{"Cookie", pair}, {"Origin", "http://127.0.0.1:4821"}}), registry,
                 kPolicy, kNow) == Visitor::browser);
}

TEST_CASE("over TLS the cookie is bound to the host", "[hub][unit]") {
  const std::string set =
      sign_in_cookie({}, {.port = 443, .scheme = Scheme::https, .names = {}}, kNow);
  CHECK(set.starts_with("__Host-vigil443="));
  CHECK(set.ends_with("; Secure"));
}

TEST_CASE("a bearer token is known by its digest", "[hub][unit]") {
  Registry registry;
  const std::array<std::byte, 20> randomness{std::byte{1}};
  const auto token = new_token(registry, "laptop", randomness, kNow);
  REQUIRE(token);
  CHECK(identify(with("GET", {{"Authorization", "bearer " + token->secret}}), registry, kPolicy,
                 kNow) == Visitor::token_bearer);
  CHECK(identify(with("GET", {{"Authorization", "Bearer " + token->secret + "0"}}), registry,
                 kPolicy, kNow) == Visitor::nobody);
  CHECK(identify(with("GET", {{"Authorization", "Basic " + token->secret}}), registry, kPolicy,
                 kNow) == Visitor::nobody);
}

TEST_CASE("a ticket opens once, within a minute", "[hub][unit]") {
  TicketBox box;
  const std::array<std::byte, 16> randomness{std::byte{7}};
  const std::string ticket = box.issue(randomness, kMono, Access::write);
  SECTION("in time") {
    CHECK(box.redeem(ticket, kMono + TicketBox::kLife - milliseconds(1)));
    CHECK_FALSE(box.redeem(ticket, kMono));
  }
  SECTION("too late") {
    CHECK_FALSE(box.redeem(ticket, kMono + TicketBox::kLife));
  }
}

TEST_CASE("one open ticket too many ends the oldest", "[hub][unit]") {
  TicketBox box;
  std::vector<std::string> tickets;
  for (std::size_t i = 0; i <= TicketBox::kOpenMax; ++i) {
    std::array<std::byte, 16> randomness{};
    randomness[0] = static_cast<std::byte>(i);
    tickets.push_back(box.issue(randomness, kMono, Access::write));
  }
  CHECK_FALSE(box.redeem(tickets.front(), kMono));
  CHECK(box.redeem(tickets.at(1), kMono));
  CHECK(box.redeem(tickets.back(), kMono));
}

}  // namespace
}  // namespace vigil::agent
