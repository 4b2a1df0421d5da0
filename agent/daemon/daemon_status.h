#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/daemon/confinement.h"
#include "agent/delivery/delivery.h"
#include "agent/saves/save_tracker.h"
#include "agent/traces/editor_traces.h"
#include "watcher/log_watcher.h"
#include "watcher/tree_watcher.h"

namespace vigil::agent {

/// How projects are watched.
struct ProjectsStatus {
  std::vector<watcher::TreeStatus> trees;
  std::vector<PlaceStatus> places;  ///< where editors keep their traces
  WriteCounts writes{};             ///< by what they were taken for
  std::uint64_t overflows = 0;
};

/// What a running agent says of itself (docs/formats/control.md, `status`).
struct DaemonStatus {
  std::int64_t pid = 0;
  std::chrono::seconds uptime{};
  std::chrono::microseconds startup{};  ///< from main() until every known log was being watched
  bool is_caught_up = false;
  std::string queue_trouble;
  std::string key_trouble;
  std::string hub_url;  ///< of the embedded hub; empty without one
  Confinement confinement;
  watcher::WatchStatus watcher;
  std::optional<ProjectsStatus> projects;  ///< nothing where they are not watched
  bool is_paused = false;
  std::vector<SinkState> sinks;
};

/// The answer object, `"ok":true` included.
[[nodiscard]] std::string status_text(const DaemonStatus& status);

}  // namespace vigil::agent
