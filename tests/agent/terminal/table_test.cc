#include "agent/terminal/table.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

TEST_CASE("columns are as wide as their widest cell", "[terminal][unit]") {
  Table table({{"model", Align::left}, {"tokens", Align::right}});
  table.add_row({"opus", "12"});
  table.add_row({"a-longer-one", "1,234,567"});
  CHECK(table.text() ==
        "model            tokens\n"
        "opus                 12\n"
        "a-longer-one  1,234,567\n");
}

TEST_CASE("a table without headings has no heading line", "[terminal][unit]") {
  Table table({{}, {}});
  table.add_row({"daemon", "pid 1"});
  CHECK(table.text() == "daemon  pid 1\n");
}

TEST_CASE("cells cannot break out of their table", "[terminal][unit]") {
  Table table({{}, {}});
  table.add_row({"evil\nname", "x"});
  table.add_row({"日本", "y"});
  CHECK(table.text() ==
        "evil\\x0aname  x\n"
        "日本          y\n");
}

}  // namespace
}  // namespace vigil::agent
