#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace vigil::sim {

/// What a schedule is made of. Most end by themselves after a while.
enum class Do : std::uint8_t {
  // Writers.
  append,
  append_torn,
  append_unended,
  noise,
  rotate,
  copy_and_truncate,
  rewrite,
  replace,
  truncate_and_regrow,
  resume,
  erase,
  poison,
  write_back,
  submit,  ///< a heartbeat over the control socket
  // Watch.
  lose_hints,
  overflow_hints,
  // The agent's machine.
  kill_agent,
  cut_agent_power,
  kill_agent_in_step,  ///< at one of its next changes of the disk
  cut_agent_power_in_step,
  restart_agent,
  fill_disk,
  break_disk,
  make_disk_read_only,
  fail_sync,
  delete_state,
  damage_queue,
  damage_row,  ///< of a heartbeat that waits in the queue
  jump_clock,
  flush,
  // The hub's machine.
  kill_hub,
  cut_hub_power,
  kill_hub_in_step,
  cut_hub_power_in_step,
  fill_hub_disk,
  fail_hub_sync,
  roll_up,
  // The network.
  outage,
  bad_weather,
  limit_events,
  long_outage,
};
inline constexpr std::size_t kDos = static_cast<std::size_t>(Do::long_outage) + 1;
[[nodiscard]] std::string_view name_of(Do what);

/// One thing that happens at a moment. Its own choices come from `seed`, so that leaving out
/// another action does not change them.
struct Action {
  std::chrono::milliseconds at{};
  Do what = Do::append;
  std::uint64_t seed = 0;
};

/// What one run draws once.
struct Circumstances {
  std::size_t batch_events = 1'000;
  std::chrono::milliseconds timer{1'000};
  bool has_small_queue = false;
  bool reuses_inodes = true;
};

/// A whole run: everything in it follows from the seed and the actions.
struct Scenario {
  std::uint64_t seed = 0;
  Circumstances circumstances;
  std::vector<Action> actions;  ///< by time
};

[[nodiscard]] Scenario make_scenario(std::uint64_t seed);

}  // namespace vigil::sim
