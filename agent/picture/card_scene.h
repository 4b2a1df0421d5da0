#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "agent/picture/scene.h"
#include "agent/picture/text_measure.h"

namespace vigil::agent {

enum class Theme : std::uint8_t { light, dark };

/// What a card tells. Times in seconds.
struct CardFacts {
  struct Item {
    std::string name;
    double seconds = 0;
  };
  struct List {
    std::string heading;
    std::vector<Item> items;  ///< the longest first; the first ones are shown
  };
  struct Day {
    std::chrono::local_days day{};
    double human = 0;
    double agent = 0;
  };
  /// Whether days are bars, or squares of a year.
  enum class Chart : std::uint8_t { bars, grid };

  std::string title;
  std::string range;  ///< in words
  double human = 0;
  double agent = 0;
  double both = 0;          ///< at once
  std::vector<List> lists;  ///< two are shown
  std::vector<Day> days;    ///< ascending, without gaps
  Chart chart = Chart::bars;
  std::string method;  ///< by what rules, in one line
};

/// The size that a card is made for; another size shows the same, scaled and centred.
inline constexpr double kCardWidth = 1200;
inline constexpr double kCardHeight = 630;

/// A card of `width` by `height`. All text fits into its place, whatever it is.
[[nodiscard]] Scene card_scene(const CardFacts& facts, Theme theme, double width, double height,
                               TextMeasure& measure);

/// `3 h 12 min`, `12 min`, `40 s`.
[[nodiscard]] std::string words_for(double seconds);

/// A badge as others draw them: a label and what it says. `message` is shown on `colour`.
[[nodiscard]] Scene badge_scene(std::string_view label, std::string_view message, Colour colour,
                                TextMeasure& measure);

}  // namespace vigil::agent
