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

constexpr std::array<Entry, 17> kRoutes{{
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
    {"/", "GET", Route::page},
    {"/page.css", "GET", Route::page_style},
    {"/page.js", "GET", Route::page_script},
}};

bool takes(const Entry& entry, std::string_view method) {
  return entry.method == method || (entry.method == "GET" && method == "HEAD");
}

}  // namespace

std::expected<Route, Response> find_route(const Request& request) {
  const auto* const found = std::ranges::find(kRoutes, request.path, &Entry::path);
  if (found == kRoutes.end()) {
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
