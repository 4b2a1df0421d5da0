#include <array>
#include <catch2/catch.hpp>

#include "agent/config/load_config.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

Paths some_paths() {
  return {.config_file = "/home/a/.config/vigil/config.toml",
          .config_dir = "/home/a/.config/vigil",
          .data_dir = "/home/a/.local/share/vigil",
          .state_dir = "/home/a/.local/state/vigil",
          .runtime_dir = "/run/user/1",
          .home = "/home/a"};
}

Environment some_environment() {
  return {.variables = {{"HOME", "/home/a"}}, .directory = "/cwd", .hostname = "box"};
}

TEST_CASE("flags go before variables, variables before the file, the file before defaults",
          "[config][unit]") {
  const std::array flags{FlagSetting{"--listen", "hub.listen", "127.0.0.1:3"}};
  Environment environment = some_environment();
  struct Row {
    const char* file;
    const char* variable;
    bool flag;
    const char* listen;
    SettingOrigin origin;
  };
  const auto row = GENERATE(values<Row>({
      {"", "", false, "127.0.0.1:4821", SettingOrigin::fallback},
      {"hub.listen = \"127.0.0.1:1\"", "", false, "127.0.0.1:1", SettingOrigin::file},
      {"hub.listen = \"127.0.0.1:1\"", "127.0.0.1:2", false, "127.0.0.1:2",
       SettingOrigin::environment},
      {"", "127.0.0.1:2", false, "127.0.0.1:2", SettingOrigin::environment},
      {"hub.listen = \"127.0.0.1:1\"", "127.0.0.1:2", true, "127.0.0.1:3", SettingOrigin::flag},
      {"", "", true, "127.0.0.1:3", SettingOrigin::flag},
  }));
  environment.variables["VIGIL_LISTEN"] = row.variable;
  const auto loaded =
      layer_config(row.file, some_paths(), environment, std::span(flags).first(row.flag ? 1 : 0));
  REQUIRE(loaded);
  CHECK(loaded->config.hub.listen == row.listen);
  const auto origin = loaded->origins.find("hub.listen");
  CHECK((origin == loaded->origins.end() ? SettingOrigin::fallback : origin->second) == row.origin);
}

TEST_CASE("variables say lists with commas and switches by words", "[config][unit]") {
  Environment environment = some_environment();
  environment.variables["VIGIL_CLAUDE_ROOTS"] = "~/x, relative ,,/abs/";
  environment.variables["VIGIL_TIMER"] = "now";
  environment.variables["VIGIL_CAPACITY"] = "7";
  const auto loaded = layer_config("", some_paths(), environment, {});
  REQUIRE(loaded);
  CHECK(loaded->config.claude_code.roots ==
        std::vector<std::string>{"/home/a/x", "/cwd/relative", "/abs"});
  CHECK(loaded->config.delivery.timer == std::chrono::milliseconds(0));
  CHECK(loaded->config.delivery.capacity == 7);
}

TEST_CASE("folders become projects by FOLDER=NAME", "[config][unit]") {
  const auto loaded = layer_config(
      "[projects]\nmap = [\"~/work=Work\", \"/srv/a/ = A\"]\n"
      "submodules = \"parent\"\n",
      some_paths(), some_environment(), {});
  REQUIRE(loaded);
  CHECK(project_rules(loaded->config) ==
        ProjectRules{{{"/home/a/work", "Work"}, {"/srv/a", "A"}}, {}, Submodules::parents});
  const auto refused =
      layer_config("[projects]\nmap = [\"/srv/a\"]\n", some_paths(), some_environment(), {});
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("FOLDER=NAME"));
}

TEST_CASE("a variable that cannot be meant is refused without repeating it", "[config][unit]") {
  Environment environment = some_environment();
  environment.variables["VIGIL_ENDPOINT"] = "hunter2";
  const auto loaded = layer_config("", some_paths(), environment, {});
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().message ==
        "VIGIL_ENDPOINT must be an https URL (http only for this machine)");
}

TEST_CASE("a destination named from outside replaces those of the file", "[config][unit]") {
  Environment environment = some_environment();
  environment.variables["VIGIL_ENDPOINT"] = "https://ci.example";
  environment.variables["VIGIL_TIMER"] = "2s";
  const auto loaded =
      layer_config("[[sink]]\nname = \"team\"\nurl = \"https://hub.example\"\ntimer = \"5s\"\n",
                   some_paths(), environment, {});
  REQUIRE(loaded);
  REQUIRE(loaded->config.sinks.size() == 1);
  CHECK(loaded->config.sinks[0].url == "https://ci.example");
  CHECK(loaded->config.sinks[0].timer == std::chrono::seconds(2));
}

TEST_CASE("a variable goes before what a sink says itself", "[config][unit]") {
  Environment environment = some_environment();
  environment.variables["VIGIL_TIMER"] = "2s";
  environment.variables["VIGIL_CA_FILE"] = "ca.pem";
  const auto loaded = layer_config(
      "[[sink]]\nname = \"team\"\nurl = \"https://hub.example\"\ntimer = \"5s\"\n"
      "ca_file = \"own.pem\"\ncapacity = 9\n",
      some_paths(), environment, {});
  REQUIRE(loaded);
  CHECK(loaded->config.sinks[0].timer == std::chrono::seconds(2));
  CHECK(loaded->config.sinks[0].ca_file == "/cwd/ca.pem");
  CHECK(loaded->config.sinks[0].capacity == 9);
}

TEST_CASE("paths in the file are relative to its folder", "[config][unit]") {
  const auto loaded = layer_config("hub.store = \"hub/team.db\"\nlog.file = \"~/log\"",
                                   some_paths(), some_environment(), {});
  REQUIRE(loaded);
  CHECK(loaded->config.hub.store == "/home/a/.config/vigil/hub/team.db");
  CHECK(loaded->config.log.file == "/home/a/log");
}

TEST_CASE("under systemd the log has the journal's form unless another is named",
          "[config][unit]") {
  Environment environment = some_environment();
  environment.variables["JOURNAL_STREAM"] = "8:1234";
  CHECK(layer_config("", some_paths(), environment, {})->config.log.format == LogFormat::journald);
  CHECK(layer_config("log.format = \"text\"", some_paths(), environment, {})->config.log.format ==
        LogFormat::text);
  CHECK(layer_config("log.file = \"/l\"", some_paths(), environment, {})->config.log.format ==
        LogFormat::text);
}

TEST_CASE("an error in the file names the file", "[config][unit]") {
  const auto loaded = layer_config("x = 1", some_paths(), some_environment(), {});
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().message == "/home/a/.config/vigil/config.toml: line 1: unknown key \"x\"");
}

TEST_CASE("no file is a configuration, a named file that is missing is not", "[config][unit]") {
  test::MemoryFileSystem files;
  CHECK(load_config(files, some_paths(), some_environment(), {}));
  Paths named = some_paths();
  named.config_file = "/etc/vigil.toml";
  const auto loaded = load_config(files, named, some_environment(), {});
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == Errc::malformed);
  files.write("/etc/vigil.toml", "source = \"a\"");
  CHECK(load_config(files, named, some_environment(), {})->config.source == "a");
}

}  // namespace
}  // namespace vigil::agent
