// What a watcher of trees finds by looking: where no watch can be had, after lost events, and for a
// root whose last time is known.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "tests/watcher/trees_under_watch.h"

using namespace vigil;
using namespace vigil::test;
using namespace vigil::watcher;
using namespace std::chrono_literals;

namespace {

bool enters_all(const std::string& /*directory*/) {
  return true;
}

void watch(MemoryTree& tree, std::optional<WallTime> seen_until = std::nullopt) {
  tree.watcher.add(tree.root, seen_until, enters_all);
  tree.settle();
}

/// A file that is changed without an event.
void change(MemoryTree& tree, const std::string& path) {
  tree.files.write(path, "other");
}

/// Lets `by` pass as a caller does: a step whenever one is due.
Told told_during(MemoryTree& tree, milliseconds by) {
  std::vector<TreeChange> all;
  const auto end = tree.clock.mono_now() + by;
  for (;;) {
    for (auto& change : tree.changes()) all.push_back(std::move(change));
    const auto due = std::min(tree.watcher.deadline().value_or(end), end);
    if (tree.clock.mono_now() >= end) return told(all);
    tree.pass(std::max(std::chrono::ceil<milliseconds>(due - tree.clock.mono_now()), 1ms));
  }
}

TreeStatus status(const MemoryTree& tree) {
  return tree.watcher.status().front();
}

constexpr std::uint32_t kWritten = TreeChange::modified | TreeChange::closed;
constexpr std::uint32_t kFound = TreeChange::found;

}  // namespace

TEST_CASE("directories past the budget are polled within ten seconds", "[watcher][unit]") {
  const auto how = GENERATE(0, 1, 2);  // our own budget, the system's limit, no inotify at all
  MemoryTree tree(TreeLimits{.watches_max = how == 0 ? 2U : 1'000U});
  if (how == 1) tree.source.set_watches_max(2);
  if (how == 2) tree.source.refuse(Errc::unavailable);
  for (const char* name : {"/a", "/b", "/c", "/d"}) {
    tree.make(tree.root + name);
    tree.write(tree.root + name + "/old");
  }
  tree.pass(1s);
  watch(tree);
  CHECK(status(tree).ready);
  CHECK(status(tree).watched == (how == 2 ? 0U : 2U));
  CHECK(status(tree).polled == (how == 2 ? 5U : 3U));
  CHECK_FALSE(status(tree).trouble.empty());
  CHECK(told_during(tree, 30s).empty());
  for (const char* name : {"/a", "/b", "/c", "/d"}) change(tree, tree.root + name + "/old");
  const Told found = told_during(tree, 10s);
  CHECK(found.size() == (how == 2 ? 4U : 3U));
  for (const auto& [path, what] : found) CHECK(what == kFound);
  CHECK(told_during(tree, 30s).empty());
}

TEST_CASE("a polled directory's new folders are entered, and gone ones left", "[watcher][unit]") {
  MemoryTree tree(TreeLimits{.watches_max = 0});
  watch(tree);
  tree.files.write(tree.root + "/a/b/new", "text");
  CHECK(told_during(tree, 12s) == Told{{tree.root + "/a/b/new", kFound}});
  CHECK(status(tree).directories == 3);
  tree.files.remove_tree(tree.root + "/a");
  CHECK(told_during(tree, 12s).empty());
  CHECK(status(tree).directories == 1);
  CHECK(status(tree).polled == 1);
}

TEST_CASE("freed watches go to polled directories", "[watcher][unit]") {
  MemoryTree tree(TreeLimits{.watches_max = 3});
  for (const char* name : {"/a", "/b", "/c"}) tree.make(tree.root + name);
  watch(tree);
  REQUIRE(status(tree).polled == 1);
  const bool is_polled = !tree.source.is_watched(tree.root + "/a");
  tree.remove(tree.root + (is_polled ? "/b" : "/a"));
  told_during(tree, 10s);
  CHECK(status(tree).polled == 0);
  CHECK(status(tree).watched == 3);
  for (const char* name : {"/a", "/b", "/c"}) {
    if (!tree.files.stat(tree.root + name)) continue;
    tree.write(tree.root + name + "/file");
    CHECK((told_of(tree.changes(), tree.root + name + "/file") & TreeChange::closed) != 0);
  }
}

TEST_CASE("a file system that does not tell is polled below a root that is watched",
          "[watcher][unit]") {
  MemoryTree tree;
  tree.files.set_remote(tree.root);
  tree.make(tree.root + "/far");
  tree.write(tree.root + "/far/old");
  watch(tree);
  CHECK(status(tree).watched == 0);
  change(tree, tree.root + "/far/old");
  CHECK(told_during(tree, 11s) == Told{{tree.root + "/far/old", kFound}});
  CHECK(told_during(tree, 30s).empty());
}

TEST_CASE("a directory that cannot be read is polled until it can", "[watcher][unit]") {
  MemoryTree tree;
  tree.make(tree.root + "/a");
  tree.write(tree.root + "/a/old");
  tree.files.deny(tree.root + "/a");
  watch(tree);
  CHECK(status(tree).polled == 1);
  CHECK_FALSE(status(tree).trouble.empty());
  tree.files.allow(tree.root + "/a");
  told_during(tree, 12s);
  CHECK(status(tree).polled == 0);
  CHECK(status(tree).trouble.empty());
  tree.write(tree.root + "/a/old");
  CHECK(told_of(tree.changes(), tree.root + "/a/old") == kWritten);
}

TEST_CASE("lost events are made good by looking at everything", "[watcher][unit]") {
  MemoryTree tree;
  for (const char* name : {"/a", "/b", "/gone", "/replaced"}) {
    tree.make(tree.root + name);
    tree.write(tree.root + name + "/old");
  }
  watch(tree);
  tree.pass(1min);
  tree.write(tree.root + "/b/old");
  tree.settle();
  tree.pass(1min);
  tree.settle();
  tree.pass(10s);
  change(tree, tree.root + "/a/old");
  tree.files.write(tree.root + "/a/new/file", "text");
  tree.files.remove_tree(tree.root + "/gone");
  tree.files.remove_tree(tree.root + "/replaced");
  tree.files.write(tree.root + "/replaced/other", "text");
  tree.source.overflow();
  tree.pass(1s);
  CHECK(told_during(tree, 1s) == Told{{tree.root + "/a/old", kFound},
                                      {tree.root + "/a/new/file", kFound},
                                      {tree.root + "/replaced/other", kFound}});
  CHECK(tree.watcher.overflows() == 1);
  CHECK(status(tree).directories == 5);
  for (const char* path : {"/a/new/file", "/replaced/other", "/b/old"}) {
    tree.write(tree.root + path);
    CHECK(told_of(tree.changes(), tree.root + path) == kWritten);
  }
}

TEST_CASE("lost events are made good though the clock was set back", "[watcher][unit]") {
  MemoryTree tree;
  tree.write(tree.root + "/file");
  watch(tree);
  tree.pass(1min);
  tree.settle();
  // The disk in memory never sets its own clock back: here the files' clock is an hour slow.
  tree.clock.jump_wall(1h);
  tree.settle();
  tree.clock.jump_wall(-1h);
  tree.pass(10s);
  change(tree, tree.root + "/file");
  tree.source.overflow();
  tree.pass(1s);
  CHECK(told(tree.changes()) == Told{{tree.root + "/file", kFound}});
}

TEST_CASE("what changed a moment ago is found when it rests", "[watcher][unit]") {
  MemoryTree tree;
  tree.write(tree.root + "/file");
  watch(tree);
  tree.pass(1min);
  tree.settle();
  change(tree, tree.root + "/file");
  tree.source.overflow();
  CHECK(tree.changes().empty());
  CHECK(*tree.watcher.seen_until(tree.root) < tree.clock.wall_now());
  CHECK(told_during(tree, 1s) == Told{{tree.root + "/file", kFound}});
  CHECK(told_during(tree, 1min).empty());
}

TEST_CASE("with the time of the last look, what changed since is found once", "[watcher][unit]") {
  MemoryTree tree;
  tree.make(tree.root + "/a");
  for (const char* name : {"/a/old", "/a/changed"}) tree.write(tree.root + name);
  watch(tree);
  tree.pass(1min);
  tree.settle();
  const auto seen_until = tree.watcher.seen_until(tree.root);
  REQUIRE(seen_until);
  CHECK(tree.clock.wall_now() - *seen_until <= 10ms);
  tree.watcher.remove(tree.root);
  tree.pass(1h);
  change(tree, tree.root + "/a/changed");
  tree.files.write(tree.root + "/b/new", "text");
  tree.pass(1min);
  tree.watcher.add(tree.root, seen_until, enters_all);
  CHECK(told_during(tree, 1min) ==
        Told{{tree.root + "/a/changed", kFound}, {tree.root + "/b/new", kFound}});
}

TEST_CASE("what was not taken is not seen", "[watcher][unit]") {
  MemoryTree tree;
  watch(tree);
  tree.pass(1min);
  tree.settle();
  const auto before = tree.watcher.seen_until(tree.root);
  tree.pass(1min);
  tree.write(tree.root + "/file");
  tree.step();
  CHECK(tree.watcher.seen_until(tree.root) == before);
  CHECK(tree.watcher.take(1).size() == 1);
  CHECK(*tree.watcher.seen_until(tree.root) > *before);
}

TEST_CASE("more changes than may wait hold up reading, and none is lost", "[watcher][unit]") {
  MemoryTree tree(TreeLimits{.pending_max = 10});
  watch(tree);
  tree.make(tree.root + "/big");
  for (int file = 0; file < 100; ++file) {
    tree.files.write(tree.root + "/big/" + std::to_string(file), "text");  // found, not told
  }
  for (int file = 0; file < 100; ++file) tree.write(tree.root + "/" + std::to_string(file));
  std::set<std::string> names;
  do {
    tree.step();
    const auto changes = tree.watcher.take(5);
    CHECK(changes.size() <= 5);
    for (const auto& change : changes) names.insert(join_path(change.directory, change.name));
    for (int more = 0; more < 50; ++more) tree.step();
    CHECK(tree.watcher.take(0).empty());
  } while (tree.watcher.has_more() || tree.watcher.deadline() <= tree.clock.mono_now());
  CHECK(names.size() == 201);
}

TEST_CASE("a departed directory is waited for 50 ms", "[watcher][unit]") {
  MemoryTree tree;
  tree.make(tree.root + "/a");
  tree.make(tree.root + "/a/b");
  watch(tree);
  tree.files.move(tree.root + "/a", tree.root + "/c");
  tree.source.tell_left(tree.root, "a", FileKind::directory);
  tree.settle();
  CHECK(status(tree).directories == 3);
  SECTION("and keeps what is below it when it arrives") {
    tree.pass(40ms);
    tree.settle();
    tree.source.tell_arrived(tree.root, "c", FileKind::directory);
    tree.write(tree.root + "/c/b/file");
    CHECK((told_of(tree.changes(), tree.root + "/c/b/file") & TreeChange::closed) != 0);
    CHECK(status(tree).directories == 3);
  }
  SECTION("and is left when it does not") {
    tree.pass(49ms);
    tree.settle();
    CHECK(status(tree).directories == 3);
    tree.pass(1ms);
    tree.settle();
    CHECK(status(tree).directories == 1);
    CHECK(tree.source.watched() == 1);
  }
  SECTION("and changes below it meanwhile go by its new name") {
    tree.source.tell(tree.root + "/c/b", "file", kWritten);
    tree.files.mkdir(tree.root + "/c/b/d");
    tree.source.tell(tree.root + "/c/b", "d", TreeChange::created, FileKind::directory);
    tree.step();
    tree.source.tell_arrived(tree.root, "c", FileKind::directory);
    CHECK(told_of(tree.changes(), tree.root + "/c/b/file") == kWritten);
    CHECK(tree.source.is_watched(tree.root + "/c/b/d"));
  }
}

TEST_CASE("changed rules are asked again for every directory", "[watcher][unit]") {
  MemoryTree tree;
  for (const char* name : {"/a", "/b", "/a/in", "/b/in"}) tree.make(tree.root + name);
  std::string refused = "/a";
  tree.watcher.add(tree.root, std::nullopt,
                   [&](const std::string& path) { return path != tree.root + refused; });
  tree.settle();
  CHECK(status(tree).directories == 3);
  refused = "/b";
  tree.watcher.reconsider(tree.root);
  tree.settle();
  CHECK(status(tree).directories == 3);
  CHECK(tree.source.is_watched(tree.root + "/a/in"));
  CHECK_FALSE(tree.source.is_watched(tree.root + "/b"));
}

TEST_CASE("enters() is asked once for each directory", "[watcher][unit]") {
  MemoryTree tree;
  for (const char* name : {"/a", "/b", "/a/in"}) tree.make(tree.root + name);
  std::map<std::string, int> asked;
  tree.watcher.add(tree.root, tree.clock.wall_now(), [&](const std::string& path) {
    ++asked[path];
    return true;
  });
  tree.settle();
  tree.source.overflow();
  tree.settle();
  CHECK(asked.size() == 3);
  CHECK(std::ranges::all_of(asked, [](const auto& one) { return one.second == 1; }));
}

TEST_CASE("a root that is replaced by another directory is watched anew", "[watcher][unit]") {
  MemoryTree tree;
  watch(tree);
  tree.move(tree.root, tree.root + ".old");
  tree.files.mkdir(tree.root);
  tree.settle();
  CHECK(tree.source.is_watched(tree.root));
  CHECK_FALSE(tree.source.is_watched(tree.root + ".old"));
  tree.write(tree.root + "/file");
  CHECK((told_of(tree.changes(), tree.root + "/file") & TreeChange::closed) != 0);
}

TEST_CASE("a root within a directory that moves goes away, and is found when it is back",
          "[watcher][unit]") {
  MemoryTree tree;
  const std::string inner = tree.root + "/a/b/inner";
  for (const char* name : {"/a", "/a/b", "/a/b/inner"}) tree.make(tree.root + name);
  watch(tree);
  tree.watcher.add(inner, std::nullopt, enters_all);
  tree.settle();
  tree.move(tree.root + "/a", tree.root + "/c");
  tree.settle();
  CHECK_FALSE(tree.watcher.status().back().ready);
  tree.write(tree.root + "/c/b/file");
  CHECK((told_of(tree.changes(), tree.root + "/c/b/file") & TreeChange::closed) != 0);
  tree.move(tree.root + "/c", tree.root + "/a");
  tree.settle();
  CHECK(tree.watcher.status().back().ready);
  tree.write(inner + "/file");
  CHECK((told_of(tree.changes(), inner + "/file") & TreeChange::closed) != 0);
}

TEST_CASE("a directory that two roots lead to is watched once and told once", "[watcher][unit]") {
  MemoryTree tree;
  tree.files.symlink(tree.root, "/home/link");
  watch(tree);
  tree.watcher.add("/home/link", std::nullopt, enters_all);
  tree.watcher.watch_flat(tree.root);
  tree.settle();
  CHECK_FALSE(tree.watcher.status()[1].ready);
  tree.write(tree.root + "/file");
  CHECK(tree.changes().size() == 1);
}

TEST_CASE("a flat directory within a tree is told by the tree, and by itself after it",
          "[watcher][unit]") {
  MemoryTree tree;
  tree.make(tree.root + "/a");
  if (GENERATE(true, false)) {
    watch(tree);
    tree.watcher.watch_flat(tree.root + "/a");
  } else {
    tree.watcher.watch_flat(tree.root + "/a");
    tree.settle();
    watch(tree);
  }
  tree.settle();
  tree.write(tree.root + "/a/file");
  CHECK(tree.changes().size() == 1);
  tree.watcher.remove(tree.root);
  tree.settle();
  tree.write(tree.root + "/a/file");
  CHECK(told_of(tree.changes(), tree.root + "/a/file") == kWritten);
}

TEST_CASE("a very deep tree is entered and left", "[watcher][unit]") {
  MemoryTree tree;
  watch(tree);
  std::string path = tree.root;
  for (int level = 0; level < 400; ++level) {
    path += "/d";
    tree.make(path);
  }
  tree.settle();
  CHECK(status(tree).directories == 401);
  tree.write(path + "/file");
  CHECK((told_of(tree.changes(), path + "/file") & TreeChange::closed) != 0);
  tree.remove(tree.root + "/d");
  tree.settle();
  CHECK(status(tree).directories == 1);
  CHECK(tree.source.watched() == 1);
}
