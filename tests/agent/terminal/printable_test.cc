#include "agent/terminal/printable.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

TEST_CASE("ordinary text of any script is left as it is", "[terminal][unit]") {
  const auto* text = GENERATE("", "main.cc", "größe", "プロジェクト", "😀", "a b");
  CHECK(printable(text) == text);
}

TEST_CASE("what could move the cursor or turn the text is escaped", "[terminal][unit]") {
  const auto [text, shown] = GENERATE(table<std::string, std::string>({
      {"a\x1b[2Jb", "a\\x1b[2Jb"},
      {"line\nbreak\t", "line\\x0abreak\\x09"},
      {std::string("nul\0end", 7), "nul\\x00end"},
      {"\x7f", "\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\u009b31m"},
      {"ab\xe2\x80\xae"
       "cd",
       "ab\\u202ecd"},
      {"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"},
      {"a\xe2\x80\x8b"
       "b",
       "a\\u200bb"},
      {"\xf3\xa0\x81\x81", "\\U000e0041"},
  }));
  CHECK(printable(text) == shown);
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one", "[terminal][unit]") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(printable("a\xe2\x82") == "a\\xe2\\x82");  // cut off
}

TEST_CASE("columns count wide and combining characters", "[terminal][unit]") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("日本") == 4);
  CHECK(columns_of("e\xcc\x81") == 1);
}

TEST_CASE("counts, spans and sizes read well", "[terminal][unit]") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1'000) == "1,000");
  CHECK(format_count(-1'234'567) == "-1,234,567");
  CHECK(format_span(0) == "0s");
  CHECK(format_span(59) == "59s");
  CHECK(format_span(60) == "1m");
  CHECK(format_span(11'520) == "3h 12m");
  CHECK(format_bytes(0) == "0 B");
  CHECK(format_bytes(1'023) == "1023 B");
  CHECK(format_bytes(1'536) == "1.5 KiB");
  CHECK(format_bytes(1'073'741'824) == "1.0 GiB");
  CHECK(format_bytes(UINT64_MAX) == "16777215 TiB");
}

}  // namespace
}  // namespace vigil::agent
