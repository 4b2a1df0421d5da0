#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/daemon/agent_core.h"
#include "agent/delivery/transport.h"
#include "base/clock.h"
#include "crypto/ed25519.h"
#include "tests/sim/sim_disk.h"
#include "tests/support/scripted_watch_source.h"

namespace vigil::sim {

/// Named sizes that a run draws, so that bounds are met often.
struct AgentSettings {
  agent::OutboxLimits outbox;
  agent::BatchLimits batch;
  std::chrono::milliseconds timer{1'000};
  watcher::WatchLimits watch;
};

/// The agent as the program's process makes it, on a simulated disk, without its thread, sockets
/// and signals: watcher, parsers, queue, delivery and core are the program's own.
class AgentMachine {
 public:
  struct World {
    SimDisk& disk;
    const Clock& clock;
    Random& random;
    agent::Transport& transport;
    std::string source;
    std::string seed;  ///< of the signing key, 32 bytes
    AgentSettings settings;
  };

  explicit AgentMachine(World world);
  ~AgentMachine();

  /// As when the service manager starts it. An error leaves it down.
  Result<void> start();
  void stop();
  [[nodiscard]] bool is_up() const { return parts_ != nullptr; }

  /// One turn of the loop. False: the process has ended by itself.
  bool step();

  [[nodiscard]] MonoTime deadline() const;
  [[nodiscard]] bool has_more() const;

  /// A heartbeat that somebody sent over the control socket, told apart by its project.
  Result<void> submit(const std::string& project);

  /// Reading goes on and what is read is stored: neither trouble nor a full queue.
  [[nodiscard]] bool can_read() const;
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] std::uint64_t pending() const;

  /// How often a damaged queue was found and made anew.
  [[nodiscard]] std::uint64_t rebuilds() const { return rebuilds_; }

  /// Null while it is down.
  [[nodiscard]] agent::Outbox* outbox();
  [[nodiscard]] test::ScriptedWatchSource* watches();
  void flush();
  void reconcile();

  static constexpr std::string_view kState = "/agent/state";
  [[nodiscard]] static std::string queue_path() { return "/agent/state/agent.db"; }
  [[nodiscard]] static std::string fallback_path() { return "/agent/state/fallback.log"; }

 private:
  struct Parts;
  Result<void> open_queue(Parts& parts);
  Result<void> open_rest(Parts& parts);
  [[nodiscard]] bool start_anew(const agent::Delivery::NewStore& met);
  Result<void> rebuild_queue();
  [[nodiscard]] WallTime wall_now() const { return world_.clock.wall_now(); }
  [[nodiscard]] MonoTime now() const { return world_.clock.mono_now(); }

  World world_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<agent::EventLog> log_;
  std::optional<MonoTime> rebuilt_at_;
  std::uint64_t rebuilds_ = 0;
};

}  // namespace vigil::sim
