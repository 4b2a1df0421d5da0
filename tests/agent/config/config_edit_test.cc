#include "agent/config/config_edit.h"

#include <catch2/catch.hpp>

#include "agent/config/load_config.h"

namespace vigil::agent {
namespace {

TEST_CASE("a key is set where it stands, and comments stay", "[config][unit]") {
  CHECK(with_setting("# top\n[hub]\n  listen = \"127.0.0.1:1\"  # mine\nstore = \"/x\"\n",
                     "hub.listen", "\"127.0.0.1:2\"") ==
        "# top\n[hub]\nlisten = \"127.0.0.1:2\"  # mine\nstore = \"/x\"\n");
}

TEST_CASE("a key is added to its table, or with its table", "[config][unit]") {
  CHECK(with_setting("", "source", "\"a\"") == "source = \"a\"\n");
  CHECK(with_setting("[hub]\n\n[log]\nlevel = \"info\"\n", "hub.store", "\"/x\"") ==
        "[hub]\nstore = \"/x\"\n\n[log]\nlevel = \"info\"\n");
  CHECK(with_setting("[hub]\n", "source", "\"a\"") == "source = \"a\"\n[hub]\n");
  CHECK(with_setting("[[sink]]\nname = \"a\"\n", "hub.store", "\"/x\"") ==
        "[hub]\nstore = \"/x\"\n\n[[sink]]\nname = \"a\"\n");
  CHECK(with_setting("[sources.codex]\nenabled = true", "sources.codex.enabled", "false") ==
        "[sources.codex]\nenabled = false\n");
}

TEST_CASE("a list over several lines is replaced as a whole", "[config][unit]") {
  CHECK(with_setting("[hub]\nhosts = [\n  \"a]\", # ]\n  \"b\",\n]\nstore = \"/x\"\n", "hub.hosts",
                     "[\"c\"]") == "[hub]\nhosts = [\"c\"]\nstore = \"/x\"\n");
}

TEST_CASE("a key with the same name elsewhere is left alone", "[config][unit]") {
  const std::string text =
      "[delivery]\ncapacity = 5\n[[sink]]\nname = \"a\"\nurl = \"https://b\"\ncapacity = 6\n";
  const std::string edited = with_setting(text, "delivery.capacity", "7");
  const auto config = parse_config(edited);
  REQUIRE(config);
  CHECK(config->delivery.capacity == 7);
  CHECK(config->sinks[0].capacity == 6);
}

TEST_CASE("a key in another notation comes out twice, which parsing finds", "[config][unit]") {
  CHECK_FALSE(parse_config(with_setting("hub = {store = \"/x\"}\n", "hub.store", "\"/y\"")));
}

}  // namespace
}  // namespace vigil::agent
