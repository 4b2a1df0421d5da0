#include <catch2/catch.hpp>

#include "agent/config/load_config.h"

namespace vigil::agent {
namespace {

std::string refusal(std::string_view text) {
  const auto config = parse_config(text);
  if (config) return "accepted";
  CHECK(config.error().code == Errc::malformed);
  return config.error().message;
}

TEST_CASE("an empty file gives the defaults", "[config][unit]") {
  const auto config = parse_config("");
  REQUIRE(config);
  CHECK(config->hub.listen == kDefaultListen);
  CHECK(config->sinks.empty());
  CHECK(wants_embedded_hub(*config));
  CHECK(embedded_sink(*config, "http://127.0.0.1:4821").timer == kLoopbackTimer);
  CHECK(config->time.human_timeout == std::chrono::minutes(15));
}

TEST_CASE("every kind of setting is read", "[config][unit]") {
  const auto config = parse_config(R"(
source = "ci-7"
[sources.claude_code]
enabled = false
[sources.codex]
roots = ["/a", "/b/../c"]
[delivery]
timer = "now"
capacity = 25
[hub]
embedded = "always"
bytes_per_second = "1MiB"
[time]
human_timeout = "10min"
[log]
level = "debug"
format = "json"
)");
  REQUIRE(config);
  CHECK(config->source == "ci-7");
  CHECK_FALSE(config->claude_code.enabled);
  CHECK(config->codex.roots == std::vector<std::string>{"/a", "/c"});
  CHECK(config->delivery.timer == std::chrono::milliseconds(0));
  CHECK(config->delivery.capacity == 25);
  CHECK(config->hub.embedded == EmbeddedHub::always);
  CHECK(config->hub.bytes_per_second == 1'048'576);
  CHECK(config->time.human_timeout == std::chrono::minutes(10));
  CHECK(config->log.level == LogLevel::debug);
  CHECK(config->log.format == LogFormat::json);
}

TEST_CASE("a sink takes what it does not say from [delivery]", "[config][unit]") {
  const auto config = parse_config(R"(
[delivery]
capacity = 500
ca_file = "/ca.pem"
[[sink]]
name = "team"
url = "https://hub.example"
timer = "5s"
[[sink]]
name = "near"
url = "http://127.0.0.1:9000"
capacity = 10
)");
  REQUIRE(config);
  REQUIRE(config->sinks.size() == 2);
  CHECK(config->sinks[0].timer == std::chrono::seconds(5));
  CHECK(config->sinks[0].capacity == 500);
  CHECK(config->sinks[0].ca_file == "/ca.pem");
  CHECK(config->sinks[1].timer == kLoopbackTimer);
  CHECK(config->sinks[1].capacity == 10);
  CHECK_FALSE(wants_embedded_hub(*config));
}

TEST_CASE("endpoint is a sink called hub", "[config][unit]") {
  const auto config = parse_config("endpoint = \"https://hub.example\"");
  REQUIRE(config);
  REQUIRE(config->sinks.size() == 1);
  CHECK(config->sinks[0].name == "hub");
  CHECK(config->sinks[0].timer == kDefaultTimer);
}

TEST_CASE("an unknown key names its line and the nearest key", "[config][unit]") {
  CHECK(refusal("\n[hub]\nlisen = \"127.0.0.1:1\"") ==
        "line 3: unknown key \"hub.lisen\"; did you mean \"hub.listen\"?");
  CHECK(refusal("colour = 1") == "line 1: unknown key \"colour\"");
  CHECK(refusal("[[sink]]\nurll = \"https://a\"") ==
        "line 2: unknown key \"urll\" in [[sink]]; did you mean \"url\"?");
  CHECK(refusal("[[sinks]]\nname = \"a\"") ==
        "line 2: unknown table [[sinks]]; did you mean \"sink\"?");
}

TEST_CASE("a value outside its bounds names them", "[config][unit]") {
  const auto [text, why] = GENERATE(table<const char*, const char*>({
      {"delivery.capacity = 0", "line 1: delivery.capacity must be 1 to 10000"},
      {"delivery.capacity = 10001", "line 1: delivery.capacity must be 1 to 10000"},
      {"delivery.capacity = \"5\"", "line 1: delivery.capacity must be 1 to 10000"},
      {"delivery.timer = \"249ms\"",
       "line 1: delivery.timer must be \"now\", or \"250ms\" to \"1h\""},
      {"delivery.timer = 60", "line 1: delivery.timer must be \"now\", or \"250ms\" to \"1h\""},
      {"time.human_timeout = \"61min\"", "line 1: time.human_timeout must be \"1min\" to \"1h\""},
      {"queue.max_size = \"15MiB\"", "line 1: queue.max_size must be \"16MiB\" to \"1024GiB\""},
      {"log.level = \"loud\"",
       "line 1: log.level must be \"debug\", \"info\", \"warn\", \"error\" or \"off\""},
      {"source = \"a b\"", "line 1: source must be 1 to 64 of A-Z a-z 0-9 . _ : -"},
      {"sources.codex.enabled = 1", "line 1: sources.codex.enabled must be true or false"},
      {"endpoint = \"http://hub.example\"",
       "line 1: endpoint must be an https URL (http only for this machine)"},
      {"sources.codex.roots = [1]", "line 1: sources.codex.roots must be a list of texts"},
      {"source = 1.5",
       "line 1: source has a value of a kind that no setting takes (fraction or date)"},
  }));
  CAPTURE(text);
  CHECK(refusal(text) == why);
}

TEST_CASE("lists and sinks have a most, and one more is refused", "[config][unit]") {
  std::string roots = "[sources.codex]\nroots = [";
  for (std::size_t i = 0; i < kRootsMax; ++i) roots += "\"/r" + std::to_string(i) + "\",";
  CHECK(parse_config(roots + "]"));
  CHECK_FALSE(parse_config(roots + "\"/one-more\"]"));
  std::string sinks;
  const auto add_sink = [&](const std::string& name) {
    sinks += "[[sink]]\nname = \"" + name + "\"\nurl = \"https://hub.example\"\n";
  };
  for (std::size_t i = 0; i < kSinksMax; ++i) add_sink("s" + std::to_string(i));
  CHECK(parse_config(sinks));
  add_sink("one-more");
  CHECK(refusal(sinks) == "more than 16 [[sink]] tables");
}

TEST_CASE("sinks must be complete and have different names", "[config][unit]") {
  CHECK(refusal("[[sink]]") == "a [[sink]] has no name");
  CHECK(refusal("[[sink]]\nname = \"a\"") == "sink a has no url");
  CHECK(refusal("endpoint = \"https://a\"\n[[sink]]\nname = \"hub\"\nurl = \"https://b\"") ==
        "two sinks are called hub (`endpoint` makes one)");
}

TEST_CASE("a hub beyond this machine needs TLS or a named proxy", "[config][unit]") {
  CHECK(refusal("hub.listen = \"0.0.0.0:4821\"").starts_with("hub.listen 0.0.0.0:4821 is not on"));
  CHECK(parse_config("[hub]\nlisten = \"0.0.0.0:4821\"\ntrusted_proxy = \"10.0.0.1\""));
  CHECK(parse_config(
      "[hub]\nlisten = \"0.0.0.0:4821\"\ntls_cert = \"/c.pem\"\ntls_key = \"/k.pem\""));
  CHECK(refusal("hub.tls_cert = \"/c.pem\"") ==
        "hub.tls_cert and hub.tls_key must be given together");
}

TEST_CASE("what is no TOML names its line", "[config][unit]") {
  CHECK(refusal("a = 1\nb = = 2\n").starts_with("line 2: "));
  CHECK(refusal("source = \"a\"\nsource = \"b\"\n").starts_with("line 2: "));
  CHECK(refusal("\xff\xfe").starts_with("line 1: "));
  CHECK(refusal(std::string(65'537, ' ')) == "longer than 64 KiB");
}

TEST_CASE("every truncation of a file is taken or refused, never more", "[config][unit]") {
  const std::string text =
      "source = \"a\"\n[hub]\nhosts = [\"x\", \"y\"]\n[[sink]]\nname = \"a\"\nurl = "
      "\"https://b\"\ntimer = \"now\"\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const auto config = parse_config(std::string_view(text).substr(0, length));
    if (!config) CHECK_FALSE(config.error().message.empty());
  }
}

}  // namespace
}  // namespace vigil::agent
