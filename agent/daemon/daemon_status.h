#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/daemon/confinement.h"
#include "agent/delivery/delivery.h"
#include "watcher/log_watcher.h"

namespace vigil::agent {

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
  std::vector<SinkState> sinks;
};

/// The answer object, `"ok":true` included.
[[nodiscard]] std::string status_text(const DaemonStatus& status);

}  // namespace vigil::agent
