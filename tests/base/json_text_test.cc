#include "base/json_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace vigil {
namespace {

TEST_CASE("members and elements are separated, whatever stands in them", "[base][unit]") {
  JsonText json;
  json.begin_object().name("a").begin_list().number(std::int64_t{1}).text("b").null().end_list();
  json.name("c")
      .begin_object()
      .end_object()
      .name("d")
      .truth(true)
      .name("e")
      .number(0.25)
      .end_object();
  CHECK(std::move(json).take() == R"({"a":[1,"b",null],"c":{},"d":true,"e":0.25})");
}

TEST_CASE("any bytes make valid JSON", "[base][unit]") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second), 'x'};
      std::string out;
      append_json_string(text, out);
      REQUIRE(nlohmann::json::accept(out));
    }
  }
}

TEST_CASE("a text is written in one form, the shortest", "[base][unit]") {
  const auto [text, written] = GENERATE(table<std::string, std::string>({
      {"a\"b\\c/", R"("a\"b\\c/")"},
      {"\n\t\r", R"("\n\t\r")"},
      {"\b\f\x1F", R"("\u0008\u000c\u001f")"},
      {"\x7F", "\"\x7F\""},
      {"\xC3(", "\"\xEF\xBF\xBD(\""},
      {"\xF0\x9F\x98", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
  }));
  std::string out;
  append_json_string(text, out);
  CHECK(out == written);
}

TEST_CASE("well-formed text comes back as it was", "[base][unit]") {
  const std::string text =
      GENERATE("", "a\"b\\c\n\t\x01", "\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80");
  std::string out;
  append_json_string(text, out);
  CHECK(nlohmann::json::parse(out) == text);
}

}  // namespace
}  // namespace vigil
