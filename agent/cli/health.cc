#include "agent/cli/health.h"

#include <algorithm>
#include <array>

#include "agent/cli/queue_report.h"
#include "agent/terminal/printable.h"

namespace vigil::agent {
namespace {

/// Conditions that pass by themselves without anybody's doing.
bool is_fine(std::string_view condition) {
  constexpr std::array<std::string_view, 4> kFine{"ok", "pending", "sending", "delivered"};
  return std::ranges::find(kFine, condition) != kFine.end();
}

void judge_daemon(const JsonValue& daemon, Verdict& verdict) {
  if (const auto trouble = daemon.text("/queue_trouble"); trouble && !trouble->empty()) {
    verdict.note(Health::degraded, "the queue cannot be written: " + *trouble);
  }
  if (const auto trouble = daemon.text("/key_trouble"); trouble && !trouble->empty()) {
    verdict.note(Health::degraded, *trouble);
  }
  const std::int64_t polled = daemon.integer("/watcher/watches_failed").value_or(0);
  if (polled != 0) {
    verdict.note(Health::degraded,
                 format_count(polled) + " folders are polled: raise fs.inotify.max_user_watches");
  }
  for (const JsonValue& path : daemon.list("/watcher/unreadable")) {
    verdict.note(Health::degraded, "cannot be read: " + path.text("").value_or("?"));
  }
}

void judge_sink(const SinkStatus& sink, Verdict& verdict) {
  const std::string state = state_of(sink);
  if (!is_fine(state)) {
    std::string reason = sink.name.text() + " is " + state;
    if (!sink.note.last_error.empty()) reason += ": " + sink.note.last_error;
    verdict.note(Health::degraded, std::move(reason));
  }
  const std::uint64_t refused = backlog_of(sink).quarantined;
  if (refused != 0) {
    verdict.note(Health::degraded, sink.name.text() + " refused " +
                                       format_count(static_cast<std::int64_t>(refused)) +
                                       " heartbeats: agent queue list");
  }
}

}  // namespace

std::string_view name_of(Health health) {
  constexpr std::array<std::string_view, 3> kNames{"ok", "degraded", "down"};
  return kNames[static_cast<std::size_t>(health)];
}

void Verdict::note(Health at_least, std::string reason) {
  const auto place = at_least > health ? reasons.begin() : reasons.end();
  reasons.insert(place, std::move(reason));
  health = std::max(health, at_least);
}

Verdict judge(const std::optional<JsonValue>& daemon, const std::optional<QueueStatus>& queue) {
  Verdict verdict;
  if (daemon) {
    judge_daemon(*daemon, verdict);
  } else {
    verdict.note(Health::down, "no agent is running: agent run");
  }
  if (queue) {
    for (const SinkStatus& sink : queue->sinks) judge_sink(sink, verdict);
  }
  return verdict;
}

}  // namespace vigil::agent
