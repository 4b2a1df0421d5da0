#include "tests/sim/scenario.h"

#include <array>

#include "tests/sim/dice.h"

namespace vigil::sim {
namespace {

using std::chrono::milliseconds;

struct Choice {
  Do what;
  std::string_view name;
  std::uint64_t weight;
};

/// In the order of the enumeration.
constexpr std::array<Choice, kDos> kChoices{{
    {Do::append, "append", 60},
    {Do::append_torn, "append torn", 8},
    {Do::append_unended, "append without LF", 4},
    {Do::noise, "noise", 4},
    {Do::rotate, "rotate", 6},
    {Do::copy_and_truncate, "copy and truncate", 6},
    {Do::rewrite, "rewrite", 8},
    {Do::replace, "replace", 4},
    {Do::truncate_and_regrow, "truncate and regrow", 4},
    {Do::resume, "resume", 4},
    {Do::erase, "erase", 6},
    {Do::poison, "poison", 2},
    {Do::write_back, "write back", 6},
    {Do::submit, "submit", 8},
    {Do::lose_hints, "lose hints", 2},
    {Do::overflow_hints, "overflow", 4},
    {Do::kill_agent, "kill agent", 4},
    {Do::cut_agent_power, "cut agent power", 4},
    {Do::kill_agent_in_step, "kill agent in step", 6},
    {Do::cut_agent_power_in_step, "cut agent power in step", 8},
    {Do::restart_agent, "restart agent", 2},
    {Do::fill_disk, "fill disk", 4},
    {Do::break_disk, "break disk", 3},
    {Do::make_disk_read_only, "read-only disk", 2},
    {Do::fail_sync, "fail sync", 3},
    {Do::delete_state, "delete state", 1},
    {Do::damage_queue, "damage queue", 1},
    {Do::damage_row, "damage heartbeat", 1},
    {Do::jump_clock, "jump clock", 3},
    {Do::flush, "flush", 4},
    {Do::kill_hub, "kill hub", 3},
    {Do::cut_hub_power, "cut hub power", 3},
    {Do::kill_hub_in_step, "kill hub in step", 3},
    {Do::cut_hub_power_in_step, "cut hub power in step", 6},
    {Do::fill_hub_disk, "fill hub disk", 2},
    {Do::fail_hub_sync, "fail hub sync", 2},
    {Do::roll_up, "roll up", 2},
    {Do::outage, "outage", 5},
    {Do::bad_weather, "bad weather", 10},
    {Do::limit_events, "limit events", 3},
    {Do::long_outage, "long outage", 0},
}};

constexpr std::uint64_t kWeights = [] {
  std::uint64_t sum = 0;
  for (const auto& choice : kChoices) sum += choice.weight;
  return sum;
}();

Do draw(Dice& dice) {
  auto at = dice.below(kWeights);
  for (const auto& choice : kChoices) {
    if (at < choice.weight) return choice.what;
    at -= choice.weight;
  }
  return Do::append;
}

/// Mostly close together, so that one fault meets the next; now and then a long rest.
milliseconds pause(Dice& dice) {
  switch (dice.below(8)) {
    case 0: return milliseconds(0);
    case 1:
    case 2: return milliseconds(dice.between(1, 50));
    case 3:
    case 4: return milliseconds(dice.between(50, 2'000));
    case 5:
    case 6: return milliseconds(dice.between(2'500, 8'000));
    default: return milliseconds(dice.between(10'000, 120'000));
  }
}

/// A queue that fills up while the hub is away for longer than anything is kept that cannot be read
/// again.
void add_siege(Scenario& scenario, Dice& dice, milliseconds at) {
  const auto add = [&](Do what, milliseconds in) {
    at += in;
    scenario.actions.push_back({at, what, dice.next()});
  };
  add(Do::long_outage, milliseconds(100));
  for (int i = 0; i < 12; ++i) add(dice.one_in(2) ? Do::submit : Do::append, milliseconds(300));
  for (int i = 0; i < 12; ++i) add(dice.one_in(3) ? Do::submit : Do::append, milliseconds(3'000));
  add(Do::submit, std::chrono::minutes(11));
  for (int i = 0; i < 3; ++i) add(Do::append, milliseconds(500));
  add(Do::submit, std::chrono::minutes(1));
}

}  // namespace

std::string_view name_of(Do what) {
  return kChoices.at(static_cast<std::size_t>(what)).name;
}

Scenario make_scenario(std::uint64_t seed) {
  Dice dice = Dice(seed).fork(1);
  Scenario scenario;
  scenario.seed = seed;
  static constexpr std::array<std::size_t, 4> kBatches{1, 3, 8, 1'000};
  static constexpr std::array<int, 4> kTimers{0, 250, 1'000, 60'000};
  scenario.circumstances = {.batch_events = kBatches[dice.below(kBatches.size())],
                            .timer = milliseconds(kTimers[dice.below(kTimers.size())]),
                            .has_small_queue = dice.one_in(8),
                            .reuses_inodes = !dice.one_in(3)};
  const auto count = static_cast<std::size_t>(dice.between(8, 40));
  milliseconds at{10};
  for (std::size_t i = 0; i < count; ++i) {
    const Do what = i < 2 ? Do::append : draw(dice);
    scenario.actions.push_back({at, what, dice.next()});
    at += pause(dice);
  }
  if (scenario.circumstances.has_small_queue) add_siege(scenario, dice, at);
  return scenario;
}

}  // namespace vigil::sim
