#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/picture/card_scene.h"

namespace vigil::agent::test {

/// Names of many scripts, and one that is far too long.
inline CardFacts sample_card(CardFacts::Chart chart = CardFacts::Chart::bars, int day_count = 7) {
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
    facts.days.push_back(
        {std::chrono::local_days{std::chrono::days{20'700 + i}}, i * 100.0, i * 50.0});
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

inline void check_inside(const Scene& scene, TextMeasure& measure) {
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

}  // namespace vigil::agent::test
