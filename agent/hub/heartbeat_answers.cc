#include <array>

#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/answer_json.h"
#include "agent/hub/answers.h"
#include "agent/hub/page_request.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kHeartbeatsUsual = 100;

/// How long a source may send nothing and still be at work.
constexpr std::chrono::minutes kActive{15};
constexpr std::chrono::hours kIdle{72};

std::optional<std::string> next_text(const std::optional<ExportCursor>& next) {
  if (!next) return std::nullopt;
  return place_text(std::array{next->time, next->id_time, next->id_hash, next->source});
}

std::string_view state_of(milliseconds silence) {
  return silence < kActive ? "active" : silence < kIdle ? "idle" : "silent";
}

void write_health(JsonText& json, const SourceSummary& source, WallTime now) {
  const milliseconds silence = std::max(now - source.last_received, milliseconds{0});
  json.begin_object();
  write_source(json, source);
  json.name("state").text(state_of(silence));
  json.name("silent_seconds").number(seconds_of(silence));
  json.end_object();
}

}  // namespace

Result<std::string> answer_heartbeats(HubReader& reader, const Request& request,
                                      const AskedAt& asked) {
  constexpr std::array<std::string_view, 2> kOwn{"limit", "after"};
  const auto query = VIGIL_TRY(query_parameters(
      request, asked, {.accounting = Accounting::none, .default_range = "today", .own = kOwn}));
  const auto limit = VIGIL_TRY(limit_in(request, kHeartbeatsUsual, kExportPageMax));
  std::optional<ExportCursor> after;
  if (const auto place = VIGIL_TRY(place_in(request, 4))) {
    after = {place->at(0), place->at(1), place->at(2), place->at(3)};
  }
  const auto page =
      VIGIL_TRY(reader.export_page({query.days, query.zone, query.filters}, after, limit));
  JsonText json;
  json.begin_object();
  write_days(json, query.days);
  json.name("tz").text(query.zone.name());
  json.name("heartbeats").begin_list();
  for (const auto& row : page.heartbeats) {
    json.begin_object();
    json.name("source").text(row.source.text());
    json.name("seq").number(row.seq);
    json.name("heartbeat").raw(to_json(row.heartbeat));
    json.end_object();
  }
  json.end_list();
  write_text(json, "next", next_text(page.next));
  return std::move(json.end_object()).take();
}

Result<std::string> answer_sources_health(HubReader& reader, const Request& request,
                                          const AskedAt& asked) {
  if (!request.query.empty()) {
    return fail(Errc::malformed, request.query.front().first + ": no such parameter");
  }
  const auto sources = VIGIL_TRY(reader.sources());
  JsonText json;
  json.begin_object();
  json.name("now").text(format_rfc3339(asked.now));
  json.name("sources").begin_list();
  for (const auto& source : sources) write_health(json, source, asked.now);
  json.end_list().end_object();
  return std::move(json).take();
}

}  // namespace vigil::agent
