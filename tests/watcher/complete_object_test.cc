#include "watcher/complete_object.h"

#include <catch2/catch.hpp>
#include <string>

using vigil::watcher::is_complete_object;

TEST_CASE("an object is complete when its last brace closes the first", "[watcher][unit]") {
  CHECK(is_complete_object(R"({})"));
  CHECK(is_complete_object(R"({"a":[1,{"b":"}"}]})"));
  CHECK(is_complete_object("{\"a\":1}\r"));
  CHECK(is_complete_object(R"(  {"quote":"\"}"}  )"));
  CHECK(is_complete_object(R"({"backslash":"\\"})"));
}

TEST_CASE("what is not one whole object is not complete", "[watcher][unit]") {
  CHECK_FALSE(is_complete_object(""));
  CHECK_FALSE(is_complete_object("[1]"));
  CHECK_FALSE(is_complete_object("text"));
  CHECK_FALSE(is_complete_object(R"({"a":1}{"b":2})"));
  CHECK_FALSE(is_complete_object(R"({"a":1},)"));
  CHECK_FALSE(is_complete_object(R"({"a":"\)"));
}

TEST_CASE("no beginning of an object is complete", "[watcher][unit]") {
  const std::string whole = R"({"a":"x\\\"}","b":[{"c":{}},"]"]})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(is_complete_object(whole.substr(0, size)));
  }
  CHECK(is_complete_object(whole));
}
