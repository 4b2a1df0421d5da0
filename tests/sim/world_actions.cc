// What the actions of a scenario do, and how a run ends.

#include <algorithm>

#include "tests/sim/world.h"

namespace vigil::sim {

using namespace std::chrono_literals;

namespace {

/// The longest that any timer may need once all is well: a Retry-After of an hour, then a pause of
/// a quarter of one.
constexpr auto kRestMax = 3h;

/// By then the full listing has come round.
constexpr auto kListed = 20min;

void fail_sync(SimDisk& disk, Dice dice) {
  disk.fail_next_sync(dice.one_in(2) ? SimDisk::Unsynced::kept : SimDisk::Unsynced::dropped);
}

}  // namespace

void World::act(const Action& action) {
  trace_.add("action", name_of(action.what));
  if (action.what <= Do::write_back) return act_on_logs(action);
  if (action.what <= Do::flush) return act_on_agent(action);
  act_on_hub(action);
}

void World::act_on_logs(const Action& action) {
  const Dice dice(action.seed);
  switch (action.what) {
    case Do::append: return writer_.append(dice);
    case Do::append_torn: return writer_.append_torn(dice);
    case Do::append_unended: return writer_.append_unended(dice);
    case Do::noise: return writer_.write_noise(dice);
    case Do::rotate: return writer_.rotate(dice);
    case Do::copy_and_truncate: return writer_.copy_and_truncate(dice);
    case Do::rewrite: return writer_.rewrite(dice);
    case Do::replace: return writer_.replace(dice);
    case Do::truncate_and_regrow: return writer_.truncate_and_regrow(dice);
    case Do::resume: return writer_.resume(dice);
    case Do::erase: return writer_.erase(dice);
    case Do::poison:
      if (!ledger_.poisoned().empty()) return;
      writer_.poison(dice);
      network_.weather().poison = ledger_.poisoned();
      return;
    default: return writer_.write_back();
  }
}

void World::act_on_agent(const Action& action) {
  Dice dice(action.seed);
  switch (action.what) {
    case Do::submit: return submit();
    case Do::lose_hints: hints_lost_until_ = now_ + milliseconds(dice.between(100, 20'000)); return;
    case Do::overflow_hints: return overflow(dice);
    case Do::kill_agent: return end_agent(End::killed);
    case Do::cut_agent_power: return end_agent(End::power_cut);
    case Do::kill_agent_in_step: return arm_agent(dice, End::killed);
    case Do::cut_agent_power_in_step: return arm_agent(dice, End::power_cut);
    case Do::restart_agent: return stop_agent();
    case Do::fill_disk: return trouble(agent_disk_, DiskTrouble::full, dice);
    case Do::break_disk: return trouble(agent_disk_, DiskTrouble::broken, dice);
    case Do::make_disk_read_only: return trouble(agent_disk_, DiskTrouble::read_only, dice);
    case Do::fail_sync: return fail_sync(agent_disk_, dice);
    case Do::delete_state: return delete_state(dice);
    case Do::damage_queue: return damage_queue(dice);
    case Do::damage_row: return damage_row(dice);
    case Do::jump_clock: {
      ++outcome_.fired["clock jumped"];
      const std::int64_t hours = dice.one_in(2) ? dice.between(-5, 5) : dice.between(-9'000, 9'000);
      return agent_clock_.jump(std::chrono::hours(hours));
    }
    default: agent_.flush(); return wake_agent();
  }
}

/// A burst that the kernel's queue does not hold, and soon after it logs that go.
void World::overflow(Dice dice) {
  overflow_until_ = now_ + milliseconds(dice.between(50, 2'000));
  for (std::uint64_t i = 1; i <= 3; ++i) writer_.append(dice.fork(i));
  later(milliseconds(dice.between(2'300, 20'000)), [this, dice] {
    if (faults_are_over_) return;
    writer_.erase(dice.fork(4));
    writer_.copy_and_truncate(dice.fork(5));
  });
}

void World::act_on_hub(const Action& action) {
  Dice dice(action.seed);
  switch (action.what) {
    case Do::kill_hub: return end_hub(End::killed);
    case Do::cut_hub_power: return end_hub(End::power_cut);
    case Do::kill_hub_in_step: return arm_hub(dice, End::killed);
    case Do::cut_hub_power_in_step: return arm_hub(dice, End::power_cut);
    case Do::fill_hub_disk: return trouble(hub_disk_, DiskTrouble::full, dice);
    case Do::fail_hub_sync: return fail_sync(hub_disk_, dice);
    case Do::roll_up:
      hub_.roll_up(true_clock_.wall_now());
      if (hub_disk_.is_dead()) end_hub(hub_end_);
      return;
    case Do::outage:
      return cut_wire(milliseconds(dice.one_in(3) ? dice.between(60'000, 1'500'000)
                                                  : dice.between(500, 60'000)));
    case Do::long_outage: return cut_wire(15min);
    case Do::limit_events:
      network_.weather().events_max = 1 + dice.below(5);
      return later(2min, [this] { network_.weather().events_max.reset(); });
    default: return bad_weather(dice);
  }
}

void World::cut_wire(milliseconds lasting) {
  ++unreachable_;
  network_.weather().is_unreachable = true;
  later(lasting, [this] { network_.weather().is_unreachable = --unreachable_ > 0; });
}

void World::bad_weather(Dice dice) {
  Weather& weather = network_.weather();
  const auto chance = [&]() -> std::uint64_t { return dice.one_in(3) ? 20 + dice.below(60) : 0; };
  weather.lose_request = chance();
  weather.lose_answer = chance();
  weather.duplicate = chance();
  weather.delay = chance();
  weather.corrupt = chance();
  weather.canned = chance();
  later(milliseconds(dice.between(5'000, 300'000)), [&weather] {
    weather.lose_request = weather.lose_answer = weather.duplicate = weather.delay = 0;
    weather.corrupt = weather.canned = 0;
  });
}

Outcome World::run() {
  start_hub();
  start_agent();
  for (const auto& action : scenario_.actions) {
    later(action.at, [this, &action] { act(action); });
  }
  const auto last = scenario_.actions.empty() ? 0ms : scenario_.actions.back().at;
  run_until(now_ + last + 1s);
  end_faults();
  come_to_rest();
  writer_.finish();
  check_accounts();
  check_databases();
  check_rows();
  for (const auto& fault : network_.faults()) outcome_.faults.push_back(fault);
  outcome_.trace_hash = trace_.hash();
  return std::move(outcome_);
}

void World::end_faults() {
  faults_are_over_ = true;
  trace_.add("faults", "end");
  for (SimDisk* disk : {&agent_disk_, &hub_disk_}) {
    disk->set_trouble(DiskTrouble::none);
    disk->disarm();
  }
  network_.clear_up();
  hints_lost_until_ = overflow_until_ = {};
  start_hub();
  start_agent();
}

bool World::is_at_rest() const {
  return agent_.is_settled() && !agent_.is_full() && agent_.pending() == 0 && network_.is_quiet();
}

void World::come_to_rest() {
  const MonoTime begin = now_;
  do {
    run_until(now_ + 1min);
    network_.clear_up();  // what was planned while it was bad must not bring it back
  } while ((now_ - begin < kListed || !is_at_rest()) && now_ - begin < kRestMax &&
           outcome_.faults.empty());
  outcome_.simulated = std::chrono::duration_cast<milliseconds>(now_ - begin) +
                       (scenario_.actions.empty() ? 0ms : scenario_.actions.back().at);
  if (!is_at_rest() && outcome_.faults.empty()) {
    outcome_.faults.push_back("does not come to rest: " + std::to_string(agent_.pending()) +
                              " pending (I8)");
  }
}

Outcome simulate(const Scenario& scenario, std::ostream* trace) {
  return World(scenario, trace).run();
}

}  // namespace vigil::sim
