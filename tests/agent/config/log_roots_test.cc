#include "agent/config/log_roots.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

using Roots = std::vector<std::string>;

Paths home_paths() {
  Paths paths;
  paths.home = "/home/a";
  return paths;
}

Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return {.variables = std::move(variables), .directory = "/cwd", .hostname = "box"};
}

TEST_CASE("Claude Code's own two folders are watched by default", "[config][unit]") {
  CHECK(claude_roots({}, environment_of({}), home_paths()) ==
        Roots{"/home/a/.claude", "/home/a/.config/claude"});
  CHECK(claude_roots({}, environment_of({{"XDG_CONFIG_HOME", "/x"}}), home_paths()) ==
        Roots{"/home/a/.claude", "/x/claude"});
}

TEST_CASE("CLAUDE_CONFIG_DIR names several, and may name a projects folder", "[config][unit]") {
  CHECK(claude_roots({}, environment_of({{"CLAUDE_CONFIG_DIR", "/a, /b/projects ,/a,rel,~/c"}}),
                     home_paths()) == Roots{"/a", "/b", "/cwd/rel", "/home/a/c"});
}

TEST_CASE("the configuration's roots go before the tool's own variable", "[config][unit]") {
  Config config;
  config.claude_code.roots = {"/mine"};
  config.codex.roots = {"/yours"};
  const auto environment = environment_of({{"CLAUDE_CONFIG_DIR", "/a"}, {"CODEX_HOME", "/b"}});
  CHECK(claude_roots(config, environment, home_paths()) == Roots{"/mine"});
  CHECK(codex_roots(config, environment, home_paths()) == Roots{"/yours"});
}

TEST_CASE("CODEX_HOME stands for ~/.codex", "[config][unit]") {
  CHECK(codex_roots({}, environment_of({}), home_paths()) == Roots{"/home/a/.codex"});
  CHECK(codex_roots({}, environment_of({{"CODEX_HOME", "/b/"}}), home_paths()) == Roots{"/b"});
}

TEST_CASE("a source that is off, or has no home, has no roots", "[config][unit]") {
  Config off;
  off.claude_code.enabled = false;
  off.codex.enabled = false;
  CHECK(claude_roots(off, environment_of({}), home_paths()).empty());
  CHECK(codex_roots(off, environment_of({}), home_paths()).empty());
  CHECK(claude_roots({}, environment_of({}), {}).empty());
  CHECK(codex_roots({}, environment_of({}), {}).empty());
}

TEST_CASE("one root more than the most is left out", "[config][unit]") {
  std::string list;
  for (std::size_t i = 0; i <= kRootsMax; ++i) list += "/r" + std::to_string(i) + ",";
  CHECK(claude_roots({}, environment_of({{"CLAUDE_CONFIG_DIR", list}}), home_paths()).size() ==
        kRootsMax);
}

}  // namespace
}  // namespace vigil::agent
