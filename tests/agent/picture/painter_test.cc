#include "agent/picture/painter.h"

#include <catch2/catch.hpp>

#include "tests/agent/picture/sample_card.h"

namespace vigil::agent {
namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t place) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes.at(place + i));
  }
  return number;
}

Scene scene() {
  Scene scene{.width = 40,
              .height = 30,
              .background = {255, 255, 255},
              .marks = {},
              .title = "\u65e5\u672c",
              .description = "two words"};
  scene.marks.emplace_back(Box{5, 5, 20, 10, 4, {200, 0, 0}});
  TextRun run;
  run.x = 2;
  run.baseline = 25;
  run.size = 12;
  run.text = "Vigil";
  scene.marks.emplace_back(run);
  return scene;
}

}  // namespace

TEST_CASE("a PNG has its size, its title, and an end", "[picture][io]") {
  const auto painter = std::move(*Painter::load());
  const auto file = painter->png(scene(), 2);
  REQUIRE(file);
  CHECK(file->starts_with("\x89PNG\r\n\x1A\n"));
  CHECK(file->substr(12, 4) == "IHDR");
  CHECK(number_at(*file, 16) == 80);
  CHECK(number_at(*file, 20) == 60);
  CHECK(file->substr(file->size() - 8, 4) == "IEND");
  CHECK(file->contains(std::string("Title\0\0\0\0\0", 10) + "\u65e5\u672c"));
  CHECK(painter->png(scene(), 2).value() == *file);  // nothing in it depends on when it was made
}

TEST_CASE("widths are those of a font: capitals are wider, bold ones wider still",
          "[picture][io]") {
  const auto painter = std::move(*Painter::load());
  const double small = painter->width_of("iiii", 20, Weight::regular);
  const double wide = painter->width_of("WWWW", 20, Weight::regular);
  CHECK(small > 0);
  CHECK(wide > small * 2);
  CHECK(painter->width_of("WWWW", 20, Weight::bold) > wide);
  CHECK(painter->width_of("", 20, Weight::regular) == 0);
  CHECK(painter->has_letters_of("Vigil"));
  CHECK_FALSE(painter->has_letters_of("\U0010FFFD"));  // a private one that no font has
}

TEST_CASE("with real fonts, too, all of a card lies inside it", "[picture][io]") {
  const auto painter = std::move(*Painter::load());
  test::check_inside(card_scene(test::sample_card(), Theme::light, 1'200, 630, *painter), *painter);
}

}  // namespace vigil::agent
