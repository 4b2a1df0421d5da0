#include "agent/delivery/delivery.h"

#include <algorithm>

#include "base/check.h"
#include "base/planted_bug.h"

namespace vigil::agent {

Delivery::Delivery(DeliveryParts parts, SourceId source, std::vector<SinkSettings> sinks)
    : parts_(parts), source_(std::move(source)) {
  check(sinks.size() <= kSinksServedMax);
  for (auto& sink : sinks) {
    auto& channel = *channels_.emplace_back(std::make_unique<Channel>());
    channel.settings = std::move(sink);
    for (const Lane lane : kLanes) channel.lanes.emplace_back(channel.settings, lane, parts_);
  }
}

Delivery::~Delivery() = default;

const LaneSender& Delivery::Channel::worst() const {
  return *std::ranges::max_element(lanes, {}, &LaneSender::condition);
}

Result<void> Delivery::start(WallTime wall_now) {
  std::vector<SinkName> names;
  names.reserve(channels_.size());
  for (const auto& channel : channels_) names.push_back(channel->settings.name);
  VIGIL_TRY(parts_.outbox.set_sinks(names));
  for (const auto& name : names) VIGIL_TRY(parts_.outbox.note(name, {}));
  return parts_.outbox.commit(wall_now);
}

Result<void> Delivery::step(MonoTime now, WallTime wall_now) {
  auto done = take_answers(now, wall_now);
  if (done && !paused_) done = prepare(now, wall_now);
  if (done) done = note_conditions(now, wall_now);
  if (done && planted(PlantedBug::sent_before_commit)) send(now, wall_now);
  if (done) done = parts_.outbox.commit(wall_now);
  if (!done) {
    parts_.outbox.rollback();
    rolled_back();
    return done;
  }
  send(now, wall_now);
  return done;
}

Result<void> Delivery::take_answers(MonoTime now, WallTime wall_now) {
  Result<void> done;
  for (const auto& finished : parts_.transport.take()) {
    for (auto& channel : channels_) {
      for (auto& lane : channel->lanes) {
        if (!lane.is_sending(finished.ticket)) continue;
        // After a failure the others are still told: what cannot be stored is sent again.
        auto applied = lane.finish(finished.answer, now, wall_now);
        if (!applied) done = std::move(applied);
      }
    }
  }
  // All that is ready was committed in an earlier step.
  if (done) send(now, wall_now);
  return done;
}

void Delivery::rolled_back() {
  for (auto& channel : channels_) {
    for (auto& lane : channel->lanes) lane.forget_uncommitted();
  }
}

void Delivery::send(MonoTime now, WallTime wall_now) {
  if (paused_) return;
  for (auto& channel : channels_) {
    for (auto& lane : channel->lanes) lane.send(now, wall_now);
  }
}

Result<void> Delivery::prepare(MonoTime now, WallTime wall_now) {
  for (auto& channel : channels_) {
    for (auto& lane : channel->lanes) VIGIL_TRY(lane.prepare(source_, now, wall_now));
  }
  return {};
}

Result<void> Delivery::note_conditions(MonoTime now, WallTime wall_now) {
  for (auto& channel : channels_) {
    const auto& lane = channel->worst();
    SinkNote note{std::string(condition_name(lane.condition())), lane.attempts(), lane.last_error(),
                  std::nullopt};
    if (lane.attempts() > 0) {
      const auto left = std::chrono::duration_cast<milliseconds>(lane.next_try() - now);
      note.next_try = wall_now + std::max(left, milliseconds(0));
    }
    // Told when something happened, not at every step: the time left alone is no news.
    if (note.condition == channel->noted.condition && note.attempts == channel->noted.attempts) {
      continue;
    }
    VIGIL_TRY(parts_.outbox.note(channel->settings.name, note));
    channel->noted = std::move(note);
  }
  return {};
}

MonoTime Delivery::deadline(MonoTime now) const {
  MonoTime earliest = MonoTime::max();
  if (paused_) return earliest;
  for (const auto& channel : channels_) {
    for (const auto& lane : channel->lanes) earliest = std::min(earliest, lane.deadline(now));
  }
  return earliest;
}

void Delivery::flush(MonoTime now) {
  for (auto& channel : channels_) {
    for (auto& lane : channel->lanes) lane.flush(now);
  }
}

std::optional<Delivery::NewStore> Delivery::take_new_store() {
  for (auto& channel : channels_) {
    for (auto& lane : channel->lanes) {
      if (auto id = lane.take_new_store(); !id.empty()) {
        return NewStore{channel->settings.name, std::move(id)};
      }
    }
  }
  return std::nullopt;
}

DeliveryProgress Delivery::progress() const {
  DeliveryProgress progress = DeliveryProgress::drained;
  for (const auto& channel : channels_) {
    for (const auto& lane : channel->lanes) {
      if (lane.is_stuck()) {
        progress = DeliveryProgress::stuck;
      } else if (lane.is_sending() || lane.backlog().pending > 0) {
        return DeliveryProgress::working;
      }
    }
  }
  return progress;
}

std::vector<SinkState> Delivery::states() const {
  std::vector<SinkState> states;
  for (const auto& channel : channels_) {
    SinkState& state = states.emplace_back();
    state.name = channel->settings.name;
    state.url = channel->settings.url;
    bool sending = false;
    for (const auto& lane : channel->lanes) {
      const Backlog backlog = lane.backlog();
      state.pending += backlog.pending;
      state.delivered += backlog.delivered;
      state.quarantined += backlog.quarantined;
      state.evicted += backlog.evicted;
      sending = sending || lane.is_sending();
    }
    const auto& worst = channel->worst();
    state.attempts = worst.attempts();
    state.last_error = worst.last_error();
    if (worst.attempts() > 0) state.next_try = worst.next_try();
    if (paused_) {
      state.state = "paused";
    } else if (worst.condition() != LaneCondition::ok) {
      state.state = condition_name(worst.condition());
    } else {
      state.state = sending ? "sending" : state.pending > 0 ? "pending" : "idle";
    }
  }
  return states;
}

}  // namespace vigil::agent
