#include "agent/saves/coalescer.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

using std::chrono::seconds;

TEST_CASE("The same file adds nothing within two minutes, but for saves") {
  Coalescer seen;
  const WallTime t{};
  CHECK(seen.adds("vim", "/p/a", false, t));
  CHECK_FALSE(seen.adds("vim", "/p/a", false, t + seconds(119)));
  CHECK(seen.adds("vim", "/p/a", true, t + seconds(119)));
  CHECK(seen.adds("vim", "/p/a", true, t + seconds(119)));
  CHECK_FALSE(seen.adds("vim", "/p/a", false, t + seconds(238)));
  CHECK(seen.adds("vim", "/p/a", false, t + seconds(239)));
}

TEST_CASE("Another file adds always, and each editor goes by itself") {
  Coalescer seen;
  const WallTime t{};
  CHECK(seen.adds("vim", "/p/a", false, t));
  CHECK(seen.adds("vim", "/p/b", false, t));
  CHECK(seen.adds("vim", "/p/a", false, t));
  CHECK(seen.adds("emacs", "/p/a", false, t));
  CHECK_FALSE(seen.adds("vim", "/p/a", false, t));
}

}  // namespace
}  // namespace vigil::agent
