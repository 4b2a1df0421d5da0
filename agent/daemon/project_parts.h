#pragma once

#include <memory>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/environment.h"
#include "agent/config/paths.h"
#include "agent/context/project_finder.h"
#include "agent/daemon/daemon_status.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/outbox/outbox.h"
#include "agent/saves/project_watch.h"
#include "base/clock.h"
#include "base/file_system.h"

namespace vigil::agent {

/// What watching projects takes, in the order in which it leans on each other: the kernel's hints,
/// trees, editors' traces, ignore rules, and the watch over them.
class ProjectParts {
 public:
  ProjectParts(const FileSystem& files, const Clock& clock, const Config& config,
               const Environment& environment, const Paths& paths, ProjectFinder& projects,
               HeartbeatMaker& maker, const Admission& admission, std::vector<StoredTree> known);
  ~ProjectParts();

  [[nodiscard]] ProjectWatch& watch();

  /// Readable while there is something for the watch's step().
  [[nodiscard]] std::vector<int> wake_fds() const;

  [[nodiscard]] ProjectsStatus status() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace vigil::agent
