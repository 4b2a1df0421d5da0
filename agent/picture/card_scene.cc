#include "agent/picture/card_scene.h"

#include <algorithm>
#include <cmath>

namespace vigil::agent {
namespace {

constexpr double kLeft = 60;
constexpr double kRight = kCardWidth - 60;
constexpr std::size_t kRowsMax = 5;
constexpr std::size_t kBarsMax = 62;
constexpr int kWeek = 7;

struct Palette {
  Colour background;
  Colour text;
  Colour muted;
  Colour empty;  ///< what is behind a bar, and a day without anything
  Colour human;
  Colour agent;
};

constexpr Palette kLight{{0xFF, 0xFF, 0xFF}, {0x18, 0x1D, 0x26}, {0x5B, 0x64, 0x72},
                         {0xE7, 0xEA, 0xEF}, {0x1F, 0x6F, 0xB4}, {0xC2, 0x5A, 0x12}};
constexpr Palette kDark{{0x12, 0x16, 0x1D}, {0xF0, 0xF3, 0xF7}, {0x9A, 0xA5, 0xB4},
                        {0x2A, 0x31, 0x3C}, {0x5A, 0xA9, 0xE6}, {0xF2, 0x9A, 0x4B}};

/// Puts marks onto a card of the usual size.
class CardPainter {
 public:
  CardPainter(const CardFacts& facts, const Palette& palette, TextMeasure& measure)
      : facts_(facts), palette_(palette), measure_(measure) {}

  std::vector<Mark> marks() {
    text(kLeft, 98, 720, 44, Weight::bold, Anchor::left, palette_.text, facts_.title);
    text(kRight, 98, 330, 24, Weight::regular, Anchor::right, palette_.muted, facts_.range);
    text(kLeft, 604, kRight - kLeft, 17, Weight::regular, Anchor::left, palette_.muted,
         facts_.method);
    if (facts_.human + facts_.agent <= 0) {
      text(kCardWidth / 2, 340, kRight - kLeft, 34, Weight::regular, Anchor::middle, palette_.muted,
           "No tracked activity in this period");
      return std::move(marks_);
    }
    figure(kLeft, "human", facts_.human, palette_.human);
    figure(kLeft + 370, "agents", facts_.agent, palette_.agent);
    figure(kLeft + 740, "both at once", facts_.both, palette_.text);
    facts_.chart == CardFacts::Chart::grid ? grid() : bars();
    for (std::size_t i = 0; i < std::min<std::size_t>(facts_.lists.size(), 2); ++i) {
      list(kLeft + static_cast<double>(i) * 570, facts_.lists[i]);
    }
    return std::move(marks_);
  }

 private:
  void text(double x, double baseline, double width, double size, Weight weight, Anchor anchor,
            Colour colour, std::string_view what) {
    TextRun run{.x = x,
                .baseline = baseline,
                .width = width,
                .measured = 0,
                .size = size,
                .weight = weight,
                .anchor = anchor,
                .colour = colour,
                .text = fitted(what, width, size, weight, measure_)};
    if (measure_.is_exact()) run.measured = measure_.width_of(run.text, size, weight);
    if (!run.text.empty()) marks_.emplace_back(std::move(run));
  }

  void box(double x, double y, double width, double height, double radius, Colour colour) {
    if (width > 0 && height > 0) marks_.emplace_back(Box{x, y, width, height, radius, colour});
  }

  void figure(double x, std::string_view label, double seconds, Colour colour) {
    box(x, 147, 12, 12, 3, colour);
    text(x + 22, 160, 320, 21, Weight::regular, Anchor::left, palette_.muted, label);
    text(x, 210, 360, 40, Weight::bold, Anchor::left, palette_.text, words_for(seconds));
  }

  /// Days, or as many days together as leave at most kBarsMax bars.
  [[nodiscard]] std::vector<CardFacts::Day> bundled() const {
    const std::size_t each = (facts_.days.size() + kBarsMax - 1) / kBarsMax;
    std::vector<CardFacts::Day> bundles;
    for (std::size_t i = 0; i < facts_.days.size(); ++i) {
      if (i % each == 0) bundles.push_back({.day = facts_.days[i].day});
      bundles.back().human += facts_.days[i].human;
      bundles.back().agent += facts_.days[i].agent;
    }
    return bundles;
  }

  void bars() {
    constexpr double kTop = 248;
    constexpr double kHeight = 112;
    const auto days = bundled();
    double most = 0;
    for (const auto& day : days) most = std::max({most, day.human, day.agent});
    if (days.empty() || most <= 0) return;
    const double room = (kRight - kLeft) / static_cast<double>(days.size());
    const double width = std::min(room * 0.38, 40.0);
    const double middle = room / 2;
    box(kLeft, kTop + kHeight, kRight - kLeft, 1, 0, palette_.empty);
    for (std::size_t i = 0; i < days.size(); ++i) {
      const double x = kLeft + static_cast<double>(i) * room + middle;
      const double human = kHeight * days[i].human / most;
      const double agent = kHeight * days[i].agent / most;
      box(x - width, kTop + kHeight - human, width - 0.5, human, 2, palette_.human);
      box(x + 0.5, kTop + kHeight - agent, width - 0.5, agent, 2, palette_.agent);
    }
    name_days(days, room, kTop + kHeight + 19);
  }

  /// Each bar, or where they are many the first and the last one.
  void name_days(const std::vector<CardFacts::Day>& days, double room, double baseline) {
    constexpr std::size_t kNamedMax = 14;
    const auto name = [&](std::size_t i) {  // 09-21
      const std::chrono::year_month_day day{days[i].day};
      std::string month = std::to_string(100 + unsigned{day.month()});
      std::string date = std::to_string(100 + unsigned{day.day()});
      return month.substr(1) + "-" + date.substr(1);
    };
    const std::size_t step =
        days.size() <= kNamedMax ? 1 : std::max<std::size_t>(days.size() - 1, 1);
    for (std::size_t i = 0; i < days.size(); i += step) {
      const double x = kLeft + (static_cast<double>(i) + 0.5) * room;
      text(x, baseline, std::max(room, 50.0), 15, Weight::regular, Anchor::middle, palette_.muted,
           name(i));
    }
  }

  /// Weeks from left to right, from Monday down.
  void grid() {
    constexpr double kTop = 246;
    constexpr double kRow = 17;
    if (facts_.days.empty()) return;
    const auto first = facts_.days.front().day;
    const auto row_of = [](std::chrono::local_days day) {
      return static_cast<int>(std::chrono::weekday{day}.iso_encoding()) - 1;
    };
    const auto column_of = [&](std::chrono::local_days day) {
      return ((day - first).count() + row_of(first)) / kWeek;
    };
    const double step = std::min(
        kRow, (kRight - kLeft) / static_cast<double>(column_of(facts_.days.back().day) + 1));
    double most = 0;
    for (const auto& day : facts_.days) most = std::max(most, day.human + day.agent);
    for (const auto& day : facts_.days) {
      box(kLeft + static_cast<double>(column_of(day.day)) * step, kTop + row_of(day.day) * kRow,
          step - 2, kRow - 2, 3, level((day.human + day.agent) / most));
    }
  }

  /// One of five, from nothing to the busiest day.
  [[nodiscard]] Colour level(double share) const {
    const double step = share <= 0 ? 0 : std::ceil(share * 4) / 4;
    const auto mixed = [step](std::uint8_t from, std::uint8_t to) {
      return static_cast<std::uint8_t>(std::lround(from + (to - from) * step));
    };
    return {mixed(palette_.empty.red, palette_.human.red),
            mixed(palette_.empty.green, palette_.human.green),
            mixed(palette_.empty.blue, palette_.human.blue)};
  }

  void list(double x, const CardFacts::List& list) {
    constexpr double kWidth = 510;
    constexpr double kName = 270;
    constexpr double kValue = 130;
    constexpr double kBar = kWidth - kName - kValue - 20;
    if (list.items.empty()) return;
    text(x, 410, kWidth, 21, Weight::regular, Anchor::left, palette_.muted, list.heading);
    const double most = list.items.front().seconds;
    for (std::size_t i = 0; i < std::min(list.items.size(), kRowsMax); ++i) {
      const auto& item = list.items[i];
      const double baseline = 444 + static_cast<double>(i) * 31;
      text(x, baseline, kName, 21, Weight::regular, Anchor::left, palette_.text, item.name);
      box(x + kName + 10, baseline - 13, kBar, 11, 5.5, palette_.empty);
      box(x + kName + 10, baseline - 13, most > 0 ? kBar * item.seconds / most : 0, 11, 5.5,
          palette_.human);
      text(x + kWidth, baseline, kValue, 20, Weight::regular, Anchor::right, palette_.muted,
           words_for(item.seconds));
    }
  }

  const CardFacts& facts_;
  const Palette& palette_;
  TextMeasure& measure_;
  std::vector<Mark> marks_;
};

/// A mark of the usual card on one of another size.
Mark placed(Mark mark, double factor, double x, double y) {
  if (auto* box = std::get_if<Box>(&mark)) {
    *box = {box->x * factor + x,  box->y * factor + y,  box->width * factor,
            box->height * factor, box->radius * factor, box->colour};
  } else if (auto* run = std::get_if<TextRun>(&mark)) {
    run->x = run->x * factor + x;
    run->baseline = run->baseline * factor + y;
    for (double* length : {&run->width, &run->measured, &run->size}) *length *= factor;
  }
  return mark;
}

std::string sentence_of(const CardFacts& facts) {
  if (facts.human + facts.agent <= 0) return facts.range + ": no tracked activity";
  std::string text = facts.range + ": human " + words_for(facts.human) + ", agents " +
                     words_for(facts.agent) + ", both at once " + words_for(facts.both) + ".";
  for (const auto& list : facts.lists) {
    if (list.items.empty()) continue;
    text += " " + list.heading + ":";
    for (std::size_t i = 0; i < std::min(list.items.size(), kRowsMax); ++i) {
      text += (i == 0 ? " " : ", ") + list.items[i].name + " " + words_for(list.items[i].seconds);
    }
    text += ".";
  }
  return text;
}

}  // namespace

std::string words_for(double seconds) {
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  const long long minutes = whole / 60;
  if (minutes < 60) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

Scene card_scene(const CardFacts& facts, Theme theme, double width, double height,
                 TextMeasure& measure) {
  const Palette& palette = theme == Theme::dark ? kDark : kLight;
  Scene scene{.width = width,
              .height = height,
              .background = palette.background,
              .marks = {},
              .title = facts.title,
              .description = sentence_of(facts)};
  const double factor = std::min(width / kCardWidth, height / kCardHeight);
  const double x = (width - kCardWidth * factor) / 2;
  const double y = (height - kCardHeight * factor) / 2;
  for (Mark& mark : CardPainter(facts, palette, measure).marks()) {
    scene.marks.push_back(placed(std::move(mark), factor, x, y));
  }
  return scene;
}

Scene badge_scene(std::string_view label, std::string_view message, Colour colour,
                  TextMeasure& measure) {
  constexpr double kHeight = 20;
  constexpr double kSize = 11;
  constexpr double kPadding = 6;
  constexpr double kTextMax = 300;
  constexpr Colour kWhite{0xFF, 0xFF, 0xFF};
  Scene scene{.width = 0,
              .height = kHeight,
              .background = {0x55, 0x55, 0x55},
              .marks = {},
              .title = std::string(label) + ": " + std::string(message),
              .description = {}};
  const auto add = [&](std::string_view what, const Colour* behind) {
    std::string text = fitted(what, kTextMax, kSize, Weight::regular, measure);
    const double width = measure.width_of(text, kSize, Weight::regular);
    const double room = width + 2 * kPadding;
    if (behind != nullptr) scene.marks.emplace_back(Box{scene.width, 0, room, kHeight, 0, *behind});
    scene.marks.emplace_back(TextRun{.x = scene.width + room / 2,
                                     .baseline = 14,
                                     .width = width,
                                     .measured = width,
                                     .size = kSize,
                                     .weight = Weight::regular,
                                     .anchor = Anchor::middle,
                                     .colour = kWhite,
                                     .text = std::move(text)});
    scene.width += room;
  };
  add(label, nullptr);
  add(message, &colour);
  scene.description = scene.title;
  return scene;
}

}  // namespace vigil::agent
