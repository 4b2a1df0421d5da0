#include <catch2/catch.hpp>
#include <set>

#include "agent/config/settings.h"
#include "base/posix_file_system.h"

namespace vigil::agent {
namespace {

TEST_CASE("the page about the configuration holds the program's own tables", "[config][io]") {
  const auto page = read_file(PosixFileSystem(), VIGIL_DOCS "/formats/config.md", 1'000'000);
  REQUIRE(page);
  const std::string tables = settings_as_markdown();
  INFO("docs/formats/config.md must contain:\n" << tables);
  CHECK(page->find(tables) != std::string::npos);
}

TEST_CASE("keys and variables are unique, and every default is within its bounds",
          "[config][unit]") {
  std::set<std::string_view> names;
  const PathBase base("/", "/");
  for (const auto& setting : settings()) {
    CAPTURE(setting.key);
    CHECK(names.insert(setting.key).second);
    if (!setting.variable.empty()) CHECK(names.insert(setting.variable).second);
    CHECK(find_setting(setting.key) == &setting);
    std::string shown = show(setting, Config{});
    if (shown.starts_with('"')) shown = shown.substr(1, shown.size() - 2);
    if (shown == "[]") shown.clear();
    Config config;
    CHECK(assign_text(setting, config, shown, base));
  }
}

}  // namespace
}  // namespace vigil::agent
