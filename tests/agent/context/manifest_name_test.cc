#include "agent/context/manifest_name.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

TEST_CASE("a manifest names its package", "[context][unit]") {
  const auto [file, text, name] = GENERATE(table<std::string, std::string, std::string>({
      {"package.json", R"({"private": true, "author": {"name": "x"}, "name": "@fleet/harbor"})",
       "@fleet/harbor"},
      {"package.json", R"({"version": "1"})", ""},
      {"package.json", R"({"name": 3})", ""},
      {"package.json", R"({"name": "torn)", ""},
      {"package.json", "", ""},
      {"package.json", "{\"name\": \"a\\nb\"}", ""},
      {"composer.json", R"({"name": "fleet/harbor"})", "fleet/harbor"},
      {"Cargo.toml", "[dependencies]\nname = \"x\"\n[package]\nname = \"harbor\" # it\n", "harbor"},
      {"Cargo.toml", "[workspace]\nmembers = [\"a\"]\n", ""},
      {"pyproject.toml", "[project]\nname = 'harbor'\n", "harbor"},
      {"pyproject.toml", "[tool.poetry]\nname = \"harbor\"\n", "harbor"},
      {"pyproject.toml", "[build-system]\nrequires = []\n", ""},
      {"go.mod", "// a\nmodule example.org/fleet/harbor\n\ngo 1.22\n", "harbor"},
      {"go.mod", "module example.org/fleet/harbor/v2 // next\n", "harbor"},
      {"go.mod", "module harbor", "harbor"},
      {"go.mod", "module v2", "v2"},
      {"pubspec.yaml", "description: x\nname: harbor\n", "harbor"},
      {"settings.gradle", "rootProject.name = 'harbor'\n", "harbor"},
      {"settings.gradle.kts", "rootProject.name = \"harbor\"\n", "harbor"},
      {"pom.xml",
       "<project><parent><artifactId>fleet</artifactId></parent>\n<artifactId>harbor</artifactId>"
       "<dependencies><artifactId>x</artifactId></dependencies></project>",
       "harbor"},
      {"pom.xml", "<project>", ""},
      {"mix.exs", "  def project do\n    [app: :harbor,\n     version: \"1\"]\n", ""},
      {"mix.exs", "    [\n      app: :harbor,\n      version: \"0.1.0\"\n    ]\n", "harbor"},
      {"unheard.of", "name = x", ""},
  }));
  CAPTURE(file, text);
  CHECK(manifest_name(file, text) == name);
}

TEST_CASE("a name that is too long is none", "[context][unit]") {
  CHECK(manifest_name("go.mod", "module " + std::string(256, 'x')).empty());
  CHECK(manifest_name("go.mod", "module " + std::string(255, 'x')).size() == 255);
}

}  // namespace
}  // namespace vigil::agent
