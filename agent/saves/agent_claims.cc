#include "agent/saves/agent_claims.h"

#include <algorithm>
#include <utility>

namespace vigil::agent {

void AgentClaims::saw_session(const std::string& project, WallTime time) {
  if (project.empty()) return;
  if (last_seen_.size() >= kProjectsMax && !last_seen_.contains(project)) {
    last_seen_.erase(
        std::ranges::min_element(last_seen_, {}, [](const auto& seen) { return seen.second; }));
  }
  WallTime& last = last_seen_[project];
  last = std::max(last, time);
}

bool AgentClaims::is_live(const std::string& project, WallTime at) const {
  const auto found = last_seen_.find(project);
  return found != last_seen_.end() && at <= found->second + kLive && at >= found->second - kLive;
}

void AgentClaims::add(AgentWrite write) {
  const bool is_known = std::ranges::any_of(writes_, [&](const AgentWrite& known) {
    return known.call == write.call && known.path == write.path;
  });
  if (is_known) return;
  if (writes_.size() >= kWritesMax) writes_.pop_front();
  writes_.push_back(std::move(write));
}

bool AgentClaims::covers(const AgentWrite& write, WallTime saved) {
  return saved >= write.time - kSlack && saved <= write.seen + kSlack;
}

std::optional<AgentWrite> AgentClaims::take(const std::string& path, WallTime saved) {
  const auto apart = [saved](const AgentWrite& write) {
    return std::chrono::abs(write.seen - saved);
  };
  auto best = writes_.end();
  for (auto at = writes_.begin(); at != writes_.end(); ++at) {
    if (at->path != path || !covers(*at, saved)) continue;
    if (best == writes_.end() || apart(*at) < apart(*best)) best = at;
  }
  if (best == writes_.end()) return std::nullopt;
  AgentWrite write = std::move(*best);
  writes_.erase(best);
  return write;
}

}  // namespace vigil::agent
