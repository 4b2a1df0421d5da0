#include "agent/delivery/lane_sender.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/config/address.h"
#include "base/check.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

/// So many single events running refused with the same answer are not poison: it is the
/// configuration, and quarantining event after event would only empty the queue.
constexpr std::uint32_t kRefusalsMax = 3;

Backoff backoff_of(LaneCondition condition) {
  const bool passes_by_itself =
      condition == LaneCondition::retrying || condition == LaneCondition::no_key;
  return passes_by_itself ? kRetryBackoff : kPauseBackoff;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string authority_of(const Url& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  const std::string host = lower_case(is_v6 ? "[" + url.host + "]" : url.host);
  const bool is_default = url.port == (url.scheme == "https" ? 443 : 80);
  return is_default ? host : host + ":" + std::to_string(url.port);
}

}  // namespace

std::string_view condition_name(LaneCondition condition) {
  static constexpr std::array<std::string_view, 6> kNames{"ok",     "retrying",  "no key",
                                                          "denied", "misplaced", "misconfigured"};
  return kNames.at(static_cast<std::size_t>(condition));
}

LaneSender::LaneSender(const SinkSettings& sink, Lane lane, DeliveryParts parts)
    : sink_(sink), lane_(lane), parts_(parts) {}

Backlog LaneSender::backlog() const {
  return parts_.outbox.backlog(sink_.name, lane_);
}

bool LaneSender::is_full(const Backlog& backlog) const {
  return backlog.unsealed >= sink_.limits.events || backlog.unsealed_bytes >= sink_.limits.bytes;
}

bool LaneSender::is_due(const Backlog& backlog, MonoTime now) const {
  return flush_ || is_full(backlog) || (due_ && now >= *due_);
}

/// What is not in a hurry may still grow: ahead only full ones are sealed.
bool LaneSender::wants_batch(MonoTime now) const {
  const Backlog left = backlog();
  return batch_ ? is_full(left) : left.unsealed > 0 && is_due(left, now);
}

Result<void> LaneSender::prepare(const SourceId& source, MonoTime now, WallTime wall_now) {
  if (planted(PlantedBug::timer_on_wall_clock)) now = MonoTime(wall_now.time_since_epoch());
  const Backlog waiting = backlog();
  if (waiting.unsealed == 0)
    due_.reset();
  else if (!due_)
    due_ = now + sink_.timer;
  if (waiting.pending == 0) flush_ = false;
  if (now < not_before_) return {};
  if (!ticket_ && !batch_ && !holds_all_) {
    batch_ = VIGIL_TRY(parts_.outbox.unsettled(sink_.name, lane_));
    holds_all_ = !batch_;
  }
  while (holds_all_ && ahead_.size() < kAheadMax && wants_batch(now)) {
    auto sealed = VIGIL_TRY(parts_.outbox.seal(sink_.name, lane_, sink_.limits, source, wall_now));
    if (!sealed) {  // the outbox counted anew and forgot all that was sealed
      batch_.reset();
      look_again();
      break;
    }
    if (!batch_)
      batch_ = std::move(sealed);
    else
      ahead_.push_back(*std::move(sealed));
    due_.reset();
    if (backlog().unsealed > 0) due_ = now + sink_.timer;
  }
  return {};
}

/// The outbox may hold sealed batches that are not known here.
void LaneSender::look_again() {
  ahead_.clear();
  holds_all_ = false;
}

void LaneSender::send(MonoTime now, WallTime wall_now) {
  if (ticket_ || !batch_) return;
  const auto url = parse_url(sink_.url);
  if (!url) return wait(LaneCondition::misplaced, "not a usable address", now);
  const std::string authority = authority_of(*url);
  failpoint("delivery.sign");
  auto signer =
      parts_.signer.signer_of({batch_->id, authority, url->path, wall_now + clock_offset_});
  if (!signer) return wait(LaneCondition::no_key, signer.error().message, now);
  HttpRequest request;
  request.url = sink_.url;
  request.headers = {{"Host", authority}, {"Content-Type", "application/json"}};
  request.sign = std::move(*signer);
  request.body = std::move(batch_->body);
  request.ca_file = sink_.ca_file;
  request.proxy = sink_.proxy;
  const auto ticket = parts_.transport.send(std::move(request));
  if (!ticket) return wait(LaneCondition::retrying, ticket.error().message, now);
  ticket_ = *ticket;
  failpoint("delivery.sent");
}

Result<void> LaneSender::finish(const Result<HttpAnswer>& answer, MonoTime now, WallTime wall_now) {
  failpoint("delivery.answered");
  ticket_.reset();
  if (!batch_) return {};  // what it came after is not settled any more: both are sent again
  const SealedBatch batch = *std::move(batch_);
  batch_.reset();
  return apply(judge(answer, batch, sink_.acknowledged_by, wall_now), batch, now, wall_now);
}

Result<void> LaneSender::apply(const Decision& decision, const SealedBatch& batch, MonoTime now,
                               WallTime wall_now) {
  const bool is_late = planted(PlantedBug::retry_deadline) && attempts_ >= 5;
  const bool is_dropped = planted(PlantedBug::too_large_dropped);
  if (is_late || (is_dropped && decision.verdict == Verdict::too_large))
    return take_delivered(decision, batch, wall_now);
  if (decision.verdict != Verdict::delivered) look_again();
  switch (decision.verdict) {
    case Verdict::delivered: return take_delivered(decision, batch, wall_now);
    case Verdict::refused: return take_refused(decision, batch, now, wall_now);
    case Verdict::too_large:
      if (batch.events > 1) return parts_.outbox.split(batch, wall_now);
      return quarantine(batch, "too_large", wall_now);
    case Verdict::skewed: take_skew(decision, now); return {};
    case Verdict::retry: wait(LaneCondition::retrying, decision.reason, now, decision.wait); break;
    case Verdict::denied: wait(LaneCondition::denied, decision.reason, now); break;
    case Verdict::misplaced: wait(LaneCondition::misplaced, decision.reason, now); break;
  }
  return {};
}

Result<void> LaneSender::take_delivered(const Decision& decision, const SealedBatch& batch,
                                        WallTime wall_now) {
  failpoint("delivery.settle.before");
  VIGIL_TRY(parts_.outbox.settle(batch, decision.refused, wall_now));
  failpoint("delivery.settle.after");
  if (!decision.store.empty() &&
      !VIGIL_TRY(parts_.outbox.is_known_store(sink_.name, decision.store))) {
    new_store_ = decision.store;
  }
  recover();
  refusals_ = 0;
  suspects_.clear();
  if (ahead_.empty()) return {};
  batch_ = std::move(ahead_.front());
  ahead_.pop_front();
  return {};
}

/// Halves until a single event is left. That one is poison and goes to quarantine, unless it is the
/// third running: then all three stay queued and the lane waits for a person.
Result<void> LaneSender::take_refused(const Decision& decision, const SealedBatch& batch,
                                      MonoTime now, WallTime wall_now) {
  if (batch.events > 1) return parts_.outbox.split(batch, wall_now);
  if (decision.reason != refusal_) {
    refusals_ = 0;
    suspects_.clear();
  }
  refusal_ = decision.reason;
  refusals_ = std::min(refusals_ + 1, kRefusalsMax);
  if (refusals_ < kRefusalsMax) return quarantine(batch, "refused", wall_now);
  failpoint("delivery.misconfigured");
  const auto suspects = std::exchange(suspects_, {});
  wait(LaneCondition::misconfigured, decision.reason, now);
  return parts_.outbox.retry_quarantined(suspects, wall_now);
}

Result<void> LaneSender::quarantine(const SealedBatch& batch, const std::string& code,
                                    WallTime wall_now) {
  const std::array refused{Refusal{0, code}};
  const auto places = VIGIL_TRY(parts_.outbox.settle(batch, refused, wall_now));
  if (planted(PlantedBug::quarantine_loop))
    VIGIL_TRY(parts_.outbox.retry_quarantined(places, wall_now));
  suspects_.insert(suspects_.end(), places.begin(), places.end());
  recover();
  return {};
}

/// Our clock is off: the next signature carries the other side's time. Said twice running, it is
/// not the clock.
void LaneSender::take_skew(const Decision& decision, MonoTime now) {
  if (corrected_clock_ && planted(PlantedBug::clock_followed_once))
    return wait(LaneCondition::denied, decision.reason, now);
  clock_offset_ = decision.clock_offset;  // also then: the clock may have jumped once more
  if (corrected_clock_) return wait(LaneCondition::denied, decision.reason, now);
  corrected_clock_ = true;
}

void LaneSender::wait(LaneCondition condition, const std::string& why, MonoTime now,
                      std::optional<std::chrono::milliseconds> exactly) {
  failpoint("delivery.wait");
  batch_.reset();  // made again from its rows: no copy is held through an outage
  look_again();
  condition_ = condition;
  last_error_ = why;
  ++attempts_;
  const auto usual = wait_after(attempts_, backoff_of(condition), parts_.random);
  not_before_ = now + (exactly ? std::max(*exactly, kRetryBackoff.first) : usual);
}

void LaneSender::recover() {
  condition_ = LaneCondition::ok;
  attempts_ = 0;
  last_error_.clear();
  corrected_clock_ = false;
  not_before_ = {};
}

void LaneSender::forget_uncommitted() {
  batch_.reset();
  look_again();
  refusals_ = 0;  // what was to be quarantined for them was not: it is refused once more
  suspects_.clear();
}

void LaneSender::flush(MonoTime now) {
  flush_ = true;
  not_before_ = std::min(not_before_, now);
}

MonoTime LaneSender::deadline(MonoTime now) const {
  if (ticket_) return MonoTime::max();
  const Backlog waiting = backlog();
  if (waiting.pending == 0) return MonoTime::max();
  const bool sealed = waiting.pending > waiting.unsealed;
  if (sealed || is_due(waiting, now)) return std::max(not_before_, now);
  return std::max(not_before_, due_.value_or(now));
}

bool LaneSender::is_stuck() const {
  return !ticket_ && attempts_ > 0 && backlog().pending > 0;
}

}  // namespace vigil::agent
