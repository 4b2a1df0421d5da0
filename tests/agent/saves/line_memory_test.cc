#include "agent/saves/line_memory.h"

#include <catch2/catch.hpp>
#include <string>

namespace vigil::agent {
namespace {

TEST_CASE("At first sight lines are counted, not compared") {
  LineMemory memory;
  const LineChange change = memory.see("/a", "one\ntwo\nthree");
  CHECK(change.lines == 3);
  CHECK_FALSE(change.added);
  CHECK_FALSE(change.is_known);
}

TEST_CASE("Added and removed lines") {
  LineMemory memory;
  (void)memory.see("/a", "1\n2\n3\n4\n");
  const auto check = [&](std::string_view text, int added, int removed) {
    const LineChange change = memory.see("/a", text);
    INFO(text);
    CHECK(change.added == added);
    CHECK(change.removed == removed);
    CHECK(change.is_same == (added + removed == 0));
  };
  check("1\n2\n3\n4\n", 0, 0);
  check("1\n2\nx\n3\n4\n", 1, 0);
  check("1\n2\ny\n3\n4\n", 1, 1);
  check("", 0, 5);
  check("a\nb\n", 2, 0);
  check("a\r\nb\r\n", 0, 0);
  check("a\na\na\nb\n", 2, 0);
  check("a\nb\n", 0, 2);
}

TEST_CASE("Moved lines are neither added nor removed, but a change") {
  LineMemory memory;
  (void)memory.see("/a", "1\n2\n3\n");
  const LineChange change = memory.see("/a", "3\n1\n2\n");
  CHECK(change.added == 0);
  CHECK(change.removed == 0);
  CHECK_FALSE(change.is_same);
}

TEST_CASE("Past its bounds it forgets what was not seen for longest") {
  LineMemory memory(10, 3);
  (void)memory.see("/a", "1\n2\n3\n4\n");
  (void)memory.see("/b", "1\n2\n3\n4\n");
  (void)memory.see("/a", "1\n");
  (void)memory.see("/c", "1\n2\n3\n4\n5\n6\n");
  CHECK_FALSE(memory.knows("/b"));
  CHECK(memory.knows("/a"));
  CHECK(memory.hashes() == 7);
  (void)memory.see("/d", "");
  (void)memory.see("/e", "");
  CHECK_FALSE(memory.knows("/a"));
  (void)memory.see("/huge", std::string(100, '\n'));
  CHECK(memory.hashes() == 0);
}

}  // namespace
}  // namespace vigil::agent
