#include "agent/picture/text_measure.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

std::string fit(std::string_view text, double width) {
  EstimatedMeasure measure;
  return fitted(text, width, 10, Weight::regular, measure);
}

}  // namespace

TEST_CASE("a text that fits stays, a longer one ends in an ellipsis", "[picture][unit]") {
  CHECK(fit("vigil", 100) == "vigil");
  CHECK(fit("a long name", 41) == "a lon\u2026");
  CHECK(fit("a long name", 7 * 3) == "a\u2026");  // and no space before it
  CHECK(fit("a long name", 3).empty());
  CHECK(fit("", 3).empty());
}

TEST_CASE("letters are cut whole, with what belongs to them", "[picture][unit]") {
  CHECK(fit("\u65e5\u672c\u8a9e\u306e\u540d", 30) == "\u65e5\u672c\u2026");
  CHECK(fit("e\u0301e\u0301e\u0301e\u0301", 16) == "e\u0301\u2026");
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
  CHECK(fit(family + "xxxxx", 25) == "\u2026");  // three of them, or none
  CHECK(fit(family + "xxxxx", 37) == family + "\u2026");
}

TEST_CASE("what is no text becomes a mark that says so", "[picture][unit]") {
  CHECK(fit("a\xFF\x80z", 100) == "a\uFFFD\uFFFDz");
  CHECK(fit("a\x01\x7F", 100) == "a\uFFFD\uFFFD");
  CHECK(fit("\xE2\x82", 100) == "\uFFFD\uFFFD");          // cut off
  CHECK(fit("\xC0\xAF", 100) == "\uFFFD\uFFFD");          // too long a form
  CHECK(fit("\xED\xA0\x80", 100).starts_with("\uFFFD"));  // half of a pair
  CHECK(fit("\u202Eabc", 100) == "\uFFFDabc");            // would turn what comes after it
}

TEST_CASE("endless texts cost no more than what can be seen of them", "[picture][unit]") {
  CHECK(fit(std::string(1'000'000, 'x'), 1e9).size() == 300);
}

}  // namespace vigil::agent
