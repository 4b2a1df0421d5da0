#include <array>

#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/answer_json.h"
#include "agent/hub/answers.h"
#include "agent/hub/page_request.h"
#include "agent/hub/store/explanation.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kHeartbeatsUsual = 100;
constexpr std::size_t kHeartbeatsMost = 1'000;
constexpr std::chrono::days kTimelineDaysMax{31};

void write_time(JsonText& json, std::string_view name, const std::optional<WallTime>& time) {
  write_text(json, name, time ? std::optional(format_rfc3339(*time)) : std::nullopt);
}

void write_times(JsonText& json, microseconds united, microseconds human, microseconds agent) {
  json.name("seconds").number(exact_seconds_of(united));
  json.name("human_seconds").number(exact_seconds_of(human));
  json.name("agent_seconds").number(exact_seconds_of(agent));
}

void write_interval(JsonText& json, const Interval& interval) {
  write_time(json, "begin", interval.begin);
  write_time(json, "end", interval.end);
  json.name("heartbeats").number(static_cast<std::int64_t>(interval.heartbeats));
  write_times(json, interval.united, interval.human, interval.agent);
}

void write_heartbeat(JsonText& json, const ExplainedHeartbeat& explained) {
  json.begin_object();
  json.name("source").text(explained.row.source.text());
  json.name("counted").truth(explained.is_counted);
  write_time(json, "begin", explained.begin);
  write_time(json, "end", explained.end);
  write_times(json, explained.time.united, explained.time.human, explained.time.agent);
  json.name("heartbeat").raw(to_json(explained.row.heartbeat));
  json.end_object();
}

void begin_answer(JsonText& json, const StatsQuery& query, const TimeLimits& limits) {
  json.begin_object();
  write_days(json, query.days);
  json.name("tz").text(query.zone.name());
  write_method(json, query.preset, limits);
}

std::string explain_json(const ExplainQuery& query, const Explanation& explanation) {
  JsonText json;
  begin_answer(json, query.of, explanation.limits);
  json.name("total").begin_object();
  json.name("heartbeats").number(explanation.total.heartbeats);
  write_times(json, explanation.total.united, explanation.total.human, explanation.total.agent);
  write_tokens(json, explanation.total.tokens);
  json.end_object();
  json.name("intervals").begin_list();
  // Once is enough: later pages are for the heartbeats.
  const auto& intervals = explanation.intervals;
  for (std::size_t i = 0; !query.after && i < intervals.size(); ++i) {
    json.begin_object();
    json.name("actor").text(parser::name_of(intervals[i].interval.actor));
    write_text(json, "session", intervals[i].session);
    write_interval(json, intervals[i].interval);
    json.end_object();
  }
  json.end_list();
  json.name("heartbeats").begin_list();
  for (const auto& heartbeat : explanation.heartbeats) write_heartbeat(json, heartbeat);
  json.end_list();
  std::optional<std::string> next;
  if (explanation.next) {
    next = place_text(std::array{explanation.next->time, explanation.next->seq});
  }
  write_text(json, "next", next);
  return std::move(json.end_object()).take();
}

std::string timeline_json(const StatsQuery& query, const Timeline& timeline) {
  JsonText json;
  begin_answer(json, query, timeline.limits);
  write_text(
      json, "by",
      query.by.empty() ? std::nullopt : std::optional(std::string(name_of(query.by.front()))));
  json.name("lanes").begin_list();
  for (const auto& lane : timeline.lanes) {
    json.begin_object();
    json.name("actor").text(parser::name_of(lane.actor));
    write_text(json, "key", lane.key);
    json.name("intervals").begin_list();
    for (const auto& interval : lane.intervals) {
      json.begin_object();
      write_interval(json, interval);
      json.end_object();
    }
    json.end_list().end_object();
  }
  json.end_list().end_object();
  return std::move(json).take();
}

}  // namespace

Result<std::string> answer_explain(HubReader& reader, const Request& request,
                                   const AskedAt& asked) {
  // `by` makes it possible to ask with the address of a breakdown; it changes nothing.
  constexpr std::array<std::string_view, 3> kOwn{"by", "limit", "after"};
  ExplainQuery query{.of = VIGIL_TRY(query_parameters(request, asked, RouteTerms{.own = kOwn})),
                     .after = {},
                     .limit = VIGIL_TRY(limit_in(request, kHeartbeatsUsual, kHeartbeatsMost))};
  if (const auto place = VIGIL_TRY(place_in(request, 2)))
    query.after = {place->at(0), place->at(1)};
  return explain_json(query, VIGIL_TRY(reader.explain(query)));
}

Result<std::string> answer_timeline(HubReader& reader, const Request& request,
                                    const AskedAt& asked) {
  constexpr std::array<std::string_view, 1> kOwn{"by"};
  const auto query = VIGIL_TRY(query_parameters(request, asked, RouteTerms{.own = kOwn}));
  const auto& days = query.days;
  if (!days.first || !days.last || *days.last - *days.first >= kTimelineDaysMax) {
    return fail(Errc::malformed, "range: a timeline has at most 31 days");
  }
  return timeline_json(query, VIGIL_TRY(reader.timeline(query)));
}

}  // namespace vigil::agent
