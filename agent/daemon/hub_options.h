#pragma once

#include "agent/config/config.h"
#include "agent/config/environment.h"
#include "agent/config/paths.h"
#include "agent/hub/hub_server.h"
#include "base/result.h"

namespace vigil::agent {

/// What the configuration says of the hub. An address that nobody named may move to the next free
/// port. `malformed`: `hub.listen` is no address.
[[nodiscard]] Result<HubOptions> hub_options(const FileSystem& files, const Config& config,
                                             const Paths& paths, const Environment& environment);

/// The IANA name of the zone that this machine's user lives in.
[[nodiscard]] std::string zone_of(const FileSystem& files, const Config& config,
                                  const Environment& environment);

}  // namespace vigil::agent
