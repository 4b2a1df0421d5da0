#include "agent/privacy/path_rules.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace vigil::agent {
namespace {

using Patterns = std::vector<std::string>;

TEST_CASE("Without patterns everything is recorded") {
  CHECK_FALSE(PathRules().excluding("/home/ada/secret"));
  CHECK_FALSE(PathRules::make({}, Patterns{"secret"})->excluding("/home/ada/secret"));
}

TEST_CASE("An excluded path is named by its pattern, an included one is recorded after all") {
  const auto rules = PathRules::make(Patterns{"/secret/", R"(\.env$)"}, Patterns{"/open/"});
  REQUIRE(rules);
  CHECK(rules->excluding("/p/secret/a") == "/secret/");
  CHECK(rules->excluding("/p/.env") == R"(\.env$)");
  CHECK_FALSE(rules->excluding("/p/secret/open/a"));
  CHECK_FALSE(rules->excluding("/p/env"));
  CHECK_FALSE(rules->excluding(""));
}

TEST_CASE("A pattern that does not read is named") {
  const auto rules = PathRules::make(Patterns{"fine", "(open"}, {});
  REQUIRE_FALSE(rules);
  CHECK(rules.error().code == Errc::malformed);
  CHECK(rules.error().message.find("(open") != std::string::npos);
  CHECK_FALSE(is_pattern("(open"));
  CHECK_FALSE(is_pattern(std::string(kPatternMax + 1, 'a')));
  CHECK(is_pattern(std::string(kPatternMax, 'a')));
}

TEST_CASE("A pattern that blows up a backtracking engine takes its time by the path's length") {
  const auto rules = PathRules::make(Patterns{"(a*)*(a*)*(a*)*b$"}, {});
  REQUIRE(rules);
  CHECK_FALSE(rules->excluding("/" + std::string(20'000, 'a')));
}

TEST_CASE("Paths are bytes, not UTF-8") {
  const auto rules = PathRules::make(Patterns{"secret"}, {});
  REQUIRE(rules);
  CHECK(rules->excluding("/p/\xff\xfe/secret"));
}

}  // namespace
}  // namespace vigil::agent
