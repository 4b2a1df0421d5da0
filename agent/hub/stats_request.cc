#include "agent/hub/stats_request.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/json_text.h"

namespace vigil::agent {
namespace {

double seconds_of(microseconds time) {
  const auto ms = std::chrono::round<milliseconds>(time);
  return static_cast<double>(ms.count()) / 1'000.0;
}

void write_figures(JsonText& json, const Figures& figures) {
  json.name("heartbeats").number(figures.heartbeats);
  json.name("seconds").number(seconds_of(figures.united));
  json.name("human_seconds").number(seconds_of(figures.human));
  json.name("agent_seconds").number(seconds_of(figures.agent));
  json.name("tokens").begin_object();
  json.name("input").number(figures.tokens.input);
  json.name("cache_read").number(figures.tokens.cache_read);
  json.name("cache_write").number(figures.tokens.cache_write);
  json.name("output").number(figures.tokens.output);
  json.end_object();
}

void write_day(JsonText& json, const std::optional<std::chrono::local_days>& day) {
  if (day) {
    json.text(format_day(*day));
  } else {
    json.null();
  }
}

void write_item(JsonText& json, const std::vector<Dimension>& by, const StatsItem& item) {
  json.begin_object();
  for (std::size_t i = 0; i < by.size(); ++i) {
    json.name(name_of(by[i]));
    const auto& key = item.keys.at(i);
    if (key) {
      json.text(*key);
    } else {
      json.null();
    }
  }
  write_figures(json, item.figures);
  json.end_object();
}

Result<std::vector<Dimension>> dimensions_in(std::string_view text) {
  std::vector<Dimension> by;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const auto dimension = dimension_named(text.substr(0, end));
    if (!dimension) return fail(Errc::malformed, "by: not a dimension");
    if (std::ranges::find(by, *dimension) != by.end() || by.size() == kDimensionsMax) {
      return fail(Errc::malformed, "by: too many dimensions, or one twice");
    }
    by.push_back(*dimension);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return by;
}

constexpr std::array<std::string_view, 5> kKnown{"from", "to", "range", "tz", "by"};

Result<std::vector<StatsFilter>> filters_in(const Request& request) {
  std::vector<StatsFilter> filters;
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(kKnown, name) != kKnown.end()) continue;
    const auto dimension = dimension_named(name);
    if (!dimension || *dimension == Dimension::day || *dimension == Dimension::hour) {
      return fail(Errc::malformed, "there is a parameter that is not known");
    }
    filters.push_back({*dimension, value});
  }
  return filters;
}

}  // namespace

Result<TimeParameters> time_parameters(const Request& request, const std::string& default_zone,
                                       std::string_view default_range, WallTime now) {
  TimeParameters time;
  auto zone = TimeZone::named(request.parameter("tz").value_or(default_zone));
  if (!zone) return std::unexpected(std::move(zone).error().within("tz"));
  time.zone = *std::move(zone);
  const auto today = std::chrono::floor<std::chrono::days>(time.zone.local_time(now));
  const auto from = request.parameter("from");
  const auto to = request.parameter("to");
  const auto range = request.parameter("range");
  if (range && (from || to)) return fail(Errc::malformed, "range: not together with from and to");
  if (!from && !to) {
    auto days = parse_range(range.value_or(default_range), today);
    if (!days) return std::unexpected(std::move(days).error().within("range"));
    time.days = *days;
    return time;
  }
  const auto day = [](std::string_view text, std::string_view name) {
    auto parsed = parse_day(text);
    if (!parsed) parsed = std::unexpected(std::move(parsed).error().within(name));
    return parsed;
  };
  if (from) time.days.first = VIGIL_TRY(day(*from, "from"));
  if (to) time.days.last = VIGIL_TRY(day(*to, "to"));
  return time;
}

Result<StatsQuery> stats_query(const Request& request, const std::string& default_zone,
                               WallTime now) {
  const auto time = VIGIL_TRY(time_parameters(request, default_zone, "today", now));
  StatsQuery query;
  query.days = time.days;
  query.zone = time.zone;
  query.by = VIGIL_TRY(dimensions_in(request.parameter("by").value_or("")));
  query.filters = VIGIL_TRY(filters_in(request));
  return query;
}

std::string stats_json(const StatsQuery& query, const Stats& stats) {
  JsonText json;
  json.begin_object();
  json.name("from");
  write_day(json, query.days.first);
  json.name("to");
  write_day(json, query.days.last);
  json.name("tz").text(query.zone.name());
  json.name("items").begin_list();
  for (const auto& item : stats.items) write_item(json, query.by, item);
  json.end_list().name("total").begin_object();
  write_figures(json, stats.total);
  json.end_object().end_object();
  return std::move(json).take();
}

}  // namespace vigil::agent
