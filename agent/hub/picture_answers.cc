#include "agent/hub/picture_answers.h"

#include <algorithm>
#include <array>

#include "agent/hub/answer_json.h"
#include "agent/hub/page_request.h"
#include "agent/picture/card_scene.h"
#include "agent/picture/svg_writer.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

using std::chrono::days;

constexpr std::chrono::days kDrawnMax{3'700};  // ten years

enum class Redact : std::uint8_t { nothing, names, all };
enum class Form : std::uint8_t { png, svg };

/// What a card of each template lists.
struct Template {
  std::string_view name;
  std::array<Dimension, 2> lists;
  std::array<std::string_view, 2> headings;
  CardFacts::Chart chart = CardFacts::Chart::bars;
};
constexpr std::array<Template, 4> kTemplates{{
    {"week", {Dimension::project, Dimension::language}, {"Projects", "Languages"}},
    {"year",
     {Dimension::project, Dimension::language},
     {"Projects", "Languages"},
     CardFacts::Chart::grid},
    {"ai", {Dimension::app, Dimension::model}, {"Tools", "Models"}},
    {"project", {Dimension::branch, Dimension::language}, {"Branches", "Languages"}},
}};

/// What a request asks for beside its statistics.
struct CardRequest {
  StatsQuery query;
  const Template* form = kTemplates.data();
  Theme theme = Theme::light;
  Form format = Form::png;
  Redact redact = Redact::nothing;
  std::string title;
  double width = kCardWidth;
  double height = kCardHeight;
  double scale = 1;
};

Result<std::int64_t> number_in(const Request& request, const char* name, std::int64_t least,
                               std::int64_t most, std::int64_t otherwise) {
  const auto text = request.parameter(name);
  if (!text) return otherwise;
  const auto number = whole_number(*text);
  if (number && *number >= least && *number <= most) return *number;
  return fail(Errc::malformed, std::string(name) + ": from " + std::to_string(least) + " to " +
                                   std::to_string(most));
}

/// The place of a parameter's value among `names`; the first where it is absent.
Result<std::size_t> choice_in(const Request& request, const char* name,
                              std::initializer_list<std::string_view> names) {
  const auto text = request.parameter(name).value_or(*names.begin());
  const auto* const found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string message = std::string(name) + ": ";
  for (const auto choice : names) {
    message += (choice == *names.begin() ? "" : ", ") + std::string(choice);
  }
  return fail(Errc::malformed, message);
}

Result<std::string> title_in(const Request& request, const CardRequest& card) {
  const auto text = request.parameter("title");
  const auto is_letter = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  if (text && std::cmp_greater(std::ranges::count_if(*text, is_letter), kPictureTitleMax)) {
    return fail(Errc::malformed, "title: at most 64 letters");
  }
  if (text && !text->empty()) return std::string(*text);
  const auto project =
      std::ranges::find(card.query.filters, Dimension::project, &StatsFilter::dimension);
  const bool is_named = project != card.query.filters.end() && card.redact == Redact::nothing;
  return is_named ? project->value : "Activity";
}

Result<CardRequest> parse(const Request& request, const AskedAt& asked) {
  constexpr std::array<std::string_view, 8> kOwn{"template", "theme",  "title", "format",
                                                 "scale",    "redact", "w",     "h"};
  CardRequest card;
  card.query = VIGIL_TRY(
      query_parameters(request, asked, RouteTerms{.default_range = "last_7_days", .own = kOwn}));
  card.form =
      &kTemplates[VIGIL_TRY(choice_in(request, "template", {"week", "year", "ai", "project"}))];
  card.theme = static_cast<Theme>(VIGIL_TRY(choice_in(request, "theme", {"light", "dark"})));
  card.format = static_cast<Form>(VIGIL_TRY(choice_in(request, "format", {"png", "svg"})));
  card.redact =
      static_cast<Redact>(VIGIL_TRY(choice_in(request, "redact", {"nothing", "names", "all"})));
  card.title = VIGIL_TRY(title_in(request, card));
  const auto width = VIGIL_TRY(number_in(request, "w", kPictureLengthMin, kPictureLengthMax,
                                         static_cast<std::int64_t>(kCardWidth)));
  const auto height = VIGIL_TRY(number_in(request, "h", kPictureLengthMin, kPictureLengthMax,
                                          static_cast<std::int64_t>(kCardHeight)));
  const auto scale = VIGIL_TRY(number_in(request, "scale", 1, 4, 1));
  if (width * height * scale * scale > kPicturePixelsMax) {
    return fail(Errc::malformed, "scale: the picture would have more than 16 million pixels");
  }
  card.width = static_cast<double>(width);
  card.height = static_cast<double>(height);
  card.scale = static_cast<double>(scale);
  return card;
}

std::string days_in_words(const DayRange& range) {
  if (!range.first && !range.last) return "all time";
  if (range.first == range.last) return format_day(*range.first);
  return (range.first ? format_day(*range.first) : std::string("the beginning")) + " \u2013 " +
         (range.last ? format_day(*range.last) : std::string("today"));
}

/// Every day of the range, or where that is open from the first to the last that holds anything.
std::vector<CardFacts::Day> every_day(const DayRange& range, const Stats& by_day) {
  std::vector<CardFacts::Day> filled;
  for (const auto& item : by_day.items) {
    const auto day = parse_day(item.keys.front().value_or(""));
    if (!day) continue;
    filled.push_back({*day, seconds_of(item.figures.human), seconds_of(item.figures.agent)});
  }
  if (filled.empty()) return filled;
  const auto last = range.last.value_or(filled.back().day);
  const auto first = std::max(range.first.value_or(filled.front().day), last - kDrawnMax);
  std::vector<CardFacts::Day> all;
  auto next = filled.begin();
  for (auto day = first; day <= last; day += days{1}) {
    while (next != filled.end() && next->day < day) ++next;
    const bool is_filled = next != filled.end() && next->day == day;
    all.push_back(is_filled ? *next : CardFacts::Day{.day = day});
  }
  return all;
}

CardFacts::List list_of(const Stats& stats, Dimension dimension, std::string_view heading,
                        Redact redact) {
  CardFacts::List list{std::string(heading), {}};
  for (const auto& item : stats.items) {
    const double seconds = seconds_of(item.figures.united);
    if (item.keys.front() && seconds > 0) list.items.push_back({*item.keys.front(), seconds});
  }
  std::ranges::sort(list.items, {}, [](const CardFacts::Item& item) {
    return std::pair(-item.seconds, std::string_view(item.name));
  });
  const bool is_private = dimension == Dimension::project || dimension == Dimension::branch;
  for (std::size_t i = 0; redact == Redact::names && is_private && i < list.items.size(); ++i) {
    list.items[i].name =
        (dimension == Dimension::project ? "Project " : "Branch ") + std::to_string(i + 1);
  }
  return list;
}

Result<Stats> ask(HubReader& reader, StatsQuery query, Dimension by) {
  query.by = {by};
  return reader.stats(query);
}

std::string method_of(const StatsQuery& query, const Stats& stats) {
  return "Human time: breaks under " + words_for(seconds_of(stats.limits.human)) +
         " count. Agent time: turns. Days in " + query.zone.name() + ".";
}

Result<CardFacts> facts_of(HubReader& reader, const CardRequest& card) {
  const Stats by_day = VIGIL_TRY(ask(reader, card.query, Dimension::day));
  CardFacts facts;
  facts.title = card.title;
  facts.range = days_in_words(card.query.days);
  facts.human = seconds_of(by_day.total.human);
  facts.agent = seconds_of(by_day.total.agent);
  facts.both = seconds_of(by_day.total.overlap());
  facts.chart = card.form->chart;
  facts.days = every_day(card.query.days, by_day);
  facts.method = method_of(card.query, by_day);
  if (card.redact == Redact::all) return facts;
  for (std::size_t i = 0; i < card.form->lists.size(); ++i) {
    const Dimension dimension = card.form->lists[i];
    const Stats stats = VIGIL_TRY(ask(reader, card.query, dimension));
    facts.lists.push_back(list_of(stats, dimension, card.form->headings[i], card.redact));
  }
  return facts;
}

constexpr Colour kHumanColour{0x1F, 0x6F, 0xB4};
constexpr Colour kAgentColour{0xB3, 0x4F, 0x0C};
constexpr Colour kTotalColour{0x3D, 0x7A, 0x2E};

std::string hex_of(Colour colour) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) {
    text += kDigits[part >> 4U];
    text += kDigits[part & 15U];
  }
  return text;
}

struct BadgeKind {
  std::string_view name;
  std::string_view label;
  Colour colour;
  microseconds Figures::* time;
};
constexpr std::array<BadgeKind, 3> kBadges{{
    {"human", "human time", kHumanColour, &Figures::human},
    {"agent", "agent time", kAgentColour, &Figures::agent},
    {"total", "time", kTotalColour, &Figures::united},
}};

/// As shields.io reads it.
std::string badge_json(std::string_view label, std::string_view message, Colour colour) {
  JsonText json;
  json.begin_object().name("schemaVersion").number(std::int64_t{1});
  json.name("label").text(label).name("message").text(message);
  json.name("color").text(hex_of(colour)).name("cacheSeconds").number(std::int64_t{300});
  return std::move(json.end_object()).take();
}

}  // namespace

TextMeasure& PictureMaker::measure() {
  if (!painter_) {
    auto loaded = Painter::load();
    if (loaded) {
      painter_ = *std::move(loaded);
    } else {
      painter_trouble_ = std::move(loaded).error().message;
    }
  }
  if (painter_) return *painter_;
  return estimate_;
}

Result<PictureFile> PictureMaker::card(HubReader& reader, const Request& request,
                                       const AskedAt& asked) {
  const CardRequest card = VIGIL_TRY(parse(request, asked));
  const CardFacts facts = VIGIL_TRY(facts_of(reader, card));
  TextMeasure& measured = measure();
  const Scene scene = card_scene(facts, card.theme, card.width, card.height, measured);
  if (card.format == Form::svg) return PictureFile{"image/svg+xml", svg_text(scene, card.scale)};
  if (!painter_) {
    return fail(Errc::unavailable,
                "format: no PNG here: " + painter_trouble_ + "; format=svg does without");
  }
  return PictureFile{"image/png", VIGIL_TRY(painter_->png(scene, card.scale))};
}

Result<PictureFile> PictureMaker::badge(std::string_view name, HubReader& reader,
                                        const Request& request, const AskedAt& asked) {
  const std::size_t dot = std::min(name.rfind('.'), name.size());
  const auto* const kind = std::ranges::find(kBadges, name.substr(0, dot), &BadgeKind::name);
  const std::string_view form = name.substr(dot);
  if (kind == kBadges.end() || (form != ".svg" && form != ".json")) {
    return fail(Errc::not_found, "badges are human, agent and total, as .svg or .json");
  }
  constexpr std::array<std::string_view, 1> kOwn{"label"};
  const auto query = VIGIL_TRY(
      query_parameters(request, asked, RouteTerms{.default_range = "last_7_days", .own = kOwn}));
  const Stats stats = VIGIL_TRY(reader.stats(query));
  const auto label = request.parameter("label").value_or(kind->label);
  const std::string message = words_for(seconds_of(stats.total.*(kind->time)));
  if (form == ".json") {
    return PictureFile{"application/json", badge_json(label, message, kind->colour)};
  }
  return PictureFile{"image/svg+xml",
                     svg_text(badge_scene(label, message, kind->colour, measure()))};
}

}  // namespace vigil::agent
