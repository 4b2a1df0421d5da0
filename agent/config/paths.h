#pragma once

#include <string>

#include "agent/config/environment.h"
#include "base/result.h"

namespace vigil::agent {

/// Where this installation keeps its files. Absolute; none need exist yet.
struct Paths {
  std::string config_file;  ///< what is read; `agent config set` writes it
  std::string config_dir;   ///< keys, identity and tokens
  std::string data_dir;     ///< the hub's database and registry
  std::string state_dir;    ///< queue, fallback file, lock, socket
  std::string runtime_dir;  ///< `$XDG_RUNTIME_DIR`, for sockets whose path would be too long
  std::string home;         ///< empty where there is none

  [[nodiscard]] std::string agent_db() const { return state_dir + "/agent.db"; }
  [[nodiscard]] std::string fallback_file() const { return state_dir + "/fallback.log"; }
  [[nodiscard]] std::string hub_db() const { return data_dir + "/hub.db"; }
  /// Beside the keys: a lost state must not bring back what a pause kept out.
  [[nodiscard]] std::string pauses_file() const { return config_dir + "/pauses"; }
  [[nodiscard]] std::string token_file() const { return config_dir + "/token"; }
};

/// Folders from VIGIL_CONFIG, VIGIL_CONFIG_DIR, VIGIL_DATA_DIR and VIGIL_STATE_DIR, else XDG's
/// variables (which count only when absolute), else below HOME. `config_flag` (`--config FILE`)
/// goes before all. `malformed` where a folder follows from none of them: the message names the
/// variables that would settle it (exit 78).
[[nodiscard]] Result<Paths> find_paths(const Environment& environment,
                                       const std::string& config_flag);

}  // namespace vigil::agent
