#include "watcher/merged_events.h"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::watcher;

namespace {

TreeEvent entry(std::int32_t watch, const char* name, std::uint32_t what, std::uint64_t number) {
  TreeEvent event{.watch = watch, .what = what, .name = name};
  event.first = event.last = number;
  event.at = MonoTime(std::chrono::seconds(number));
  return event;
}

}  // namespace

TEST_CASE("what happens to an entry again is joined to what waits", "[watcher][unit]") {
  MergedEvents events(10);
  CHECK(events.add(entry(1, "a", 1, 1)));
  CHECK(events.add(entry(2, "a", 2, 2)));
  TreeEvent moved = entry(1, "a", 8, 3);
  moved.from_watch = 2;
  moved.from_name = "b";
  CHECK(events.add(moved));
  CHECK(events.size() == 2);
  const TreeEvent first = events.pop();
  CHECK(first.what == 9);
  CHECK(first.first == 1);
  CHECK(first.last == 3);
  CHECK(first.at == MonoTime(std::chrono::seconds(3)));
  CHECK(first.from_name == "b");
  CHECK(events.add(entry(1, "a", 1, 4)));
  CHECK(events.pop().watch == 2);
  CHECK(events.pop().first == 4);
  CHECK(events.empty());
}

TEST_CASE("what happens to directories is never joined", "[watcher][unit]") {
  MergedEvents events(10);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    TreeEvent event = entry(1, "a", 1, number);
    event.kind = TreeEvent::Kind::directory;
    CHECK(events.add(event));
  }
  CHECK(events.size() == 3);
  CHECK(events.take_all().size() == 3);
  CHECK(events.empty());
}

TEST_CASE("a new event past the bound is refused, one that can be joined is not",
          "[watcher][unit]") {
  MergedEvents events(2);
  CHECK(events.add(entry(1, "a", 1, 1)));
  CHECK(events.add(entry(1, "b", 1, 2)));
  CHECK_FALSE(events.add(entry(1, "c", 1, 3)));
  CHECK(events.add(entry(1, "a", 2, 4)));
  CHECK(events.pop().what == 3);
  CHECK(events.add(entry(1, "c", 1, 5)));
}
