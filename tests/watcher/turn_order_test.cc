#include "watcher/turn_order.h"

#include <catch2/catch.hpp>
#include <deque>
#include <string>

using namespace vigil::watcher;

namespace {

class Files {
 public:
  TrackedFile& make(const std::string& name, std::int64_t modified_ns = 0) {
    TrackedFile& file = files_.emplace_back();
    file.name = name;
    file.modified_ns = modified_ns;
    return file;
  }

 private:
  std::deque<TrackedFile> files_;
};

std::string next_name(TurnOrder& order) {
  const auto turn = order.next();
  return turn ? turn->file->name : "";
}

}  // namespace

TEST_CASE("live files come before all others, in the order in which they grew", "[watcher][unit]") {
  Files files;
  TurnOrder order;
  order.add(files.make("old"), Lane::old);
  order.add(files.make("growing"), Lane::growing);
  order.add(files.make("live 1"), Lane::live);
  order.add(files.make("live 2"), Lane::live);
  CHECK(next_name(order) == "live 1");
  CHECK(next_name(order) == "live 2");
  CHECK(next_name(order) == "growing");
  CHECK(next_name(order) == "old");
  CHECK(next_name(order).empty());
}

TEST_CASE("old files begin newest first and then take turns", "[watcher][unit]") {
  Files files;
  TurnOrder order;
  order.add(files.make("a", 1), Lane::old);
  order.add(files.make("c", 3), Lane::old);
  order.add(files.make("b", 2), Lane::old);
  std::string seen;
  for (int i = 0; i < 6; ++i) {
    const auto turn = order.next();
    REQUIRE(turn);
    seen += turn->file->name;
    order.add_again(*turn->file, turn->lane);
  }
  CHECK(seen == "cbacba");
}

TEST_CASE("no more than a bounded number of old files are begun at a time", "[watcher][unit]") {
  Files files;
  TurnOrder order;
  for (std::size_t i = 0; i <= TurnOrder::kInTurn; ++i) {
    order.add(files.make(std::to_string(i), static_cast<std::int64_t>(i)), Lane::old);
  }
  for (std::size_t i = 0; i < 3 * TurnOrder::kInTurn; ++i) {
    const auto turn = order.next();
    REQUIRE(turn);
    CHECK(turn->file->name != "0");
    order.add_again(*turn->file, turn->lane);
  }
}

TEST_CASE("files that always grow leave a turn to the others", "[watcher][unit]") {
  Files files;
  TurnOrder order;
  TrackedFile& old = files.make("old");
  order.add(files.make("live"), Lane::live);
  order.add(old, Lane::old);
  for (std::size_t i = 0; i < TurnOrder::kLiveRun; ++i) {
    const auto turn = order.next();
    REQUIRE(turn->file->name == "live");
    order.add_again(*turn->file, turn->lane);
  }
  CHECK(next_name(order) == "old");
  CHECK(next_name(order) == "live");
}

TEST_CASE("one compressed file is read to its end before the next one", "[watcher][unit]") {
  Files files;
  TurnOrder order;
  order.add(files.make("a.zst"), Lane::compressed);
  order.add(files.make("b.zst"), Lane::compressed);
  for (int i = 0; i < 3; ++i) {
    const auto turn = order.next();
    REQUIRE(turn->file->name == "a.zst");
    order.add_again(*turn->file, turn->lane);
  }
  CHECK(next_name(order) == "a.zst");
  CHECK(next_name(order) == "b.zst");
}

TEST_CASE("a file that begins to grow moves up, and a removed one is not read", "[watcher][unit]") {
  Files files;
  TurnOrder order;
  TrackedFile& first = files.make("first", 9);
  TrackedFile& second = files.make("second", 1);
  TrackedFile& third = files.make("third", 5);
  order.add(first, Lane::old);
  order.add(second, Lane::old);
  order.add(third, Lane::old);
  order.add(second, Lane::live);
  order.add(second, Lane::old);
  order.remove(first);
  CHECK(next_name(order) == "second");
  CHECK(next_name(order) == "third");
  CHECK(order.empty());
}
