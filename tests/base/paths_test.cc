#include <catch2/catch.hpp>
#include <string>

#include "base/file_system.h"

using namespace vigil;

TEST_CASE("a path is put together with one slash and taken apart at the last", "[base][unit]") {
  CHECK(join_path("/a", "b") == "/a/b");
  CHECK(join_path("/", "b") == "/b");
  CHECK(join_path("/a/", "b") == "/a/b");
  CHECK(parent_path("/a/b") == "/a");
  CHECK(parent_path("/a") == "/");
  CHECK(file_name("/a/b") == "b");
}

TEST_CASE("a normal path has no dots and no doubled slashes", "[base][unit]") {
  CHECK(normal_path("//a/./b/../c/") == "/a/c");
  CHECK(normal_path("/../..") == "/");
  CHECK(normal_path("/") == "/");
}

TEST_CASE("what lies below a directory is told by whole names", "[base][unit]") {
  CHECK(is_below("/a/b", "/a"));
  CHECK(is_below("/a/b", "/a/"));
  CHECK(is_below("/a", "/"));
  CHECK_FALSE(is_below("/ab", "/a"));
  CHECK_FALSE(is_below("/a", "/a"));
  CHECK_FALSE(is_below("/", "/"));
  CHECK_FALSE(is_below("/a", ""));
  CHECK(is_at_or_below("/a", "/a"));
  CHECK_FALSE(is_at_or_below("/a", "/a/b"));
  CHECK_FALSE(is_at_or_below("", ""));
}
