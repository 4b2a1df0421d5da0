#include "agent/hub/read_api.h"

#include <array>
#include <optional>
#include <utility>

#include "agent/hub/answer_json.h"
#include "agent/hub/api_description.h"
#include "agent/hub/dashboard_page.h"
#include "agent/hub/export_text.h"
#include "agent/hub/page_request.h"
#include "agent/hub/sign_in_page.h"
#include "agent/hub/stats_request.h"
#include "agent/hub/store_answer.h"
#include "agent/hub/timecode_answers.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kExportPage = 500;  // heartbeats, about 200 KB of text

class ExportStream final : public BodyStream {
 public:
  ExportStream(HubReader& reader, ExportQuery query, ExportFormat format)
      : reader_(reader), query_(std::move(query)), writer_(format) {}

  [[nodiscard]] Source source() const override { return Source::database; }

  [[nodiscard]] Piece next() override {
    Piece piece;
    auto page = reader_.export_page(query_, after_, kExportPage);
    // Headers are out already: only a cut connection can say that this is not all.
    if (!page) return {.bytes = {}, .state = State::torn};
    if (!after_) writer_.begin(piece.bytes);
    for (const auto& row : page->heartbeats) writer_.add(row.heartbeat, piece.bytes);
    after_ = page->next;
    if (!after_) {
      writer_.end(piece.bytes);
      piece.state = State::end;
    }
    return piece;
  }

 private:
  HubReader& reader_;
  ExportQuery query_;
  ExportWriter writer_;
  std::optional<ExportCursor> after_;
};

Response content(std::string_view type, std::string_view body) {
  Response response;
  response.headers.emplace_back("Content-Type", type);
  response.body = body;
  return response;
}

Response stream_response(std::string_view type, std::unique_ptr<BodyStream> stream) {
  Response response = content(type, {});
  response.stream = std::move(stream);
  return response;
}

Response bad_parameter(const Error& error) {
  return error_response(400, "bad_parameter", error.message);
}

constexpr std::size_t kTagBytes = 16;

Response picture_refusal(const Error& error) {
  switch (error.code) {
    case Errc::malformed: return bad_parameter(error);
    case Errc::not_found: return error_response(404, "not_found", error.message);
    case Errc::unavailable: return error_response(501, "no_pictures", error.message);
    default: return failure_response(error);
  }
}

}  // namespace

std::string new_login_path(TicketBox& tickets, Random& random, MonoTime now, Access access) {
  std::array<std::byte, 16> randomness{};
  random.fill(randomness);
  return "/login?ticket=" + tickets.issue(randomness, now, access);
}

Response failure_response(const Error& error) {
  if (error.code == Errc::malformed) return error_response(400, "bad_query", error.message);
  Response response = error_response(503, "store_unavailable", "the store cannot be read just now");
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

ReadApi::ReadApi(World world, std::unique_ptr<HubReader> reader)
    : world_(std::move(world)), reader_(std::move(reader)) {}

ReadApi::~ReadApi() = default;

Response ReadApi::answer(Route route, const Request& request) {
  const auto registry = world_.registry.current_or_last();
  if (!registry) return failure_response({Errc::io, {}});
  if (route == Route::login) return log_in(request, **registry);
  const Visitor visitor = identify(request, **registry, world_.hosts, world_.clock.wall_now());
  const bool is_status_bar = route == Route::timecode_daily &&
                             is_from_neighbour(request, world_.hosts) &&
                             allows_unsigned(**registry, kTimecodeSource);
  if (is_status_bar) return answer_known(route, request, visitor);
  if (visitor == Visitor::nobody) return route == Route::page ? sign_in_page() : unauthorized();
  return answer_known(route, request, visitor);
}

std::expected<StoreChange, Response> ReadApi::admit_change(Route route, const Request& request) {
  const auto registry = world_.registry.current_or_last();
  if (!registry) return std::unexpected(failure_response({Errc::io, {}}));
  if (route == Route::timecode_events) return admit_events(request, **registry);
  const Visitor visitor = identify(request, **registry, world_.hosts, world_.clock.wall_now());
  if (visitor == Visitor::nobody) return std::unexpected(unauthorized());
  if (!may_write(visitor)) return std::unexpected(read_only());
  if (route == Route::undo_correction) {
    const auto id = whole_number(id_in(request));
    if (!id) return std::unexpected(error_response(404, "not_found", "no correction has this id"));
    return UndoneCorrection{*id};
  }
  auto correction = parse_correction(request.body);
  if (!correction) return std::unexpected(bad_parameter(correction.error()));
  return *std::move(correction);
}

std::expected<StoreChange, Response> ReadApi::admit_events(const Request& request,
                                                           const Registry& registry) {
  const bool is_neighbour =
      is_from_neighbour(request, world_.hosts) && allows_unsigned(registry, kTimecodeSource);
  if (!is_neighbour &&
      !may_write(identify(request, registry, world_.hosts, world_.clock.wall_now()))) {
    return std::unexpected(timecode_error(
        401, "not taken unsigned: say `agent hub allow-unsigned timecode` on the hub's machine"));
  }
  auto events = parse_timecode_events(request.body, world_.clock.wall_now());
  if (events) return *std::move(events);
  const int status = events.error().code == Errc::full ? 413 : 400;
  return std::unexpected(timecode_error(status, events.error().message));
}

Response ReadApi::answer_known(Route route, const Request& request, Visitor visitor) {
  switch (route) {
    case Route::stats:
    case Route::explain:
    case Route::timeline:
    case Route::sessions:
    case Route::heartbeats:
    case Route::sources_health: return ask_store(route, request);
    case Route::export_heartbeats: return open_export(request);
    case Route::stream: return open_stream(request);
    case Route::tickets: return new_ticket(visitor);
    case Route::corrections: return corrections();
    case Route::settings: return json_response(world_.settings);
    case Route::card:
    case Route::badge: return picture(route, request);
    case Route::status: return status();
    case Route::openapi: return content("application/json", kApiDescription);
    case Route::page: return dashboard_page(request, dashboard_files());
    case Route::timecode_summary:
    case Route::timecode_languages:
    case Route::timecode_projects:
    case Route::timecode_daily:
    case Route::timecode_project_daily:
    case Route::timecode_weekday:
    case Route::timecode_leaderboard:
      return answer_timecode(route, *reader_, request,
                             {world_.default_zone, world_.clock.wall_now()});
    case Route::health:
    case Route::ingest:
    case Route::timecode_health:
    case Route::timecode_events:
    case Route::correct:
    case Route::undo_correction:
    case Route::login: break;  // answered elsewhere
  }
  return error_response(404, "not_found", "there is nothing at this path");
}

Response ReadApi::log_in(const Request& request, const Registry& registry) {
  const auto ticket = request.parameter("ticket");
  // HEAD is what link checkers send: it must not use the ticket up.
  if (!ticket || request.method != "GET") return sign_in_page();
  const auto access = world_.tickets.redeem(*ticket, world_.clock.mono_now());
  if (!access) return sign_in_page();
  Response response;
  response.status = 303;
  response.headers.emplace_back("Location", "/");
  response.headers.emplace_back("Set-Cookie", sign_in_cookie(registry.cookie_key, world_.hosts,
                                                             world_.clock.wall_now(), *access));
  return response;
}

Response ReadApi::new_ticket(Visitor visitor) {
  // Else one stolen link would breed others for ever.
  if (!is_token(visitor)) return unauthorized();
  const Access access = may_write(visitor) ? Access::write : Access::read;
  JsonText json;
  json.begin_object();
  json.name("path").text(
      new_login_path(world_.tickets, world_.random, world_.clock.mono_now(), access));
  json.name("expires_seconds").number(std::int64_t{TicketBox::kLife.count()});
  Response response = json_response(std::move(json.end_object()).take());
  response.status = 201;
  return response;
}

Response ReadApi::corrections() {
  const auto in_force = reader_->corrections();
  if (!in_force) return failure_response(in_force.error());
  return json_response(corrections_json(*in_force));
}

Response ReadApi::ask_store(Route route, const Request& request) {
  auto body =
      answer_from_store(route, *reader_, request, {world_.default_zone, world_.clock.wall_now()});
  if (body) return json_response(*std::move(body));
  return body.error().code == Errc::malformed ? bad_parameter(body.error())
                                              : failure_response(body.error());
}

/// With a tag that stays as long as store, question and quarter of an hour do: nothing is drawn
/// twice.
Response ReadApi::picture(Route route, const Request& request) {
  const AskedAt asked{world_.default_zone, world_.clock.wall_now()};
  const auto revision = reader_->revision();
  if (!revision) return failure_response(revision.error());
  // A day begins with a quarter of an hour in every zone.
  const auto quarter = slot_of(asked.now).time_since_epoch().count();
  const Digest digest = sha256(request.target + "\n" + std::to_string(*revision) + "\n" +
                               std::to_string(quarter) + "\n" VIGIL_VERSION);
  const std::string tag = '"' + to_hex(std::span(digest).first(kTagBytes)) + '"';
  Response response;
  if (request.header("If-None-Match") == tag) {
    response.status = 304;
  } else {
    auto file = route == Route::card ? pictures_.card(*reader_, request, asked)
                                     : pictures_.badge(id_in(request), *reader_, request, asked);
    if (!file) return picture_refusal(file.error());
    response = content(file->type, file->bytes);
  }
  response.headers.emplace_back("ETag", tag);
  return response;
}

Response ReadApi::open_export(const Request& request) {
  const auto format = export_format_named(request.parameter("format").value_or("ndjson"));
  if (!format) return bad_parameter({Errc::malformed, "format: ndjson, json or csv"});
  constexpr std::array<std::string_view, 1> kOwn{"format"};
  const auto query =
      query_parameters(request, {world_.default_zone, world_.clock.wall_now()},
                       {.accounting = Accounting::none, .default_range = "all_time", .own = kOwn});
  if (!query) return bad_parameter(query.error());
  return stream_response(
      content_type(*format),
      std::make_unique<ExportStream>(
          *reader_, ExportQuery{query->days, query->zone, query->filters}, *format));
}

Response ReadApi::open_stream(const Request& request) {
  const std::string_view text = request.header("Last-Event-ID");
  const auto last_id = whole_number(text);
  if (!text.empty() && (!last_id || *last_id < 0)) {
    return bad_parameter({Errc::malformed, "Last-Event-ID: not a number"});
  }
  return stream_response("text/event-stream", world_.feed.open(last_id));
}

Response ReadApi::status() {
  const auto sources = reader_->sources();
  if (!sources) return failure_response(sources.error());
  const auto newest = reader_->revision();
  if (!newest) return failure_response(newest.error());
  JsonText json;
  json.begin_object();
  json.name("version").text(VIGIL_VERSION);
  json.name("started").text(format_rfc3339(world_.started));
  json.name("now").text(format_rfc3339(world_.clock.wall_now()));
  json.name("newest").number(*newest);
  json.name("sources").begin_list();
  for (const auto& source : *sources) {
    json.begin_object();
    write_source(json, source);
    json.end_object();
  }
  json.end_list().end_object();
  return json_response(std::move(json).take());
}

}  // namespace vigil::agent
