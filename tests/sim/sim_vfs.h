#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "tests/sim/sim_disk.h"

namespace vigil::sim {

/// Lays SQLite on simulated disks: while it lives it is SQLite's default file system, so that the
/// program's own code opens its databases there. A path's first name says which disk it lies on.
/// WAL's shared memory lives and dies with its connection (one connection to a file at a time).
class SimVfs {
 public:
  struct Mount {
    std::string name;  ///< `agent`: everything below /agent
    SimDisk* disk = nullptr;
  };

  SimVfs(std::vector<Mount> mounts, std::uint64_t seed, std::function<WallTime()> wall_now);
  SimVfs(const SimVfs&) = delete;
  SimVfs& operator=(const SimVfs&) = delete;
  ~SimVfs();

  /// Once, before anything else uses SQLite or many threads: all is played in this one, so SQLite
  /// needs no locks and keeps no statistics, and memory that is given back is soon asked for again.
  static void tune_process();

  struct State;  ///< known to the .cc alone

 private:
  std::unique_ptr<State> state_;
};

}  // namespace vigil::sim
