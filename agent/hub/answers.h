#pragma once

#include <string>

#include "agent/hub/stats_request.h"
#include "agent/hub/store/hub_reader.h"

namespace vigil::agent {

// One function for each route that is answered from the store: what its parameters ask, as JSON
// (docs/formats/http-api.md). Errors as of answer_from_store().

[[nodiscard]] Result<std::string> answer_stats(HubReader& reader, const Request& request,
                                               const AskedAt& asked);
[[nodiscard]] Result<std::string> answer_explain(HubReader& reader, const Request& request,
                                                 const AskedAt& asked);
[[nodiscard]] Result<std::string> answer_timeline(HubReader& reader, const Request& request,
                                                  const AskedAt& asked);
[[nodiscard]] Result<std::string> answer_sessions(HubReader& reader, const Request& request,
                                                  const AskedAt& asked);
[[nodiscard]] Result<std::string> answer_heartbeats(HubReader& reader, const Request& request,
                                                    const AskedAt& asked);
[[nodiscard]] Result<std::string> answer_sources_health(HubReader& reader, const Request& request,
                                                        const AskedAt& asked);

}  // namespace vigil::agent
