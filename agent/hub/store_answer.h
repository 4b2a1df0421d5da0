#pragma once

#include <string>

#include "agent/hub/routes.h"
#include "agent/hub/stats_request.h"
#include "agent/hub/store/hub_reader.h"

namespace vigil::agent {

/// The JSON that answers a route whose answer comes from the store alone, over HTTP and for the
/// commands on the same machine alike. `malformed`: a parameter, which the message begins with
/// (`tz: ...`); else the store's errors.
[[nodiscard]] Result<std::string> answer_from_store(Route route, HubReader& reader,
                                                    const Request& request, const AskedAt& asked);

}  // namespace vigil::agent
