#include "agent/hub/timecode_answers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "agent/hub/answer_json.h"
#include "agent/hub/page_request.h"
#include "agent/hub/timecode_events.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr int kDaysMax = 366;
constexpr int kUsualDays = 7;
constexpr std::size_t kLeadersMax = 100;
constexpr std::size_t kUsualLeaders = 10;

/// Days, zone and machine of a question, and what the store says.
struct Asked {
  StatsQuery query;
  std::size_t limit = kUsualLeaders;

  [[nodiscard]] local_days from() const { return *query.days.first; }
  [[nodiscard]] local_days to() const { return *query.days.last; }
  [[nodiscard]] std::int64_t day_count() const { return (to() - from()).count() + 1; }
};

Result<Asked> parse(Route route, const Request& request, const AskedAt& asked) {
  constexpr std::array<std::string_view, 5> kNames{"from", "to", "tz", "machineId", "limit"};
  for (const auto& [name, value] : request.query) {
    const bool is_known = std::ranges::find(kNames, name) != kNames.end() &&
                          (name != "limit" || route == Route::timecode_leaderboard);
    if (!is_known) return fail(Errc::malformed, name + ": no such parameter");
  }
  const auto time =
      VIGIL_TRY(time_parameters(request, asked.default_zone, "last_7_days", asked.now));
  Asked parsed;
  parsed.query.zone = time.zone;
  const auto today = std::chrono::floor<days>(time.zone.local_time(asked.now));
  const bool has_from = request.parameter("from").has_value();
  const auto to = request.parameter("to") ? *time.days.last : today;
  const auto from = has_from ? *time.days.first : to - days{kUsualDays - 1};
  if (to < from) return fail(Errc::malformed, "to: is before from");
  if ((to - from).count() >= kDaysMax) return fail(Errc::malformed, "from: at most 366 days");
  parsed.query.days = {from, to};
  if (const auto machine = request.parameter("machineId")) {
    parsed.query.filters.push_back({Dimension::machine, std::string(*machine)});
  }
  parsed.limit = VIGIL_TRY(limit_in(request, kUsualLeaders, kLeadersMax));
  return parsed;
}

double seconds_in(const Figures& figures) {
  return seconds_of(figures.human);
}

void begin(JsonText& json, const Asked& asked) {
  json.begin_object();
  json.name("from").text(format_day(asked.from()));
  json.name("to").text(format_day(asked.to()));
}

std::string end(JsonText json, const Asked& asked, const Stats& stats, WallTime now) {
  json.name("method").begin_object();
  json.name("timeout_seconds").number(seconds_of(stats.limits.human));
  json.name("tz").text(asked.query.zone.name());
  json.name("computed_at").text(format_rfc3339(now));
  json.name("events").number(stats.total.heartbeats);
  return std::move(json.end_object().end_object()).take();
}

/// Names with their human time, the longest first; those without any are left out.
std::vector<std::pair<std::string, microseconds>> ranked(const Stats& stats) {
  std::vector<std::pair<std::string, microseconds>> items;
  for (const auto& item : stats.items) {
    if (item.figures.human.count() == 0) continue;
    items.emplace_back(item.keys.front().value_or("unknown"), item.figures.human);
  }
  std::ranges::sort(items, {},
                    [](const auto& item) { return std::pair(-item.second, item.first); });
  return items;
}

double percentage(microseconds part, microseconds whole) {
  if (whole.count() == 0) return 0;
  const double share = static_cast<double>(part.count()) / static_cast<double>(whole.count());
  return static_cast<double>(std::lround(share * 10'000)) / 100;
}

/// Human time of each day, zero ones too.
std::map<local_days, microseconds> by_day(const Asked& asked, const Stats& stats) {
  std::map<local_days, microseconds> seconds;
  for (local_days day = asked.from(); day <= asked.to(); day += days{1}) seconds[day] = {};
  for (const auto& item : stats.items) {
    if (const auto day = parse_day(item.keys.front().value_or(""))) {
      seconds[*day] += item.figures.human;
    }
  }
  return seconds;
}

Result<Stats> ask(HubReader& reader, Asked& asked, std::vector<Dimension> by) {
  asked.query.by = std::move(by);
  return reader.stats(asked.query);
}

void write_summary(JsonText& json, const Asked& asked, const Stats& stats) {
  const auto per_day = by_day(asked, stats);
  const auto active =
      std::ranges::count_if(per_day, [](const auto& day) { return day.second.count() != 0; });
  json.name("totalSeconds").number(seconds_in(stats.total));
  json.name("activeDays").number(std::int64_t{active});
  json.name("averageSecondsPerActiveDay")
      .number(active == 0 ? 0.0 : seconds_of(stats.total.human / active));
}

void write_ranked(JsonText& json, const Stats& stats, std::string_view name) {
  json.name("items").begin_list();
  for (const auto& [key, human] : ranked(stats)) {
    json.begin_object().name(name).text(key).name("seconds").number(seconds_of(human));
    json.name("percentage").number(percentage(human, stats.total.human)).end_object();
  }
  json.end_list();
}

void write_days_of(JsonText& json, const Asked& asked, const Stats& stats) {
  json.name("items").begin_list();
  for (const auto& [day, human] : by_day(asked, stats)) {
    json.begin_object().name("day").text(format_day(day));
    json.name("seconds").number(seconds_of(human)).end_object();
  }
  json.end_list();
}

void write_project_days(JsonText& json, const Stats& stats) {
  json.name("items").begin_list();
  for (const auto& item : stats.items) {
    if (item.figures.human.count() == 0) continue;
    json.begin_object().name("day").text(item.keys.at(0).value_or(""));
    json.name("projectName").text(item.keys.at(1).value_or("unknown"));
    json.name("seconds").number(seconds_in(item.figures)).end_object();
  }
  json.end_list();
}

/// From Sunday; `days` counts those of the range, also the idle ones.
void write_weekdays(JsonText& json, const Asked& asked, const Stats& stats) {
  std::array<microseconds, 7> human{};
  std::array<std::int64_t, 7> count{};
  for (const auto& [day, time] : by_day(asked, stats)) {
    const auto weekday = std::chrono::weekday{day}.c_encoding();
    human.at(weekday) += time;
    ++count.at(weekday);
  }
  json.name("items").begin_list();
  for (std::size_t i = 0; i < human.size(); ++i) {
    json.begin_object().name("dayOfWeek").number(static_cast<std::int64_t>(i));
    json.name("seconds").number(seconds_of(human[i]));
    json.name("averageSeconds").number(count[i] == 0 ? 0.0 : seconds_of(human[i] / count[i]));
    json.name("days").number(count[i]).end_object();
  }
  json.end_list();
}

void write_leaders(JsonText& json, const Asked& asked, const Stats& stats) {
  json.name("limit").number(static_cast<std::int64_t>(asked.limit));
  json.name("items").begin_list();
  std::int64_t rank = 0;
  for (const auto& [key, human] : ranked(stats)) {
    if (std::cmp_equal(rank, asked.limit)) break;
    json.begin_object().name("rank").number(++rank).name("projectName").text(key);
    json.name("seconds").number(seconds_of(human)).end_object();
  }
  json.end_list();
}

std::vector<Dimension> dimensions_of(Route route) {
  switch (route) {
    case Route::timecode_languages: return {Dimension::language};
    case Route::timecode_projects:
    case Route::timecode_leaderboard: return {Dimension::project};
    case Route::timecode_project_daily: return {Dimension::day, Dimension::project};
    default: return {Dimension::day};
  }
}

void write_items(JsonText& json, Route route, const Asked& asked, const Stats& stats) {
  switch (route) {
    case Route::timecode_summary: return write_summary(json, asked, stats);
    case Route::timecode_languages: return write_ranked(json, stats, "language");
    case Route::timecode_projects: return write_ranked(json, stats, "projectName");
    case Route::timecode_project_daily: return write_project_days(json, stats);
    case Route::timecode_weekday: return write_weekdays(json, asked, stats);
    case Route::timecode_leaderboard: return write_leaders(json, asked, stats);
    default: return write_days_of(json, asked, stats);
  }
}

}  // namespace

Response answer_timecode(Route route, HubReader& reader, const Request& request,
                         const AskedAt& at) {
  auto asked = parse(route, request, at);
  if (!asked) return timecode_error(400, asked.error().message);
  const auto stats = ask(reader, *asked, dimensions_of(route));
  if (!stats && stats.error().code == Errc::malformed) {
    return timecode_error(400, stats.error().message);
  }
  if (!stats) return timecode_error(503, "the store cannot be read just now");
  JsonText json;
  begin(json, *asked);
  write_items(json, route, *asked, *stats);
  return json_response(end(std::move(json), *asked, *stats, at.now));
}

}  // namespace vigil::agent
