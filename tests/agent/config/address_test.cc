#include "agent/config/address.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

TEST_CASE("a URL is taken apart", "[config][unit]") {
  const auto url = parse_url("https://hub.example:8443/team/");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->host == "hub.example");
  CHECK(url->port == 8443);
  CHECK(url->path == "/team");
  CHECK(parse_url("http://[::1]")->host == "::1");
  CHECK(parse_url("http://[::1]")->port == 80);
  CHECK(parse_url("https://hub.example")->port == 443);
}

TEST_CASE("what could hide something in a URL is refused", "[config][unit]") {
  const auto* text =
      GENERATE("", "hub.example", "ftp://hub.example", "https://", "https://user:pw@hub.example",
               "https://hub.example/?a=1", "https://hub.example/#x", "https://hub.example/a b",
               "https://hub.example:99999", "https://hub.example:", "https://hub.example:-1",
               "https://[::1", "https://hub\n.example");
  CAPTURE(text);
  CHECK_FALSE(parse_url(text));
}

TEST_CASE("plain http is for this machine only", "[config][unit]") {
  CHECK(is_hub_url("https://hub.example"));
  CHECK(is_hub_url("http://127.0.0.1:4821"));
  CHECK(is_hub_url("http://localhost:4821"));
  CHECK(is_hub_url("http://[::1]:4821"));
  CHECK_FALSE(is_hub_url("http://hub.example"));
  CHECK_FALSE(is_hub_url("http://127.0.0.1.evil.example"));
  CHECK_FALSE(is_hub_url("http://10.0.0.1"));
}

TEST_CASE("an address to listen at is an IP address or localhost, and a port", "[config][unit]") {
  CHECK(parse_listen_address("127.0.0.1:4821")->port == 4821);
  CHECK(parse_listen_address("[::]:0")->host == "::");
  CHECK(parse_listen_address("localhost:1")->host == "localhost");
  const auto* text = GENERATE("", "127.0.0.1", ":4821", "hub.example:1", "1.2.3:1", "::1:4821",
                              "127.0.0.1:65536", "127.0.0.1:x");
  CAPTURE(text);
  CHECK_FALSE(parse_listen_address(text));
}

TEST_CASE("names keep to their letters and lengths", "[config][unit]") {
  CHECK(is_source_name("laptop.local:A_1-x"));
  CHECK(is_source_name(std::string(64, 'a')));
  CHECK_FALSE(is_source_name(std::string(65, 'a')));
  CHECK_FALSE(is_source_name(""));
  CHECK_FALSE(is_source_name("a b"));
  CHECK(is_sink_name("team_1-x"));
  CHECK_FALSE(is_sink_name("Team"));
  CHECK_FALSE(is_sink_name(std::string(33, 'a')));
}

}  // namespace
}  // namespace vigil::agent
