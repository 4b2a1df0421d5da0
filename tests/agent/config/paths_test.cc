#include "agent/config/paths.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

Environment environment_of(Variables variables) {
  return {.variables = std::move(variables), .directory = "/cwd", .hostname = "box"};
}

TEST_CASE("folders are below HOME when nothing else is said", "[config][unit]") {
  const auto paths = find_paths(environment_of({{"HOME", "/home/a"}}), "");
  REQUIRE(paths);
  CHECK(paths->config_dir == "/home/a/.config/vigil");
  CHECK(paths->config_file == "/home/a/.config/vigil/config.toml");
  CHECK(paths->data_dir == "/home/a/.local/share/vigil");
  CHECK(paths->state_dir == "/home/a/.local/state/vigil");
}

TEST_CASE("XDG's variables count when they are absolute", "[config][unit]") {
  const auto paths = find_paths(environment_of({{"HOME", "/home/a"},
                                                {"XDG_CONFIG_HOME", "/c"},
                                                {"XDG_DATA_HOME", "relative"},
                                                {"XDG_STATE_HOME", ""}}),
                                "");
  REQUIRE(paths);
  CHECK(paths->config_dir == "/c/vigil");
  CHECK(paths->data_dir == "/home/a/.local/share/vigil");
  CHECK(paths->state_dir == "/home/a/.local/state/vigil");
}

TEST_CASE("our own variables go first and need no HOME", "[config][unit]") {
  const auto paths = find_paths(environment_of({{"VIGIL_CONFIG_DIR", "/c"},
                                                {"VIGIL_DATA_DIR", "data"},
                                                {"VIGIL_STATE_DIR", "/s/"},
                                                {"XDG_CONFIG_HOME", "/x"}}),
                                "");
  REQUIRE(paths);
  CHECK(paths->config_dir == "/c");
  CHECK(paths->data_dir == "/cwd/data");
  CHECK(paths->state_dir == "/s");
  CHECK(paths->home.empty());
}

TEST_CASE("a named file gives the folder where nothing else does", "[config][unit]") {
  const Variables folders{{"VIGIL_DATA_DIR", "/d"}, {"VIGIL_STATE_DIR", "/s"}};
  Variables with_file = folders;
  with_file["VIGIL_CONFIG"] = "/etc/vigil/ci.toml";
  const auto paths = find_paths(environment_of(with_file), "");
  REQUIRE(paths);
  CHECK(paths->config_file == "/etc/vigil/ci.toml");
  CHECK(paths->config_dir == "/etc/vigil");
  const auto flagged = find_paths(environment_of(with_file), "own.toml");
  REQUIRE(flagged);
  CHECK(flagged->config_file == "/cwd/own.toml");
}

TEST_CASE("with no folder to be had the three variables are named", "[config][unit]") {
  const Variables variables =
      GENERATE(values<Variables>({{},
                                  {{"HOME", ""}},
                                  {{"HOME", "relative"}},
                                  {{"VIGIL_STATE_DIR", "/s"}, {"VIGIL_DATA_DIR", "/d"}}}));
  const auto paths = find_paths(environment_of(variables), "");
  REQUIRE_FALSE(paths);
  CHECK(paths.error().code == Errc::malformed);
  for (const auto* name : {"VIGIL_CONFIG_DIR", "VIGIL_DATA_DIR", "VIGIL_STATE_DIR"}) {
    CHECK(paths.error().message.find(name) != std::string::npos);
  }
}

}  // namespace
}  // namespace vigil::agent
