#include "parser/json_walk.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace vigil::parser {
namespace {

using Names = std::vector<std::string>;

/// The names of the outermost object's fields, each value passed over; "!" where the walk fails.
Names names_in(std::string_view text) {
  JsonWalk::Room room;
  JsonWalk json(text, room);
  Names names;
  json.each_field([&](std::string_view name) { names.emplace_back(name); });
  if (json.has_failed()) names.emplace_back("!");
  return names;
}

std::string text_of(std::string_view text) {
  JsonWalk::Room room;
  return std::string(JsonWalk(text, room).text());
}

}  // namespace

TEST_CASE("a walk passes over values of every kind") {
  CHECK(names_in(R"( { "a" : 1.5e3 , "b":"x\"]}\\" ,"c":[{"d":"}"},[]], "e":null,"f":{}} )") ==
        Names{"a", "b", "c", "e", "f"});
  CHECK(names_in("{}").empty());
  CHECK(names_in("[1]").empty());
  CHECK(names_in("").empty());
}

TEST_CASE("a walk fails where it cannot go on") {
  const auto* torn = GENERATE(R"({"a":1)", R"({"a":1,)", R"({"a":1,})", R"({"a")", R"({"a":)",
                              R"({"a" 1})", R"({"a":1 "b":2})", R"({a:1})", R"({"a":"x)",
                              R"({"a":"x\"})", R"({"a":[1,{"b":2})", R"({"a":,"b":1})", "{");
  CAPTURE(torn);
  REQUIRE_FALSE(names_in(torn).empty());
  CHECK(names_in(torn).back() == "!");
}

TEST_CASE("a walk ends behind its value") {
  JsonWalk::Room room;
  JsonWalk json(R"({"a":{"b":"}"}}{"c":2})", room);
  json.each_field([](std::string_view) {});
  CHECK_FALSE(json.has_failed());
  CHECK(json.left() == R"({"c":2})");
}

TEST_CASE("what a visitor takes is not walked over again") {
  JsonWalk::Room room;
  JsonWalk json(R"({"list":["x",7,"y"],"n":3,"yes":true})", room);
  Names words;
  std::int64_t number = 0;
  bool flag = false;
  json.each_field([&](std::string_view name) {
    if (name == "list") json.each_element([&] { words.emplace_back(json.text()); });
    if (name == "n") number = json.count();
    if (name == "yes") flag = json.flag();
  });
  CHECK(words == Names{"x", "", "y"});
  CHECK(number == 3);
  CHECK(flag);
  CHECK_FALSE(json.has_failed());
}

TEST_CASE("texts are unescaped, broken escapes give none") {
  CHECK(text_of(R"("plain")") == "plain");
  CHECK(text_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(text_of(R"("a\u00e9\u20ACz")") == "a\u00e9\u20acz");
  CHECK(text_of(R"("\ud83d\ude00")") == "\U0001F600");
  CHECK(text_of(R"("\ud83d")") == "\xED\xA0\xBD");  // written on as U+FFFD
  CHECK(text_of(R"("\ud83dx")") == "\xED\xA0\xBDx");
  for (const auto* broken : {R"("\q")", R"("\u12")", R"("\u12g4")", R"("\u")"}) {
    CAPTURE(broken);
    CHECK(text_of(broken).empty());
  }
  CHECK(text_of("12").empty());
}

TEST_CASE("numbers are whole or none") {
  const auto integer = [](std::string_view text) {
    JsonWalk::Room room;
    return JsonWalk(text, room).integer();
  };
  CHECK(integer("42}") == 42);
  CHECK(integer("-3") == -3);
  CHECK(integer("0,") == 0);
  for (const auto* none : {"1.5", "1e3", "null", "\"1\"", "99999999999999999999", ""}) {
    CAPTURE(none);
    CHECK_FALSE(integer(none).has_value());
  }
  JsonWalk::Room room;
  CHECK(JsonWalk("-3", room).count() == 0);
}

TEST_CASE("brackets nest without limit") {
  const std::size_t depth = 1'000'000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  CHECK(names_in(R"({"a":)" + deep + R"(,"b":1})") == Names{"a", "b"});
}

}  // namespace vigil::parser
