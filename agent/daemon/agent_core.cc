#include "agent/daemon/agent_core.h"

#include <algorithm>
#include <utility>

#include "agent/heartbeat/heartbeat_json.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

constexpr std::chrono::seconds kQueueRetryFirst{5};
constexpr std::chrono::seconds kQueueRetryLast{60};

/// `agent heartbeat` writes to the fallback file too, where an agent is only just starting.
constexpr std::chrono::minutes kFallbackInterval{1};

/// Heartbeats that are held while neither the queue nor the fallback file can be written.
constexpr std::size_t kSeenMax = 10'000;

/// Asking the watcher costs a look at every file that it knows.
constexpr std::chrono::seconds kTellInterval{1};

}  // namespace

AgentCore::AgentCore(CoreParts parts, std::vector<parser::Format> root_formats)
    : parts_(parts),
      intake_(parts.logs, parts.outbox, parts.maker, parts.admission, parts.projects,
              std::move(root_formats)) {}

void AgentCore::step(WallTime wall_now, MonoTime now) {
  parts_.logs.step(now, wall_now);
  if (parts_.projects != nullptr) parts_.projects->step(wall_now, now);
  const bool is_waiting = this->is_waiting(now);
  has_more_ = false;
  Result<void> done;
  if (!is_waiting) {
    parts_.delivery.resume();
    done = take_in(wall_now, now);
    if (!done) roll_back();
  }
  if (is_waiting || !done) put_by_what_is_seen(wall_now, now);
  // Also meanwhile: answers must be taken, and what was delivered makes room.
  auto delivered = parts_.delivery.step(now, wall_now);
  // Its commit is also that of what was read.
  if (delivered) {
    intake_.committed();
    if (done && !is_waiting) seen_.clear();
  } else {
    roll_back();
    parts_.delivery.pause();  // what cannot be stored as delivered would go out again at once
  }
  if (done) done = std::move(delivered);
  if (!done) {
    note_queue_failure(done.error(), now);
  } else if (!is_waiting) {
    note_queue_success();
  }
  // Room was made by what was delivered just now; nobody else would wake us for it.
  if (queue_trouble_.empty() && is_at_cap_ && !parts_.outbox.is_full()) has_more_ = true;
  tell_changes(now);
}

/// Undoes what was put into the transaction since the last commit.
void AgentCore::roll_back() {
  intake_.roll_back();
  parts_.delivery.rolled_back();
}

bool AgentCore::is_waiting(MonoTime now) const {
  return !queue_trouble_.empty() && now < queue_retry_at_;
}

Result<void> AgentCore::take_in(WallTime wall_now, MonoTime now) {
  VIGIL_TRY(parts_.outbox.ready());  // else what is queued would wait for something new
  if (now >= fallback_look_at_) {
    fallback_look_at_ = now + kFallbackInterval;
    fallback_waits_ = true;
  }
  while (fallback_waits_) VIGIL_TRY(merge_fallback(wall_now));
  VIGIL_TRY(read_logs(wall_now, now));
  VIGIL_TRY(take_in_projects(wall_now, now));
  if (is_catching_up_ && (is_caught_up_ || is_at_cap_)) {
    is_catching_up_ = false;
    parts_.delivery.flush(now);
  }
  return {};
}

Result<void> AgentCore::read_logs(WallTime wall_now, MonoTime now) {
  if (parts_.outbox.is_full()) {
    is_caught_up_ = false;
    if (!std::exchange(is_at_cap_, true)) parts_.log.queue_at_cap();
    return {};
  }
  is_at_cap_ = false;
  do {
    // A destination does not wait for the end of a long step.
    VIGIL_TRY(parts_.delivery.take_answers(now, wall_now));
    has_more_ = VIGIL_TRY(intake_.read(wall_now, now)) == Intake::Progress::more;
  } while (has_more_ && intake_.has_room());
  VIGIL_TRY(intake_.store(wall_now));
  is_caught_up_ = !has_more_;
  const auto vanished = parts_.logs.take_vanished();
  if (vanished.empty()) return {};
  return parts_.outbox.forget_files(vanished);
}

void AgentCore::gather_seen(WallTime wall_now, MonoTime now) {
  for (const auto& heartbeat : parts_.projects->take(wall_now, now)) {
    seen_.push_back(to_json(heartbeat));
  }
}

/// What is seen in projects happens once: it goes into the transaction at once, and is kept until
/// that is durable.
Result<void> AgentCore::take_in_projects(WallTime wall_now, MonoTime now) {
  if (parts_.projects == nullptr) return {};
  gather_seen(wall_now, now);
  has_more_ = has_more_ || parts_.projects->has_more();
  std::vector<OutboxEntry> entries;
  entries.reserve(seen_.size());
  for (const auto& body : seen_) entries.push_back({Lane::live, Origin::once, body});
  if (!entries.empty()) VIGIL_TRY(parts_.outbox.append(entries, wall_now));
  failpoint("projects.appended");
  for (const auto& tree : parts_.projects->take_trees(wall_now, now)) {
    VIGIL_TRY(parts_.outbox.store_tree(tree));
  }
  for (const auto& root : parts_.projects->take_dropped()) {
    VIGIL_TRY(parts_.outbox.forget_tree(root));
  }
  return {};
}

/// While the queue cannot be written: into the fallback file, as far as that can.
void AgentCore::put_by_what_is_seen(WallTime wall_now, MonoTime now) {
  if (parts_.projects == nullptr) return;
  gather_seen(wall_now, now);
  while (!seen_.empty() && parts_.fallback.append(seen_.back())) {
    seen_.pop_back();
    fallback_waits_ = true;
  }
  if (seen_.size() > kSeenMax) seen_.erase(seen_.begin(), seen_.end() - kSeenMax);
}

void AgentCore::note_queue_failure(const Error& error, MonoTime now) {
  has_more_ = false;
  is_caught_up_ = false;
  is_queue_damaged_ = is_queue_damaged_ || error.code == Errc::damaged;
  const bool is_new = queue_trouble_.empty();
  if (is_new && !is_queue_damaged_) parts_.log.queue_unusable(error.message);
  queue_trouble_ = error.message;
  if (!is_new && now < queue_retry_at_) return;
  // Trouble that comes back soon after it seemed to have passed is still the same.
  if (now - queue_retry_at_ > kQueueRetryLast) queue_retry_after_ = {};
  queue_retry_after_ = std::clamp(queue_retry_after_ * 2, kQueueRetryFirst, kQueueRetryLast);
  queue_retry_at_ = now + queue_retry_after_;
}

void AgentCore::note_queue_success() {
  if (queue_trouble_.empty()) return;
  queue_trouble_.clear();
  parts_.log.queue_usable_again();
}

Result<void> AgentCore::merge_fallback(WallTime wall_now) {
  const auto content = parts_.fallback.take();
  if (!content) {  // later again: the queue itself may be well
    fallback_waits_ = false;
    parts_.log.fallback_unreadable(content.error().message);
    return {};
  }
  fallback_waits_ = content->has_value();
  if (!fallback_waits_) return {};
  std::vector<OutboxEntry> entries;
  for (const auto& body : (*content)->bodies) entries.push_back({Lane::live, Origin::once, body});
  if (!entries.empty()) {
    VIGIL_TRY(parts_.outbox.append(entries, wall_now));
    failpoint("fallback.merge.appended");
    if (!planted(PlantedBug::fallback_uncommitted)) VIGIL_TRY(parts_.outbox.commit(wall_now));
    parts_.log.fallback_merged(entries.size());
  }
  if ((*content)->damaged_bytes > 0) parts_.log.fallback_damaged((*content)->damaged_bytes);
  failpoint("fallback.merge.committed");
  // Where it stays (or we are killed here) its heartbeats come again, under the ids that they have:
  // the hub keeps each once.
  if (const auto removed = parts_.fallback.remove_taken(); !removed) {
    fallback_waits_ = false;
    parts_.log.fallback_unreadable(removed.error().message);
  }
  return {};
}

Result<std::size_t> AgentCore::submit(std::vector<Heartbeat> heartbeats, WallTime wall_now,
                                      MonoTime now) {
  std::vector<std::string> bodies;
  bodies.reserve(heartbeats.size());
  for (auto& heartbeat : heartbeats) {
    if (parts_.admission != nullptr &&
        !parts_.admission->admits(heartbeat.time, heartbeat.entity)) {
      parts_.outbox.count(Counter::events_excluded, 1);
      continue;
    }
    bodies.push_back(to_json(parts_.maker.complete(std::move(heartbeat), wall_now, now)));
  }
  // In known trouble not even tried: each failure would put off the next try for the logs.
  if (queue_trouble_.empty()) {
    std::vector<OutboxEntry> entries;
    entries.reserve(bodies.size());
    for (const auto& body : bodies) entries.push_back({Lane::live, Origin::once, body});
    auto queued = parts_.outbox.append(entries, wall_now);
    failpoint("submit.appended");
    if (queued) queued = parts_.outbox.commit(wall_now);
    if (queued) return bodies.size();
    note_queue_failure(queued.error(), now);
  }
  fallback_waits_ = true;
  failpoint("fallback.append");
  for (const auto& body : bodies) VIGIL_TRY(parts_.fallback.append(body));
  return bodies.size();
}

void AgentCore::catch_up() {
  parts_.logs.request_reconcile();
  is_catching_up_ = true;
  is_caught_up_ = false;
  has_more_ = true;
}

MonoTime AgentCore::deadline(MonoTime now) const {
  MonoTime first = std::min(parts_.logs.deadline(), parts_.delivery.deadline(now));
  if (parts_.projects != nullptr) first = std::min(first, parts_.projects->deadline());
  return queue_trouble_.empty() ? first : std::min(first, queue_retry_at_);
}

bool AgentCore::is_settled() const {
  if (!queue_trouble_.empty()) return true;
  if (has_more_ || is_catching_up_ || !(is_caught_up_ || is_at_cap_)) return false;
  if (parts_.delivery.progress() == DeliveryProgress::working) return false;
  return parts_.projects == nullptr || parts_.projects->is_looked_through();
}

void AgentCore::tell_changes(MonoTime now) {
  if (now >= tell_again_at_) {
    tell_again_at_ = now + kTellInterval;
    tell_watcher_changes();
  }
  for (const auto& sink : parts_.delivery.states()) {
    const bool is_well = sink.attempts == 0;
    const std::string state = is_well ? "delivering" : sink.state;
    std::string& told = told_sinks_[sink.name];
    if (told == state || (told.empty() && is_well)) continue;
    told = state;
    parts_.log.sink_changed(sink.name.text(), state, sink.last_error);
  }
}

void AgentCore::tell_watcher_changes() {
  const watcher::WatchStatus now = parts_.logs.status();
  if (now.watches_failed > told_.watches_failed) parts_.log.watch_limited(now.watches_failed);
  if (now.polling_only && !told_.polling_only) parts_.log.polling_only();
  if (now.overflows > told_.overflows) parts_.log.events_lost(now.overflows);
  told_ = now;
}

}  // namespace vigil::agent
