#include "agent/delivery/proxy.h"

#include <catch2/catch.hpp>

#include "agent/config/environment.h"

namespace {

using namespace vigil::agent;

const ProxyVariables kVariables{"http://secure:1", "http://plain:2", "example.com, .corp,10.0.0.7"};

}  // namespace

TEST_CASE("a proxy is chosen by configuration, then by the environment", "[delivery][unit]") {
  const auto [url, configured, chosen] = GENERATE(table<std::string, std::string, std::string>({
      {"https://hub.test", "", "http://secure:1"},
      {"https://hub.test", "http://mine:3", "http://mine:3"},
      {"https://example.com", "http://mine:3", ""},
      {"https://EXAMPLE.com:8443", "", ""},
      {"https://a.example.com", "", ""},
      {"https://notexample.com", "", "http://secure:1"},
      {"https://hub.corp", "", ""},
      {"https://10.0.0.7", "", ""},
      {"http://127.0.0.1:4821", "http://mine:3", ""},
      {"http://localhost:4821", "", ""},
      {"not a url", "http://mine:3", ""},
  }));
  CHECK(choose_proxy(url, configured, kVariables) == chosen);
}

TEST_CASE("variables of proxies are read in either spelling, upper case first",
          "[delivery][unit]") {
  Environment environment;
  environment.variables = {{"HTTPS_PROXY", "http://upper:1"},
                           {"https_proxy", "http://lower:1"},
                           {"http_proxy", "http://lower:2"},
                           {"NO_PROXY", ""},
                           {"no_proxy", "a.test"}};
  const ProxyVariables variables = proxy_variables(environment);
  CHECK(variables.https_proxy == "http://upper:1");
  CHECK(variables.http_proxy == "http://lower:2");
  CHECK(variables.no_proxy == "a.test");
}

TEST_CASE("NO_PROXY of a star means none at all", "[delivery][unit]") {
  CHECK(choose_proxy("https://hub.test", "http://mine:3", {"http://a", "http://b", "*"}).empty());
}

TEST_CASE("a proxy's address may carry credentials", "[delivery][unit]") {
  const auto proxy = parse_proxy("http://user:p:w@proxy.test:3128");
  REQUIRE(proxy);
  CHECK(proxy->host == "proxy.test");
  CHECK(proxy->port == 3128);
  CHECK(proxy->user == "user");
  CHECK(proxy->password == "p:w");
  CHECK(parse_proxy("proxy.test:3128")->user.empty());
  CHECK(parse_proxy("http://proxy.test/")->port == 80);
  CHECK_FALSE(parse_proxy("https://proxy.test"));
  CHECK_FALSE(parse_proxy("http://proxy.test/path"));
  CHECK_FALSE(parse_proxy(""));
}
