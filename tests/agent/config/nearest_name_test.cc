#include "agent/config/nearest_name.h"

#include <array>
#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

constexpr std::array<std::string_view, 4> kNames{"hub.listen", "hub.store", "status", "queue"};

TEST_CASE("a typing mistake finds the name that was meant", "[config][unit]") {
  const auto [typed, meant] =
      GENERATE(table<const char*, const char*>({{"hub.lisen", "hub.listen"},
                                                {"hub.lsiten", "hub.listen"},
                                                {"hub.stor", "hub.store"},
                                                {"stauts", "status"},
                                                {"quue", "queue"},
                                                {"queues", "queue"}}));
  CAPTURE(typed);
  CHECK(nearest_name(typed, kNames) == meant);
}

TEST_CASE("another word finds nothing", "[config][unit]") {
  const auto* typed = GENERATE("", "x", "colour", "stop", "hub");
  CAPTURE(typed);
  CHECK(nearest_name(typed, kNames).empty());
  CHECK(suggestion(typed, kNames).empty());
}

TEST_CASE("a text longer than any name costs nothing and finds nothing", "[config][unit]") {
  CHECK(nearest_name(std::string(65, 'q'), kNames).empty());
  CHECK(nearest_name(std::string(1'000'000, 'q'), kNames).empty());
}

}  // namespace
}  // namespace vigil::agent
