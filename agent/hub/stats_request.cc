#include "agent/hub/stats_request.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "agent/hub/answer_json.h"
#include "agent/hub/page_request.h"
#include "agent/hub/store/query_meaning.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

/// Whether figures are of a part of what was done, or of all that was done in a while.
enum class Share : std::uint8_t { part, whole };

void write_figures(JsonText& json, const Figures& figures, Share share) {
  json.name("heartbeats").number(figures.heartbeats);
  json.name("seconds").number(seconds_of(figures.united));
  json.name("human_seconds").number(seconds_of(figures.human));
  json.name("agent_seconds").number(seconds_of(figures.agent));
  if (share == Share::whole) {
    json.name("overlap_seconds").number(seconds_of(figures.overlap()));
  }
  write_tokens(json, figures.tokens);
}

void write_item(JsonText& json, const std::vector<Dimension>& by, const StatsItem& item,
                Share share) {
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
  write_figures(json, item.figures, share);
  json.end_object();
}

Result<std::vector<Dimension>> dimensions_in(std::string_view text) {
  std::vector<Dimension> by;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const auto dimension = dimension_named(text.substr(0, end));
    if (!dimension)
      return fail(Errc::malformed, "by: " + std::string(text.substr(0, end)) + " is no dimension");
    if (std::ranges::find(by, *dimension) != by.end() || by.size() == kDimensionsMax) {
      return fail(Errc::malformed, "by: too many dimensions, or one twice");
    }
    by.push_back(*dimension);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return by;
}

constexpr std::array<std::string_view, 4> kTimeNames{"from", "to", "range", "tz"};
constexpr std::array<std::string_view, 2> kAccountingNames{"preset", "timeout_seconds"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Result<std::vector<StatsFilter>> filters_in(const Request& request, const RouteTerms& terms) {
  std::vector<StatsFilter> filters;
  for (const auto& [name, value] : request.query) {
    if (contains(kTimeNames, name) || contains(terms.own, name)) continue;
    if (terms.accounting == Accounting::of_time && contains(kAccountingNames, name)) continue;
    const auto dimension = dimension_named(name);
    if (!dimension) return fail(Errc::malformed, name + ": no such parameter");
    filters.push_back({*dimension, value});
  }
  return filters;
}

Result<std::optional<milliseconds>> timeout_in(const Request& request) {
  const auto text = request.parameter("timeout_seconds");
  if (!text) return std::optional<milliseconds>{};
  const auto number = whole_number(*text);
  if (!number || *number < 0 || *number > kTimeoutMax / std::chrono::seconds{1}) {
    return fail(Errc::malformed, "timeout_seconds: from 60 (a minute) to 14400 (4 hours)");
  }
  return std::optional<milliseconds>{std::chrono::seconds{*number}};
}

/// Of figures that are broken down so.
Share share_of(const StatsQuery& query) {
  const bool is_whole = query.preset == Preset::vigil && query.filters.empty() &&
                        std::ranges::all_of(query.by, is_period);
  return is_whole ? Share::whole : Share::part;
}

void write_stats(JsonText& json, const StatsQuery& query, const Stats& stats) {
  const bool is_all = query.preset == Preset::vigil && query.filters.empty();
  json.name("items").begin_list();
  for (const auto& item : stats.items) write_item(json, query.by, item, share_of(query));
  json.end_list().name("total").begin_object();
  write_figures(json, stats.total, is_all ? Share::whole : Share::part);
  json.end_object();
}

void begin_stats(JsonText& json, const StatsQuery& query, const Stats& stats) {
  json.begin_object();
  write_days(json, query.days);
  json.name("tz").text(query.zone.name());
  write_method(json, query.preset, stats.limits);
  write_stats(json, query, stats);
}

}  // namespace

Result<TimeParameters> time_parameters(const Request& request, const std::string& default_zone,
                                       std::string_view default_range, WallTime now) {
  TimeParameters time;
  auto zone = TimeZone::named(request.parameter("tz").value_or(default_zone));
  // A zone without rules is the asker's mistake, not something that the store lacks.
  if (!zone) return fail(Errc::malformed, "tz: " + zone.error().message);
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
  if (from && to && *time.days.last < *time.days.first) {
    return fail(Errc::malformed, "to: is before from");
  }
  return time;
}

Result<StatsQuery> query_parameters(const Request& request, const AskedAt& asked,
                                    const RouteTerms& terms) {
  const auto time =
      VIGIL_TRY(time_parameters(request, asked.default_zone, terms.default_range, asked.now));
  StatsQuery query;
  query.days = time.days;
  query.zone = time.zone;
  query.filters = VIGIL_TRY(filters_in(request, terms));
  query.timeout = VIGIL_TRY(timeout_in(request));
  if (contains(terms.own, "by")) {
    query.by = VIGIL_TRY(dimensions_in(request.parameter("by").value_or("")));
  }
  const auto preset = preset_named(request.parameter("preset").value_or("vigil"));
  if (!preset) return fail(Errc::malformed, "preset: vigil, wakatime or wakapi");
  query.preset = *preset;
  VIGIL_TRY(check_query(query));
  return query;
}

Result<StatsRequest> stats_request(const Request& request, const AskedAt& asked) {
  constexpr std::array<std::string_view, 2> kOwn{"by", "compare"};
  StatsRequest asks{VIGIL_TRY(query_parameters(request, asked, RouteTerms{.own = kOwn})), {}};
  const auto compare = request.parameter("compare");
  if (!compare) return asks;
  if (*compare != "previous") return fail(Errc::malformed, "compare: previous, or leave it out");
  const bool is_word = !request.parameter("from") && !request.parameter("to");
  const auto range = is_word ? request.parameter("range").value_or("today") : "";
  auto days = previous_range(range, asks.query.days);
  if (!days) return std::unexpected(std::move(days).error().within("compare"));
  asks.previous = asks.query;
  asks.previous->days = *days;
  return asks;
}

std::string stats_json(const StatsQuery& query, const Stats& stats) {
  JsonText json;
  begin_stats(json, query, stats);
  return std::move(json.end_object()).take();
}

std::string stats_json(const StatsQuery& query, const Stats& stats, const StatsQuery& other,
                       const Stats& previous) {
  JsonText json;
  begin_stats(json, query, stats);
  json.name("previous").begin_object();
  write_days(json, other.days);
  write_stats(json, other, previous);
  json.end_object().end_object();
  return std::move(json).take();
}

}  // namespace vigil::agent
