#include "agent/hub/routes.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vigil::agent {
namespace {

struct Entry {
  std::string_view path;
  std::string_view method;  ///< GET stands for HEAD too
  Route route;
};

constexpr std::array<Entry, 14> kRoutes{{
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
    {"/api/v1/status", "GET", Route::status},
    {"/login", "GET", Route::login},
}};

constexpr Entry kPage{"/", "GET", Route::page};

bool is_below_api(std::string_view path) {
  return path == "/api" || path.starts_with("/api/");
}

/// Nothing for an unknown path below /api.
const Entry* find_entry(std::string_view path) {
  const auto* const found = std::ranges::find(kRoutes, path, &Entry::path);
  if (found != kRoutes.end()) return found;
  return is_below_api(path) ? nullptr : &kPage;
}

bool takes(const Entry& entry, std::string_view method) {
  return entry.method == method || (entry.method == "GET" && method == "HEAD");
}

}  // namespace

std::expected<Route, Response> find_route(const Request& request) {
  const auto* const found = find_entry(request.path);
  if (found == nullptr) {
    return std::unexpected(error_response(404, "not_found", "there is nothing at this path"));
  }
  if (takes(*found, request.method)) return found->route;
  Response response = error_response(405, "method_not_allowed", "this path takes another method");
  response.headers.emplace_back("Allow", found->method == "GET" ? "GET, HEAD" : found->method);
  return std::unexpected(std::move(response));
}

std::size_t body_limit(const Request& request) {
  return request.path == "/api/v1/ingest" ? kBatchBodyMax : kSmallBodyMax;
}

}  // namespace vigil::agent
