#include <algorithm>

#include "tests/agent/picture/sample_card.h"

namespace vigil::agent {
namespace {

using test::check_inside;
using test::of_kind;
using test::sample_card;

bool says(const Scene& scene, std::string_view text) {
  return std::ranges::any_of(of_kind<TextRun>(scene),
                             [text](const TextRun& run) { return run.text == text; });
}

}  // namespace

TEST_CASE("whatever it is called, all of it lies inside the card", "[picture][unit]") {
  const auto [width, height] = GENERATE(
      table<double, double>({{1'200, 630}, {320, 320}, {4'096, 320}, {320, 4'096}, {800, 420}}));
  const auto chart = GENERATE(CardFacts::Chart::bars, CardFacts::Chart::grid);
  const int day_count = GENERATE(1, 7, 366, 3'700);
  INFO(width << " by " << height << ", " << day_count << " days");
  EstimatedMeasure measure;
  check_inside(card_scene(sample_card(chart, day_count), Theme::dark, width, height, measure),
               measure);
}

TEST_CASE("a card tells times, days and the first five of each list", "[picture][unit]") {
  EstimatedMeasure measure;
  const Scene scene = card_scene(sample_card(), Theme::light, 1'200, 630, measure);
  CHECK(says(scene, "3 h 12 min"));
  CHECK(says(scene, "999 h 0 min"));
  CHECK(says(scene, "40 s"));
  CHECK(says(scene, "<b>&\"quoted\"</b>"));
  CHECK_FALSE(says(scene, "sixth"));
  CHECK(scene.description.contains("human 3 h 12 min"));
  CHECK_FALSE(scene.description.contains("sixth"));
}

TEST_CASE("a period without anything says so", "[picture][unit]") {
  CardFacts empty;
  empty.title = "x";
  EstimatedMeasure measure;
  const Scene scene = card_scene(empty, Theme::light, 1'200, 630, measure);
  CHECK(says(scene, "No tracked activity in this period"));
  CHECK(of_kind<Box>(scene).empty());
}

TEST_CASE("a badge is as wide as its two texts", "[picture][unit]") {
  EstimatedMeasure measure;
  const Scene badge = badge_scene("human time", std::string(500, 'x'), {1, 2, 3}, measure);
  CHECK(badge.height == 20);
  CHECK(badge.width < 420);
  check_inside(badge, measure);
  CHECK(says(badge, "human time"));
}

}  // namespace vigil::agent
