#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "tests/sim/agent_machine.h"
#include "tests/sim/hub_machine.h"
#include "tests/sim/log_writer.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_vfs.h"
#include "tests/sim/simulation.h"

namespace vigil::sim {

/// A machine's clock; civil time may have been set wrong.
class SimClock final : public Clock {
 public:
  SimClock(const MonoTime& now, std::chrono::milliseconds offset) : now_(now), offset_(offset) {}

  [[nodiscard]] WallTime wall_now() const override {
    return WallTime(std::chrono::duration_cast<milliseconds>(now_.time_since_epoch())) + offset_;
  }
  [[nodiscard]] MonoTime mono_now() const override { return now_; }
  void jump(milliseconds by) { offset_ += by; }

 private:
  const MonoTime& now_;
  milliseconds offset_;
};

/// Two machines, the wire between them, and everybody who writes logs or breaks things; time goes
/// on from one event to the next.
class World {
 public:
  World(const Scenario& scenario, std::ostream* trace);

  /// Plays the actions, ends all faults and lets everything come to rest; then checks.
  Outcome run();

 private:
  enum class End : std::uint8_t { killed, power_cut };
  using Event = std::function<void()>;

  // Time.
  void later(milliseconds in, Event event);
  void run_until(MonoTime end);

  // The agent's machine.
  void start_agent();
  void end_agent(End end);
  void stop_agent();
  void step_agent();
  void wake_agent();
  void arm_agent(Dice dice, End end);
  bool hint(const std::string& path);
  [[nodiscard]] Unread unread(const WrittenLine& line) const;
  void note_reading();
  void trouble(SimDisk& disk, DiskTrouble kind, Dice dice);
  void delete_state(Dice dice);
  void damage_queue(Dice dice);
  void damage_row(Dice dice);
  void begin_damage();
  void damage_body(Dice dice);
  void submit();
  void note_rebuilds();
  void forgive(std::string_view why);
  void note_stored(std::string_view body);

  // The hub's machine.
  void start_hub();
  void end_hub(End end);
  void arm_hub(Dice dice, End end);
  [[nodiscard]] std::optional<agent::Response> serve(agent::Request request);

  // The script.
  void act(const Action& action);
  void act_on_logs(const Action& action);
  void act_on_agent(const Action& action);
  void act_on_hub(const Action& action);
  void overflow(Dice dice);
  void cut_wire(milliseconds lasting);
  void bad_weather(Dice dice);
  void end_faults();
  void come_to_rest();
  [[nodiscard]] bool is_at_rest() const;

  // Afterwards.
  void check_accounts();
  void check_databases();
  void check_rows();

  const Scenario& scenario_;
  Trace trace_;
  Outcome outcome_;
  Dice dice_;
  MonoTime now_;
  SimClock agent_clock_;
  SimClock true_clock_;
  std::map<std::pair<MonoTime, std::uint64_t>, Event> events_;
  std::uint64_t planned_ = 0;
  std::uint64_t steps_ = 0;

  SimDisk agent_disk_;
  SimDisk hub_disk_;
  SimVfs vfs_;
  SeededRandom agent_random_;
  SeededRandom hub_random_;
  SimNetwork network_;
  AgentMachine agent_;
  HubMachine hub_;
  Ledger ledger_;
  LogWriter writer_;

  std::uint64_t agent_life_ = 0;
  End agent_end_ = End::killed;  ///< how it dies where that is armed
  bool agent_wakes_ = false;
  bool faults_are_over_ = false;
  End hub_end_ = End::killed;
  MonoTime started_;       ///< the agent, and with it a listing of everything
  bool can_read_ = false;  ///< the agent, as of its last turn
  MonoTime can_read_since_;
  MonoTime hints_lost_until_{};
  MonoTime overflow_until_{};
  std::uint64_t rebuilds_ = 0;
  bool was_damaged_ = false;
  std::uint64_t unreachable_ = 0;  ///< outages under way
  struct Submission {
    bool must = false;  ///< it was accepted, or the hub has it
    bool is_acknowledged = false;
  };
  std::map<std::string, Submission, std::less<>> submissions_;  ///< by project
};

}  // namespace vigil::sim
