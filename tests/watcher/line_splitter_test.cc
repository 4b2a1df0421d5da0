#include "watcher/line_splitter.h"

#include <catch2/catch.hpp>
#include <string>

using namespace std::string_view_literals;
using vigil::watcher::split_lines;
using vigil::watcher::without_byte_order_mark;
using Views = std::vector<std::string_view>;

TEST_CASE("line ends of both kinds come off and empty lines go", "[watcher][unit]") {
  CHECK(split_lines("a\nb\r\n\n\r\nc\n", 100).lines == Views{"a", "b", "c"});
  CHECK(split_lines("a\nlast", 100).lines == Views{"a", "last"});
  CHECK(split_lines("", 100).lines.empty());
}

TEST_CASE("a run of NUL parts a line and is counted", "[watcher][unit]") {
  const auto split = split_lines("a\n\0\0\0b\nc\0\0d\n\0\n"sv, 100);
  CHECK(split.lines == Views{"a", "b", "c", "d"});
  CHECK(split.nul_bytes == 6);
}

TEST_CASE("a line one byte over the limit is dropped and counted", "[watcher][unit]") {
  const auto split = split_lines("1234\n12345\n123\n", 4);
  CHECK(split.lines == Views{"1234", "123"});
  CHECK(split.oversized == 1);
}

TEST_CASE("only a whole byte order mark is taken off", "[watcher][unit]") {
  CHECK(without_byte_order_mark("\xef\xbb\xbf{}") == "{}");
  CHECK(without_byte_order_mark("\xef\xbb{}") == "\xef\xbb{}");
}
