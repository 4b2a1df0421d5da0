#include "agent/picture/card_scene.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "agent/picture/painter.h"

namespace vigil::agent {
namespace {

using std::chrono::days;
using std::chrono::local_days;

/// Names of many scripts, and one that is far too long.
CardFacts facts(CardFacts::Chart chart = CardFacts::Chart::bars, int day_count = 7) {
  CardFacts facts;
  facts.title = std::string(64, 'W');
  facts.range = "2026-09-15 \u2013 2026-09-21";
  facts.human = 3 * 3'600 + 12 * 60;
  facts.agent = 999 * 3'600;
  facts.both = 40;
  facts.method = std::string(400, 'm');
  facts.chart = chart;
  const std::vector<std::string> names{
      "\u0645\u0634\u0631\u0648\u0639 \u0637\u0648\u064a\u0644 \u0627\u0644\u0627\u0633\u0645",
      "\u65e5\u672c\u8a9e\u306e\u30d7\u30ed\u30b8\u30a7\u30af\u30c8\u540d\u524d\u304c\u9577\u3044"
      "\u5834\u5408",
      "\U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F680",
      std::string(4'096, 'x'),
      "<b>&\"quoted\"</b>",
      "sixth"};
  for (const char* const heading : {"Projects", "Languages"}) {
    CardFacts::List list{heading, {}};
    double seconds = 40'000'000;
    for (const auto& name : names) list.items.push_back({name, seconds /= 3});
    facts.lists.push_back(list);
  }
  for (int i = 0; i < day_count; ++i) {
    facts.days.push_back({local_days{days{20'700 + i}}, i * 100.0, i * 50.0});
  }
  return facts;
}

template <class Kind>
std::vector<Kind> of_kind(const Scene& scene) {
  std::vector<Kind> found;
  for (const Mark& mark : scene.marks) {
    if (const auto* one = std::get_if<Kind>(&mark)) found.push_back(*one);
  }
  return found;
}

void check_inside(const Scene& scene, TextMeasure& measure) {
  constexpr double kRounding = 0.01;
  for (const auto& run : of_kind<TextRun>(scene)) {
    INFO(run.text);
    const double width = measure.width_of(run.text, run.size, run.weight);
    CHECK(width <= run.width * 1.02 + kRounding);  // hinting differs a little between sizes
    const double left = run.anchor == Anchor::left     ? run.x
                        : run.anchor == Anchor::middle ? run.x - width / 2
                                                       : run.x - width;
    CHECK(left >= -kRounding);
    CHECK(left + width <= scene.width + kRounding);
    CHECK(run.baseline - run.size >= 0);
    CHECK(run.baseline + run.size * 0.4 <= scene.height);
  }
  for (const auto& box : of_kind<Box>(scene)) {
    CHECK(box.x >= -kRounding);
    CHECK(box.y >= -kRounding);
    CHECK(box.x + box.width <= scene.width + kRounding);
    CHECK(box.y + box.height <= scene.height + kRounding);
  }
}

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
  check_inside(card_scene(facts(chart, day_count), Theme::dark, width, height, measure), measure);
}

TEST_CASE("with real fonts too", "[picture][io]") {
  const auto painter = std::move(*Painter::load());
  check_inside(card_scene(facts(), Theme::light, 1'200, 630, *painter), *painter);
}

TEST_CASE("a card tells times, days and the first five of each list", "[picture][unit]") {
  EstimatedMeasure measure;
  const Scene scene = card_scene(facts(), Theme::light, 1'200, 630, measure);
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
