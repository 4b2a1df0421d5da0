// What a watcher of trees promises, held against the kernel and against a script of it.
#include "watcher/tree_watcher.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/watcher/trees_under_watch.h"

using namespace vigil;
using namespace vigil::test;
using namespace vigil::watcher;

namespace {

bool enters_all(const std::string& /*directory*/) {
  return true;
}

template <class Tree>
void watch(Tree& tree) {
  tree.watcher.add(tree.root, std::nullopt, enters_all);
  tree.settle();
}

const TreeChange* find(const std::vector<TreeChange>& changes, const std::string& path) {
  const auto is_it = [&](const auto& one) { return join_path(one.directory, one.name) == path; };
  const auto found = std::ranges::find_if(changes, is_it);
  return found == changes.end() ? nullptr : &*found;
}

TreeStatus status_of(const TreeWatcher& watcher, const std::string& root) {
  for (const auto& status : watcher.status()) {
    if (status.root == root) return status;
  }
  FAIL("no such root");
  return {};
}

constexpr std::uint32_t kWritten = TreeChange::modified | TreeChange::closed;
constexpr std::uint32_t kMade = TreeChange::created | kWritten;

}  // namespace

TEMPLATE_TEST_CASE("what was there at first is not told, what is written then is told once",
                   "[watcher][io]", MemoryTree, DiskTree) {
  TestType tree;
  tree.make(tree.root + "/a");
  tree.make(tree.root + "/a/b");
  tree.write(tree.root + "/a/b/old");
  tree.watcher.add(tree.root, std::nullopt, enters_all);
  CHECK(tree.changes().empty());
  const auto status = status_of(tree.watcher, tree.root);
  CHECK(status.ready);
  CHECK(status.directories == 3);
  CHECK(status.watched == 3);
  CHECK(status.polled == 0);
  tree.write(tree.root + "/a/b/old");
  tree.write(tree.root + "/a/b/old");
  tree.write(tree.root + "/new");
  const auto changes = tree.changes();
  CHECK(told(changes) == Told{{tree.root + "/a/b/old", kWritten}, {tree.root + "/new", kMade}});
  CHECK(std::ranges::is_sorted(changes, {}, &TreeChange::first));
}

TEMPLATE_TEST_CASE("directories that are made are followed as deep as they go", "[watcher][io]",
                   MemoryTree, DiskTree) {
  TestType tree;
  watch(tree);
  std::string path = tree.root;
  for (const char* name : {"/a", "/b", "/c", "/d"}) {
    path += name;
    tree.make(path);
    tree.write(path + "/file");
  }
  const auto changes = tree.changes();
  CHECK((told_of(changes, tree.root + "/a/file") & TreeChange::created) != 0);
  CHECK((told_of(changes, path + "/file") & TreeChange::created) != 0);
  tree.write(path + "/later");
  CHECK(told_of(tree.changes(), path + "/later") == kMade);
  CHECK(status_of(tree.watcher, tree.root).watched == 5);
}

TEMPLATE_TEST_CASE("a moved file tells where it was", "[watcher][io]", MemoryTree, DiskTree) {
  TestType tree;
  tree.make(tree.root + "/a");
  tree.write(tree.root + "/one");
  watch(tree);
  tree.move(tree.root + "/one", tree.root + "/two");
  auto changes = tree.changes();
  CHECK(told_of(changes, tree.root + "/one") == TreeChange::moved_out);
  REQUIRE(find(changes, tree.root + "/two") != nullptr);
  CHECK(find(changes, tree.root + "/two")->what == TreeChange::moved_in);
  CHECK(find(changes, tree.root + "/two")->moved_from == "one");
  tree.move(tree.root + "/two", tree.root + "/a/three");
  changes = tree.changes();
  REQUIRE(find(changes, tree.root + "/a/three") != nullptr);
  CHECK(find(changes, tree.root + "/a/three")->moved_from == tree.root + "/two");
}

TEMPLATE_TEST_CASE("a moved directory keeps what is below it, under its new name", "[watcher][io]",
                   MemoryTree, DiskTree) {
  TestType tree;
  tree.make(tree.root + "/a");
  tree.make(tree.root + "/a/b");
  tree.make(tree.root + "/other");
  tree.write(tree.root + "/a/b/file");
  watch(tree);
  tree.write(tree.root + "/a/b/file");
  tree.move(tree.root + "/a", tree.root + "/other/c");
  tree.write(tree.root + "/other/c/b/file");
  const auto changes = tree.changes();
  // Nothing was scanned again: the file was found by nobody, and its events are one change.
  CHECK(told_of(changes, tree.root + "/other/c/b/file") == kWritten);
  // The kernel may have told of the first write before the move.
  const bool is_at_once = std::is_same_v<TestType, MemoryTree>;
  if (is_at_once) CHECK(find(changes, tree.root + "/a/b/file") == nullptr);
  const auto* moved = find(changes, tree.root + "/other/c");
  REQUIRE(moved != nullptr);
  CHECK(moved->kind == FileKind::directory);
  CHECK(moved->moved_from == tree.root + "/a");
  CHECK(status_of(tree.watcher, tree.root).watched == 4);
}

TEMPLATE_TEST_CASE("a directory that is moved in is entered, one that is moved out is left",
                   "[watcher][io]", MemoryTree, DiskTree) {
  TestType tree;
  const std::string outside(parent_path(tree.root));
  tree.make(outside + "/away");
  tree.make(outside + "/away/sub");
  tree.write(outside + "/away/sub/file");
  watch(tree);
  tree.move(outside + "/away", tree.root + "/here");
  CHECK(told_of(tree.changes(), tree.root + "/here/sub/file") ==
        (TreeChange::created | TreeChange::found));
  CHECK(status_of(tree.watcher, tree.root).directories == 3);
  tree.move(tree.root + "/here", outside + "/gone");
  tree.settle();
  tree.write(outside + "/gone/sub/file");
  if constexpr (std::is_same_v<TestType, MemoryTree>) {
    tree.pass(milliseconds(60));
  } else {
    while (status_of(tree.watcher, tree.root).directories > 1) tree.settle();
  }
  tree.settle();
  CHECK(status_of(tree.watcher, tree.root).directories == 1);
  tree.write(outside + "/gone/sub/file");
  CHECK(tree.changes().empty());
}

TEMPLATE_TEST_CASE("what enters() refuses is not looked into", "[watcher][io]", MemoryTree,
                   DiskTree) {
  TestType tree;
  for (const char* name : {"/heavy", "/light"}) tree.make(tree.root + name);
  tree.watcher.add(tree.root, std::nullopt,
                   [](const std::string& path) { return !path.ends_with("heavy"); });
  tree.settle();
  CHECK(status_of(tree.watcher, tree.root).directories == 2);
  for (const char* name : {"/heavy", "/light"}) tree.write(tree.root + name + "/file");
  tree.make(tree.root + "/light/heavy");
  tree.write(tree.root + "/light/heavy/file");
  CHECK(told(tree.changes()) == Told{{tree.root + "/light/file", kMade},
                                     {tree.root + "/light/heavy", TreeChange::created}});
}

TEMPLATE_TEST_CASE("a flat directory tells of its own entries alone", "[watcher][io]", MemoryTree,
                   DiskTree) {
  TestType tree;
  tree.make(tree.root + "/.git");
  tree.make(tree.root + "/.git/refs");
  tree.watcher.add(tree.root, std::nullopt,
                   [](const std::string& path) { return !path.ends_with("/.git"); });
  tree.watcher.watch_flat(tree.root + "/.git");
  tree.settle();
  tree.write(tree.root + "/.git/index.lock");
  tree.move(tree.root + "/.git/index.lock", tree.root + "/.git/index");
  tree.write(tree.root + "/.git/refs/main");
  tree.make(tree.root + "/.git/objects");
  tree.write(tree.root + "/.git/objects/x");
  const auto changes = tree.changes();
  CHECK(told(changes) == Told{{tree.root + "/.git/index.lock", kMade | TreeChange::moved_out},
                              {tree.root + "/.git/index", TreeChange::moved_in},
                              {tree.root + "/.git/objects", TreeChange::created}});
}

TEMPLATE_TEST_CASE("links are neither followed nor taken for directories", "[watcher][io]",
                   MemoryTree, DiskTree) {
  TestType tree;
  const std::string outside = std::string(parent_path(tree.root)) + "/outside";
  tree.make(outside);
  tree.link(outside, tree.root + "/before");
  watch(tree);
  tree.link(outside, tree.root + "/after");
  tree.make(tree.root + "/swapped");
  tree.settle();
  tree.remove(tree.root + "/swapped");
  tree.link(outside, tree.root + "/swapped");
  tree.write(outside + "/file");
  const auto changes = tree.changes();
  CHECK(std::ranges::none_of(changes, [](const auto& one) { return one.name == "file"; }));
  CHECK(status_of(tree.watcher, tree.root).directories == 1);
}

TEMPLATE_TEST_CASE("a directory that is removed and made again is another one", "[watcher][io]",
                   MemoryTree, DiskTree) {
  TestType tree;
  tree.make(tree.root + "/a");
  watch(tree);
  for (int round = 0; round < 3; ++round) {
    tree.remove(tree.root + "/a");
    tree.make(tree.root + "/a");
    tree.write(tree.root + "/a/file");
    CHECK((told_of(tree.changes(), tree.root + "/a/file") & TreeChange::created) != 0);
    tree.write(tree.root + "/a/file");
    CHECK(told_of(tree.changes(), tree.root + "/a/file") == kWritten);
  }
}

TEMPLATE_TEST_CASE("names need not be text", "[watcher][io]", MemoryTree, DiskTree) {
  TestType tree;
  const std::string odd = "\xff\x01 \n\\\xc3\x28";
  watch(tree);
  tree.make(tree.root + "/" + odd);
  tree.write(tree.root + "/" + odd + "/" + odd);
  CHECK((told_of(tree.changes(), tree.root + "/" + odd + "/" + odd) & TreeChange::created) != 0);
}

TEMPLATE_TEST_CASE(
    "a root that is not there yet is watched when it comes, and again when it returns",
    "[watcher][io]", MemoryTree, DiskTree) {
  TestType tree;
  const std::string root = tree.root + "/later";
  watch(tree);
  tree.watcher.add(root, std::nullopt, enters_all);
  tree.settle();
  CHECK_FALSE(status_of(tree.watcher, root).ready);
  CHECK_FALSE(status_of(tree.watcher, root).trouble.empty());
  tree.make(root);
  tree.settle();
  CHECK(status_of(tree.watcher, root).ready);
  tree.write(root + "/file");
  CHECK(told_of(tree.changes(), root + "/file") == kMade);
  tree.move(root, tree.root + "/elsewhere");
  tree.settle();
  CHECK_FALSE(status_of(tree.watcher, root).ready);
  tree.move(tree.root + "/elsewhere", root);
  tree.settle();
  CHECK(status_of(tree.watcher, root).ready);
  tree.write(root + "/file");
  CHECK(told_of(tree.changes(), root + "/file") == kWritten);
}

TEMPLATE_TEST_CASE("a directory belongs to the innermost root", "[watcher][io]", MemoryTree,
                   DiskTree) {
  TestType tree;
  const std::string inner = tree.root + "/a/inner";
  tree.make(tree.root + "/a");
  tree.make(inner);
  tree.make(inner + "/b");
  const bool outer_first = GENERATE(true, false);
  if (outer_first) watch(tree);
  tree.watcher.add(inner, std::nullopt, enters_all);
  tree.settle();
  if (!outer_first) watch(tree);
  CHECK(status_of(tree.watcher, tree.root).directories == 2);
  CHECK(status_of(tree.watcher, inner).directories == 2);
  tree.write(inner + "/b/file");
  CHECK(told(tree.changes()) == Told{{inner + "/b/file", kMade}});
  SECTION("and to the outer one when the inner one is removed") {
    tree.watcher.remove(inner);
    tree.settle();
    CHECK(status_of(tree.watcher, tree.root).directories == 4);
    tree.write(inner + "/b/file");
    CHECK(told_of(tree.changes(), inner + "/b/file") == kWritten);
  }
  SECTION("which stays when the outer one is removed") {
    tree.watcher.remove(tree.root);
    tree.settle();
    tree.write(inner + "/b/file");
    tree.write(tree.root + "/a/file");
    CHECK(told(tree.changes()) == Told{{inner + "/b/file", kWritten}});
  }
}
