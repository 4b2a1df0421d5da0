#include "watcher/pending_changes.h"

#include <catch2/catch.hpp>

using vigil::watcher::PendingChanges;

TEST_CASE("an entry that changes often is told once, in the order of first changes",
          "[watcher][unit]") {
  PendingChanges pending(10);
  pending.add(1, "a");
  pending.add(2, "a");
  pending.add(1, "b");
  pending.add(1, "a");
  const auto taken = pending.take();
  CHECK(taken.changes == std::vector<PendingChanges::Change>{{1, "a"}, {2, "a"}, {1, "b"}});
  CHECK_FALSE(taken.overflowed);
  CHECK(pending.empty());
  pending.add(1, "a");
  CHECK(pending.take().changes.size() == 1);
}

TEST_CASE("one change too many is an overflow, which forgets the others", "[watcher][unit]") {
  PendingChanges pending(2);
  pending.add(1, "a");
  pending.add(1, "b");
  pending.add(1, "a");
  CHECK_FALSE(pending.take().overflowed);
  pending.add(1, "a");
  pending.add(1, "b");
  pending.add(1, "c");
  pending.add(1, "d");
  const auto taken = pending.take();
  CHECK(taken.overflowed);
  CHECK(taken.changes.empty());
  CHECK(pending.empty());
}
