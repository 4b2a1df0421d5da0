// What befalls the agent's queue from outside, and what may be lost by it.

#include <algorithm>

#include "tests/sim/world.h"

namespace vigil::sim {

using namespace std::chrono_literals;

/// The queue is gone: what can only have been in it may be lost.
void World::forgive(std::string_view why) {
  ledger_.forgive(why);
  writer_.forget_observed();
  network_.forget_numbers();
  for (auto& [project, submission] : submissions_) submission.must = submission.is_acknowledged;
}

/// A queue that is set aside takes along what nobody can read again.
void World::note_rebuilds() {
  if (agent_.rebuilds() == rebuilds_) return;
  rebuilds_ = agent_.rebuilds();
  trace_.add("queue rebuilt");
  if (!was_damaged_) outcome_.faults.emplace_back("the queue was set aside, but nobody damaged it");
  forgive("queue rebuilt");
  can_read_ = false;  // what was read before went with the queue; all begins anew
  started_ = now_;
}

/// Mostly by somebody who waits until the hub has what the queue holds.
void World::delete_state(Dice dice) {
  if (faults_are_over_) return;
  const bool is_idle = agent_.is_up() && agent_.pending() == 0;
  if (!is_idle && !dice.one_in(20)) {
    dice.next();
    return later(10s, [this, dice] { delete_state(dice); });
  }
  ++outcome_.fired["state deleted"];
  end_agent(End::killed);
  agent_disk_.erase_below(std::string(AgentMachine::kState));
  forgive("state deleted");
}

void World::damage_queue(Dice dice) {
  const std::string path = AgentMachine::queue_path();
  if (agent_disk_.text(path).empty()) return;
  begin_damage();
  const auto size = agent_disk_.text(path).size();
  switch (dice.below(4)) {
    case 0: return agent_disk_.overwrite(path, 0, std::string(64, 'x'));
    case 1: return agent_disk_.shorten(path, dice.below(size / 512) * 512);
    case 2: return agent_disk_.shorten(path, 0);
    default: return damage_body(dice);
  }
}

/// As soon as heartbeats wait in the queue, but not many: all of them are set aside with it.
void World::damage_row(Dice dice) {
  constexpr std::uint64_t kWaitingMax = 4;
  if (faults_are_over_) return;
  const auto waiting = agent_.pending();
  if (waiting == 0 || waiting > kWaitingMax) return later(1s, [this, dice] { damage_row(dice); });
  agent_.stop();  // in good order: then all of it is in this file
  begin_damage();
  damage_body(dice);
}

void World::begin_damage() {
  end_agent(End::killed);
  ++outcome_.fired["queue damaged"];
  was_damaged_ = true;
  forgive("queue damaged");
}

/// One digit of a heartbeat in the queue becomes another.
void World::damage_body(Dice dice) {
  constexpr std::string_view kBody = R"({"id":"evt_)";
  const std::string path = AgentMachine::queue_path();
  const std::string text = agent_disk_.text(path);
  auto body = text.find(kBody, dice.below(text.size()));
  if (body == std::string::npos) body = text.find(kBody);
  if (body == std::string::npos) return;  // all are in the log of writes
  const auto at = text.find_first_of("0123456789", body + kBody.size() + dice.below(200));
  if (at == std::string::npos) return;
  ++outcome_.fired["queued heartbeat damaged"];
  agent_disk_.overwrite(path, at, text[at] == '7' ? "8" : "7");
}

}  // namespace vigil::sim
