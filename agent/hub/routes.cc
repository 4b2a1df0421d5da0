#include "agent/hub/routes.h"

#include <array>
#include <string_view>

#include "agent/hub/timecode_events.h"

namespace vigil::agent {
namespace {

struct Entry {
  std::string_view path;    ///< may end in `{id}`
  std::string_view method;  ///< GET stands for HEAD too
  Route route;
};

constexpr auto kRoutes = std::to_array<Entry>({
    {"/health", "GET", Route::health},
    {"/api/openapi.json", "GET", Route::openapi},
    {"/api/v1/ingest", "POST", Route::ingest},
    {"/api/v1/stats", "GET", Route::stats},
    {"/api/v1/explain", "GET", Route::explain},
    {"/api/v1/timeline", "GET", Route::timeline},
    {"/api/v1/sessions", "GET", Route::sessions},
    {"/api/v1/heartbeats", "GET", Route::heartbeats},
    {"/api/v1/sources/health", "GET", Route::sources_health},
    {"/api/v1/export", "GET", Route::export_heartbeats},
    {"/api/v1/stream", "GET", Route::stream},
    {"/api/v1/tickets", "POST", Route::tickets},
    {"/api/v1/corrections", "GET", Route::corrections},
    {"/api/v1/corrections", "POST", Route::correct},
    {"/api/v1/corrections/{id}", "DELETE", Route::undo_correction},
    {"/api/v1/settings", "GET", Route::settings},
    {"/api/v1/export/image", "GET", Route::card},
    {"/api/v1/badge/{id}", "GET", Route::badge},
    {"/api/v1/health", "GET", Route::timecode_health},
    {"/api/v1/events", "POST", Route::timecode_events},
    {"/api/v1/stats/summary", "GET", Route::timecode_summary},
    {"/api/v1/stats/languages", "GET", Route::timecode_languages},
    {"/api/v1/stats/projects", "GET", Route::timecode_projects},
    {"/api/v1/stats/timeline", "GET", Route::timecode_daily},
    {"/api/v1/stats/daily-totals", "GET", Route::timecode_daily},
    {"/api/v1/stats/project-daily", "GET", Route::timecode_project_daily},
    {"/api/v1/stats/weekday", "GET", Route::timecode_weekday},
    {"/api/v1/leaderboard", "GET", Route::timecode_leaderboard},
    {"/api/v1/status", "GET", Route::status},
    {"/login", "GET", Route::login},
});

/// The last piece of a path that may be anything.
constexpr std::string_view kAnyId = "{id}";

bool is_at(const Entry& entry, std::string_view path) {
  if (!entry.path.ends_with(kAnyId)) return entry.path == path;
  const std::string_view folder = entry.path.substr(0, entry.path.size() - kAnyId.size());
  return path.starts_with(folder) && path.size() > folder.size() &&
         !path.substr(folder.size()).contains('/');
}

bool is_below_api(std::string_view path) {
  return path == "/api" || path.starts_with("/api/");
}

/// Every path that is nothing else's and not below /api.
constexpr Entry kPage{"/", "GET", Route::page};

bool takes(const Entry& entry, std::string_view method) {
  return entry.method == method || (entry.method == "GET" && method == "HEAD");
}

}  // namespace

std::expected<Route, Response> find_route(const Request& request) {
  std::string allowed;
  const auto look_at = [&](const Entry& entry) {
    if (takes(entry, request.method)) return true;
    allowed += allowed.empty() ? "" : ", ";
    allowed += entry.method == "GET" ? "GET, HEAD" : entry.method;
    return false;
  };
  for (const Entry& entry : kRoutes) {
    if (is_at(entry, request.path) && look_at(entry)) return entry.route;
  }
  const bool is_page = allowed.empty() && !is_below_api(request.path);
  if (is_page && look_at(kPage)) return kPage.route;
  if (allowed.empty()) {
    return std::unexpected(error_response(404, "not_found", "there is nothing at this path"));
  }
  Response response = error_response(405, "method_not_allowed", "this path takes another method");
  response.headers.emplace_back("Allow", allowed);
  return std::unexpected(std::move(response));
}

std::string_view id_in(const Request& request) {
  const std::string_view path = request.path;
  return path.substr(path.rfind('/') + 1);
}

std::size_t body_limit(const Request& request) {
  if (request.path == "/api/v1/ingest") return kBatchBodyMax;
  return request.path == "/api/v1/events" ? kTimecodeBodyMax : kSmallBodyMax;
}

}  // namespace vigil::agent
