#include "agent/hub/work_queue.h"

#include <catch2/catch.hpp>
#include <memory>

namespace vigil::agent {
namespace {

using Work = std::unique_ptr<int>;
constexpr std::chrono::milliseconds kAtOnce{0};

TEST_CASE("a queue takes no piece past its number or weight, and leaves it with the caller",
          "[hub][unit]") {
  WorkQueue<Work> queue(2, 10);
  CHECK(queue.push(std::make_unique<int>(1), 9));
  Work heavy = std::make_unique<int>(2);
  CHECK_FALSE(queue.push(std::move(heavy), 2));
  REQUIRE(heavy);
  CHECK(queue.push(std::move(heavy), 1));
  CHECK_FALSE(queue.push(std::make_unique<int>(3), 0));
  CHECK(queue.take(9, 99, kAtOnce).size() == 2);
}

TEST_CASE("a piece that is heavier than the queue passes alone", "[hub][unit]") {
  WorkQueue<Work> queue(2, 10);
  CHECK(queue.push(std::make_unique<int>(1), 100));
  CHECK_FALSE(queue.push(std::make_unique<int>(2), 1));
}

TEST_CASE("pieces are taken in order, bounded by number and weight", "[hub][unit]") {
  WorkQueue<Work> queue(9, 100);
  for (int i = 0; i < 5; ++i) CHECK(queue.push(std::make_unique<int>(i), 10));
  CHECK(*queue.take(1, 100, kAtOnce).at(0) == 0);
  CHECK(queue.take(9, 15, kAtOnce).size() == 2);
}

TEST_CASE("a closed queue gives out what waits and takes nothing", "[hub][unit]") {
  WorkQueue<Work> queue(9, 100);
  CHECK(queue.push(std::make_unique<int>(1), 1));
  queue.close();
  CHECK_FALSE(queue.push(std::make_unique<int>(2), 1));
  CHECK_FALSE(queue.is_done());
  CHECK(queue.take(9, 9, std::chrono::hours(1)).size() == 1);
  CHECK(queue.is_done());
  CHECK(queue.take(9, 9, std::chrono::hours(1)).empty());
}

}  // namespace
}  // namespace vigil::agent
