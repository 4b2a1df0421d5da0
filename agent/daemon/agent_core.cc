#include "agent/daemon/agent_core.h"

#include <algorithm>
#include <utility>

#include "agent/heartbeat/heartbeat_json.h"

namespace vigil::agent {
namespace {

constexpr std::chrono::seconds kQueueRetryFirst{5};
constexpr std::chrono::seconds kQueueRetryLast{60};

}  // namespace

AgentCore::AgentCore(CoreParts parts, std::vector<parser::Format> root_formats)
    : parts_(parts),
      intake_(parts.logs, parts.outbox, parts.maker, std::move(root_formats)) {}

void AgentCore::step(WallTime wall_now, MonoTime now) {
  parts_.logs.step(now, wall_now);
  if (!queue_trouble_.empty() && now < queue_retry_at_) {
    has_more_ = false;
    return;
  }
  read_logs(wall_now, now);
  auto delivered = parts_.delivery.step(now, wall_now);
  if (!delivered) {
    note_queue_failure(delivered.error(), now);
  } else if (!queue_trouble_.empty() && is_caught_up_) {
    note_queue_success(wall_now);
  }
  tell_changes();
}

void AgentCore::read_logs(WallTime wall_now, MonoTime now) {
  has_more_ = false;
  if (parts_.outbox.is_full()) {
    if (!std::exchange(is_at_cap_, true)) parts_.log.queue_at_cap();
    return;
  }
  is_at_cap_ = false;
  const auto read = intake_.step(wall_now, now);
  if (!read) return note_queue_failure(read.error(), now);
  has_more_ = *read == Intake::Progress::more;
  is_caught_up_ = !has_more_;
  const auto vanished = parts_.logs.take_vanished();
  if (vanished.empty()) return;
  // Where this fails the positions stay, which costs some room and nothing else.
  if (parts_.outbox.forget_files(vanished)) static_cast<void>(parts_.outbox.commit(wall_now));
}

void AgentCore::note_queue_failure(const Error& error, MonoTime now) {
  has_more_ = false;
  is_caught_up_ = false;
  if (queue_trouble_.empty()) parts_.log.queue_unusable(error.message);
  queue_trouble_ = error.message;
  queue_retry_after_ = std::clamp(queue_retry_after_ * 2, kQueueRetryFirst, kQueueRetryLast);
  queue_retry_at_ = now + queue_retry_after_;
}

void AgentCore::note_queue_success(WallTime wall_now) {
  queue_trouble_.clear();
  queue_retry_after_ = {};
  parts_.log.queue_usable_again();
  merge_fallback(wall_now);
}

void AgentCore::merge_fallback(WallTime wall_now) {
  const auto content = parts_.fallback.read();
  if (!content || content->bodies.empty()) return;
  std::vector<OutboxEntry> entries;
  for (const auto& body : content->bodies) entries.push_back({Lane::live, Origin::once, body});
  if (!parts_.outbox.append(entries, wall_now) || !parts_.outbox.commit(wall_now)) return;
  // Being killed here repeats heartbeats that have their ids: the hub keeps each once.
  if (parts_.fallback.remove()) parts_.log.fallback_merged(entries.size());
}

Result<std::size_t> AgentCore::submit(std::vector<Heartbeat> heartbeats, WallTime wall_now,
                                      MonoTime now) {
  std::vector<std::string> bodies;
  for (auto& heartbeat : heartbeats) {
    bodies.push_back(to_json(parts_.maker.complete(std::move(heartbeat), wall_now, now)));
  }
  std::vector<OutboxEntry> entries;
  for (const auto& body : bodies) entries.push_back({Lane::live, Origin::once, body});
  auto queued = parts_.outbox.append(entries, wall_now);
  if (queued) queued = parts_.outbox.commit(wall_now);
  if (queued) return entries.size();
  note_queue_failure(queued.error(), now);
  for (const auto& body : bodies) VIGIL_TRY(parts_.fallback.append(body));
  return entries.size();
}

void AgentCore::start(WallTime wall_now) { merge_fallback(wall_now); }

MonoTime AgentCore::deadline(MonoTime now) const {
  const MonoTime watched = parts_.logs.deadline();
  if (!queue_trouble_.empty()) return std::min(watched, queue_retry_at_);
  return std::min(watched, parts_.delivery.deadline(now));
}

bool AgentCore::is_settled() const {
  if (!queue_trouble_.empty()) return true;
  return is_caught_up_ && !has_more_ && parts_.delivery.progress() != Progress::working;
}

void AgentCore::tell_changes() {
  const watcher::WatchStatus now = parts_.logs.status();
  if (now.watches_failed > told_.watches_failed) parts_.log.watch_limited(now.watches_failed);
  if (now.polling_only && !told_.polling_only) parts_.log.polling_only();
  if (now.overflows > told_.overflows) parts_.log.events_lost(now.overflows);
  told_ = now;
  for (const auto& sink : parts_.delivery.states()) {
    const bool is_well = sink.attempts == 0;
    const std::string state = is_well ? "delivering" : sink.state;
    std::string& told = told_sinks_[sink.name];
    if (told == state || (told.empty() && is_well)) continue;
    told = state;
    parts_.log.sink_changed(sink.name.text(), state, sink.last_error);
  }
}

}  // namespace vigil::agent
