#include "agent/hub/store_answer.h"

#include "agent/hub/answers.h"

namespace vigil::agent {

Result<std::string> answer_stats(HubReader& reader, const Request& request, const AskedAt& asked) {
  const auto asks = VIGIL_TRY(stats_request(request, asked));
  const auto stats = VIGIL_TRY(reader.stats(asks.query));
  if (!asks.previous) return stats_json(asks.query, stats);
  const auto previous = VIGIL_TRY(reader.stats(*asks.previous));
  return stats_json(asks.query, stats, *asks.previous, previous);
}

Result<std::string> answer_from_store(Route route, HubReader& reader, const Request& request,
                                      const AskedAt& asked) {
  switch (route) {
    case Route::stats: return answer_stats(reader, request, asked);
    case Route::explain: return answer_explain(reader, request, asked);
    case Route::timeline: return answer_timeline(reader, request, asked);
    case Route::sessions: return answer_sessions(reader, request, asked);
    case Route::heartbeats: return answer_heartbeats(reader, request, asked);
    case Route::sources_health: return answer_sources_health(reader, request, asked);
    default: return fail(Errc::not_found, "this route is answered elsewhere");
  }
}

}  // namespace vigil::agent
