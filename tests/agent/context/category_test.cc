#include "agent/context/category.h"

#include <catch2/catch.hpp>
#include <string>

#include "parser/language.h"

namespace vigil::agent {
namespace {

using parser::Actor;

TEST_CASE("a file's name and language say what its use is counted as", "[context][unit]") {
  const auto [path, category] = GENERATE(table<std::string, std::string>({
      {"src/ship.cc", "coding"},
      {"src/latest.py", "coding"},
      {"contest/main.rs", "coding"},
      {"src/protest.js", "coding"},
      {"attestation/test.c", "coding"},
      {"page/index.html", "coding"},
      {"docs/conf.py", "coding"},
      {"config.yaml", "coding"},
      {"noextension", "coding"},
      {"", "coding"},

      {"README.md", "writing docs"},
      {"LICENSE", "writing docs"},
      {"CHANGELOG", "writing docs"},
      {"docs/guide.rst", "writing docs"},
      {"docs/harbor.svg", "writing docs"},
      {"docs/index.html", "writing docs"},
      {"notes.txt", "writing docs"},
      {"paper/thesis.tex", "writing docs"},
      {"man/ship.1", "writing docs"},
      {"site/post.mdx", "writing docs"},
      {"tests/README.md", "writing docs"},
      {".github/PULL_REQUEST_TEMPLATE.md", "writing docs"},

      {"tests/ship.cc", "writing tests"},
      {"Tests/Ship.swift", "writing tests"},
      {"src/__tests__/ship.js", "writing tests"},
      {"spec/ship_spec.rb", "writing tests"},
      {"harbor/ship_test.go", "writing tests"},
      {"harbor/test_ship.py", "writing tests"},
      {"src/ship.spec.ts", "writing tests"},
      {"src/ship.test.tsx", "writing tests"},
      {"src/ShipTest.java", "writing tests"},
      {"src/ShipTests.cs", "writing tests"},
      {"features/ship.feature", "writing tests"},
      {"conftest.py", "writing tests"},
      {"testdata/expected.txt", "writing tests"},

      {"CMakeLists.txt", "building"},
      {"tests/CMakeLists.txt", "building"},
      {"Makefile", "building"},
      {"Dockerfile", "building"},
      {"package.json", "building"},
      {"crates/ship/Cargo.toml", "building"},
      {"pyproject.toml", "building"},
      {"go.mod", "building"},
      {"infra/main.tf", "building"},
      {".github/workflows/ci.yml", "building"},
      {".gitlab-ci.yml", "building"},
      {"App.csproj", "building"},
      {"flake.nix", "building"},

      {".vscode/launch.json", "debugging"},
      {".gdbinit", "debugging"},
      {"scripts/ship.gdb", "debugging"},
  }));
  CAPTURE(path);
  CHECK(category_of(Actor::human, path, parser::language_of(path)) == category);
  CHECK(category_of(Actor::unknown, path, parser::language_of(path)) == category);
  CHECK(category_of(Actor::agent, path, parser::language_of(path)) == "ai coding");
}

TEST_CASE("the language that the content shows decides with", "[context][unit]") {
  CHECK(category_of(Actor::human, "app.pro", "QMake") == "building");
  CHECK(category_of(Actor::human, "app.pro", "Prolog") == "coding");
  CHECK(category_of(Actor::human, "ship.1", "Roff Manpage") == "writing docs");
}

TEST_CASE("no path is too strange to be counted", "[context][unit]") {
  CHECK(category_of(Actor::human, std::string(5000, '/'), "") == "coding");
  CHECK(category_of(Actor::human, std::string(5000, 'a') + "/tests/x", "") == "writing tests");
  CHECK(category_of(Actor::human, "a|b/|", "|") == "coding");
  CHECK(category_of(Actor::human, "|", "|CMake|") == "coding");
}

}  // namespace
}  // namespace vigil::agent
