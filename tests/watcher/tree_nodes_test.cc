#include "watcher/tree_nodes.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace vigil::watcher;

TEST_CASE("a node's path is put together from its names", "[watcher][unit]") {
  TreeNodes nodes;
  const NodeId top = nodes.add_top("/home/tree", 0);
  const NodeId child = nodes.add_child(nodes.add_child(top, "a"), "b");
  CHECK(nodes.path(top) == "/home/tree");
  CHECK(nodes.path(child) == "/home/tree/a/b");
  const NodeId slash = nodes.add_top("/", 1);
  CHECK(nodes.path(slash) == "/");
  CHECK(nodes.path(nodes.add_child(nodes.add_child(slash, "a"), "b")) == "/a/b");
}

TEST_CASE("what is put elsewhere takes along what is below it", "[watcher][unit]") {
  TreeNodes nodes;
  const NodeId top = nodes.add_top("/t", 0);
  const NodeId a = nodes.add_child(top, "a");
  const NodeId b = nodes.add_child(a, "b");
  const NodeId c = nodes.add_child(top, "c");
  nodes.set_watch(b, 7);
  nodes.take_apart(a);
  CHECK(nodes.child(top, "a") == kNoNode);
  CHECK(nodes.path(b) == "/t/a/b");
  nodes.put_below(a, c, "d");
  CHECK(nodes.child(c, "d") == a);
  CHECK(nodes.path(nodes.by_watch(7)) == "/t/c/d/b");
}

TEST_CASE("a buried node tells its path until it is released, and is used again then",
          "[watcher][unit]") {
  TreeNodes nodes;
  const NodeId top = nodes.add_top("/t", 0);
  const NodeId a = nodes.add_child(top, "a");
  nodes.bury(a, 5);
  CHECK(nodes.child(top, "a") == kNoNode);
  CHECK(nodes.path(a) == "/t/a");
  nodes.release(4);
  CHECK(nodes.path(a) == "/t/a");
  CHECK(nodes.add_child(top, "b") != a);
  nodes.release(5);
  CHECK(nodes.add_child(top, "c") == a);
}

TEST_CASE("the forest agrees with a map whatever is done to it", "[watcher][unit]") {
  std::mt19937 dice(GENERATE(1U, 2U, 3U));
  const auto roll = [&](std::size_t sides) { return dice() % sides; };
  TreeNodes nodes;
  std::map<std::string, NodeId> model{{"/t", nodes.add_top("/t", 0)}};
  std::map<std::int32_t, NodeId> watches;
  std::int32_t next_watch = 1;
  const auto any = [&] {
    auto found = model.begin();
    std::advance(found, static_cast<long>(roll(model.size())));
    return *found;
  };
  for (int round = 0; round < 20'000; ++round) {
    const auto [path, id] = any();
    const std::string name(1 + roll(40), static_cast<char>('a' + roll(20)));
    const auto action = roll(10);
    const std::string child = path + "/" + name;
    if (action < 6 && !model.contains(child) && model.size() < 2'000) {
      model[child] = nodes.add_child(id, name);
      nodes.set_watch(model[child], next_watch);
      watches[next_watch++] = model[child];
    } else if (action < 8 && path != "/t" && nodes[id].first_child == kNoNode) {
      watches.erase(nodes[id].watch);
      nodes.set_watch(id, -1);
      nodes.bury(id, 0);
      nodes.release(0);
      model.erase(path);
    } else if (path != "/t" && !model.contains("/t/" + name)) {
      nodes.take_apart(id);
      nodes.put_below(id, model["/t"], name);
      std::map<std::string, NodeId> moved;
      for (auto& [known, node] : model) {
        const bool is_below = known == path || known.starts_with(path + "/");
        moved[is_below ? "/t/" + name + known.substr(path.size()) : known] = node;
      }
      model = std::move(moved);
    }
  }
  std::size_t count = 0;
  for (NodeId id = model["/t"]; id != kNoNode; id = nodes.next_below(model["/t"], id)) ++count;
  CHECK(count == model.size());
  for (const auto& [path, id] : model) {
    REQUIRE(nodes.path(id) == path);
    const auto slash = path.rfind('/');
    if (slash > 0) REQUIRE(nodes.child(model[path.substr(0, slash)], path.substr(slash + 1)) == id);
  }
  for (const auto& [watch, id] : watches) REQUIRE(nodes.by_watch(watch) == id);
  CHECK(nodes.by_watch(next_watch) == kNoNode);
}
