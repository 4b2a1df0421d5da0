#include "agent/context/category.h"

#include <algorithm>
#include <array>

#include "base/file_system.h"
#include "parser/language_table.h"

namespace vigil::agent {
namespace {

// Words between bars: one text is one place in the program, where an array of them would be as many
// pointers to relocate at every start.

constexpr std::string_view kTestFolders =
    "|__tests__|e2e|spec|specs|test|testdata|testing|tests|unittests|";
constexpr std::string_view kTestLanguages = "|Gherkin|RobotFramework|";
constexpr std::string_view kTestFiles =
    "|conftest.py|cypress.config.js|cypress.config.ts|jest.config.js|jest.config.ts|"
    "karma.conf.js|phpunit.xml|playwright.config.ts|pytest.ini|tox.ini|vitest.config.ts|";

constexpr std::string_view kDocFolders = "|doc|docs|documentation|man|manual|";
/// Written to be read, though Linguist sorts them with what is not.
constexpr std::string_view kDocLanguages = "|BibTeX|MDX|Roff|Roff Manpage|TeX|Typst|";
constexpr std::string_view kDocFiles =
    "|authors|changelog|changes|citation.cff|contributing|copying|history|install|licence|license|"
    "mkdocs.yml|news|notice|readme|security|todo|";

constexpr std::string_view kBuildLanguages =
    "|Alpine Abuild|Ant Build System|Bicep|BitBake|CMake|Cabal Config|Dockerfile|Earthly|GN|"
    "Gentoo Ebuild|Go Checksums|Go Module|Go Workspace|Gradle|HCL|Inno Setup|Just|Kickstart|"
    "Linker Script|M4Sugar|Makefile|Maven POM|Meson|NPM Config|NSIS|Ninja|Nix|Pip Requirements|"
    "Procfile|Puppet|QMake|RPM Spec|Salt|Starlark|";
constexpr std::string_view kBuildFolders = "|.circleci|.github|.gitlab|";
constexpr std::string_view kBuildFiles =
    "|.dockerignore|.gitlab-ci.yml|.npmrc|.travis.yml|appveyor.yml|azure-pipelines.yml|"
    "bitbucket-pipelines.yml|brewfile|build.gradle.kts|build.rs|build.sbt|build.zig|"
    "build.zig.zon|cargo.lock|cargo.toml|cmakepresets.json|compose.yaml|compose.yml|"
    "composer.json|composer.lock|conanfile.py|conanfile.txt|deno.json|docker-compose.yaml|"
    "docker-compose.yml|gemfile|gemfile.lock|gulpfile.js|jenkinsfile|mix.exs|mix.lock|"
    "package-lock.json|package.json|package.swift|pipfile|pipfile.lock|pnpm-lock.yaml|podfile|"
    "poetry.lock|project.clj|pubspec.lock|pubspec.yaml|pyproject.toml|rakefile|rebar.config|"
    "rollup.config.js|sconscript|sconstruct|settings.gradle.kts|setup.cfg|setup.py|shard.yml|"
    "stack.yaml|tsconfig.json|uv.lock|vagrantfile|vcpkg.json|vite.config.js|vite.config.ts|"
    "webpack.config.js|wscript|yarn.lock|";
constexpr std::string_view kBuildExtensions =
    "|csproj|fsproj|gemspec|props|sln|targets|vbproj|vcxproj|";

constexpr std::string_view kDebugLanguages = "|GDB|";
constexpr std::string_view kDebugFiles = "|.gdbinit|.lldbinit|.pdbrc|launch.json|";

/// Longer than any word of the lists.
constexpr std::size_t kWordMax = 32;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool lists_exactly(std::string_view list, std::string_view word) {
  if (word.empty() || word.find('|') != std::string_view::npos) return false;
  for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    if (list[at - 1] == '|' && list[at + word.size()] == '|') return true;
  }
  return false;
}

/// The same in upper and lower case.
bool lists(std::string_view list, std::string_view word) {
  std::array<char, kWordMax> buffer{};
  if (word.size() > buffer.size()) return false;
  std::ranges::transform(word, buffer.begin(), lower);
  return lists_exactly(list, {buffer.data(), word.size()});
}

bool is_in_one_of(std::string_view folders, std::string_view path) {
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (lists(folders, path.substr(0, slash))) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

std::string_view before_last_dot(std::string_view name) {
  return name.substr(0, name.rfind('.'));
}

std::string_view behind_last_dot(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

/// `ShipTest` and `Tests`, but neither `latest` nor `contest`.
bool ends_as_test_class(std::string_view stem) {
  return std::ranges::any_of(std::to_array<std::string_view>({"Test", "Tests", "Spec", "TestCase"}),
                             [stem](std::string_view end) { return stem.ends_with(end); });
}

/// By what test runners take for tests: `ship_test.go`, `test_ship.py`, `ship.spec.ts`,
/// `ShipTest.java`.
bool is_test_name(std::string_view name) {
  const auto stem = before_last_dot(name);
  const auto inner = behind_last_dot(stem);
  if (inner == "test" || inner == "spec" || inner == "cy") return true;
  for (const std::string_view end : {"_test", "_tests", "_spec", "-test", "-spec", "_unittest"}) {
    if (stem.ends_with(end)) return true;
  }
  return stem.starts_with("test_") || ends_as_test_class(stem);
}

bool is_test(std::string_view path, std::string_view language) {
  const auto name = file_name(path);
  return lists_exactly(kTestLanguages, language) || lists(kTestFiles, name) ||
         is_in_one_of(kTestFolders, path) || is_test_name(name);
}

/// Text that is meant for readers. What is Linguist's `Text` may be anything, so a test's folder
/// makes it a test's.
bool is_prose(std::string_view language) {
  return language != "Text" && (parser::kind_of(language) == parser::LanguageKind::prose ||
                                lists_exactly(kDocLanguages, language));
}

/// A README, or pictures and pages in a folder for documents; a program in such a folder is one.
bool is_document(std::string_view path, std::string_view language) {
  const auto name = file_name(path);
  if (language == "Text" || lists(kDocFiles, name)) return true;
  return is_in_one_of(kDocFolders, path) &&
         parser::kind_of(language) != parser::LanguageKind::programming;
}

bool is_build(std::string_view path, std::string_view language) {
  const auto name = file_name(path);
  return lists_exactly(kBuildLanguages, language) || lists(kBuildFiles, name) ||
         lists(kBuildExtensions, behind_last_dot(name)) || is_in_one_of(kBuildFolders, path);
}

}  // namespace

std::string_view category_of(parser::Actor actor, std::string_view path,
                             std::string_view language) {
  if (actor == parser::Actor::agent) return "ai coding";
  if (is_prose(language)) return "writing docs";
  if (lists_exactly(kDebugLanguages, language) || lists(kDebugFiles, file_name(path))) {
    return "debugging";
  }
  if (is_build(path, language)) return "building";
  if (is_test(path, language)) return "writing tests";
  return is_document(path, language) ? "writing docs" : "coding";
}

}  // namespace vigil::agent
