#pragma once

#include <cstdint>
#include <string>

#include "agent/config/environment.h"
#include "agent/config/paths.h"

namespace vigil::agent {

/// The folders below which editors keep their traces. All absolute; none need exist; an empty one
/// is not looked at.
struct EditorPlaces {
  std::string home;
  std::string config_home;  ///< `$XDG_CONFIG_HOME`, else `~/.config`
  std::string data_home;    ///< `$XDG_DATA_HOME`, else `~/.local/share`
  std::string state_home;   ///< `$XDG_STATE_HOME`, else `~/.local/state`
  std::string runtime_dir;  ///< `$XDG_RUNTIME_DIR`
  std::string processes = "/proc";
  std::uint32_t user = 0;  ///< whose processes are looked at
};

/// XDG's variables count only when absolute. Nothing is looked at where there is no home.
[[nodiscard]] EditorPlaces editor_places(const Environment& environment, const Paths& paths,
                                         std::uint32_t user);

}  // namespace vigil::agent
