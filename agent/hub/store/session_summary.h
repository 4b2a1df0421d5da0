#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/stats_query.h"
#include "base/id.h"

namespace vigil::agent {

/// Most sessions of one range.
inline constexpr std::size_t kSessionsMax = 50'000;

/// Tokens of one model in one session.
struct ModelTokens {
  std::string model;
  parser::Tokens tokens;
};

/// What one session of an AI tool did within the days asked for.
struct SessionSummary {
  SourceId source;
  std::string session;
  std::string parent;  ///< empty where it is nobody's
  std::string app;
  std::string branch;                 ///< the last that was named
  std::vector<std::string> projects;  ///< the one with most heartbeats first
  WallTime first{};
  WallTime last{};
  std::int64_t heartbeats = 0;
  std::int64_t prompts = 0;
  std::int64_t replies = 0;
  std::int64_t errors = 0;
  std::array<std::int64_t, 10> tools{};  ///< calls by ToolClass
  std::int64_t failed_tools = 0;
  std::int64_t files = 0;  ///< different ones that were read or written
  std::int64_t lines_added = 0;
  std::int64_t lines_removed = 0;
  std::vector<ModelTokens> models;  ///< in order of their names
  Figures figures;                  ///< times as statistics attribute them
};

struct Sessions {
  std::vector<SessionSummary> sessions;  ///< the one that was active last comes first
  TimeLimits limits;
};

}  // namespace vigil::agent
