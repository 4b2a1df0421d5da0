#pragma once

#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/environment.h"
#include "agent/config/paths.h"

namespace vigil::agent {

/// The folders below which Claude Code keeps `projects/`: those of the configuration, else
/// CLAUDE_CONFIG_DIR (several, separated by commas), else `~/.claude` and
/// `${XDG_CONFIG_HOME:-~/.config}/claude`. An entry that is a `projects` folder itself stands for
/// its parent. None when the source is switched off.
[[nodiscard]] std::vector<std::string> claude_roots(const Config& config,
                                                    const Environment& environment,
                                                    const Paths& paths);

/// The folders below which Codex keeps `sessions/`: those of the configuration, else CODEX_HOME,
/// else `~/.codex`.
[[nodiscard]] std::vector<std::string> codex_roots(const Config& config,
                                                   const Environment& environment,
                                                   const Paths& paths);

}  // namespace vigil::agent
