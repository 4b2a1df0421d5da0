#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "agent/hub/http_message.h"

namespace vigil::agent {

enum class Route : std::uint8_t {
  health,
  openapi,
  ingest,
  stats,
  explain,
  timeline,
  sessions,
  heartbeats,
  sources_health,
  export_heartbeats,
  stream,
  tickets,
  corrections,
  correct,
  undo_correction,
  settings,
  card,
  badge,
  timecode_health,
  timecode_events,
  timecode_summary,
  timecode_languages,
  timecode_projects,
  timecode_daily,
  timecode_project_daily,
  timecode_weekday,
  timecode_leaderboard,
  status,
  login,
  page,
};

/// Where a request goes; 405 with Allow for a method that the path does not take. An unknown path
/// is 404 below /api and else one of the page's, which has its own addresses.
[[nodiscard]] std::expected<Route, Response> find_route(const Request& request);

/// The last piece of the path of a route that has one.
[[nodiscard]] std::string_view id_in(const Request& request);

/// The largest body that a request to this path may have.
[[nodiscard]] std::size_t body_limit(const Request& request);

}  // namespace vigil::agent
