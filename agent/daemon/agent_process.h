#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/paths.h"
#include "agent/context/project_finder.h"
#include "agent/daemon/agent_core.h"
#include "agent/daemon/catch_up_display.h"
#include "agent/daemon/confinement.h"
#include "agent/daemon/control_server.h"
#include "agent/daemon/daemon_status.h"
#include "agent/daemon/key_signer.h"
#include "agent/daemon/project_parts.h"
#include "agent/daemon/requests.h"
#include "agent/daemon/run_agent.h"
#include "agent/daemon/signals.h"
#include "agent/daemon/state_lock.h"
#include "agent/delivery/transport.h"
#include "agent/hub/hub_server.h"
#include "agent/identity/installation.h"
#include "agent/privacy/admission.h"
#include "watcher/watch_source.h"

namespace vigil::agent {

/// The running program: makes the parts in order, lends them to the core, and lets go of them in
/// reverse.
class AgentProcess {
 public:
  AgentProcess(const Platform& platform, Config config, const Paths& paths,
               const RunOptions& options, std::ostream& out, std::ostream& err)
      : platform_(platform),
        config_(std::move(config)),
        paths_(paths),
        options_(options),
        out_(out),
        display_(err) {}

  /// Everything that can fail. After an error nothing runs.
  Result<void> start();

  /// Until a signal, or in RunMode::once until nothing more can be done. The exit code.
  int run();

 private:
  Result<void> open_log();
  Result<void> open_identity();
  Result<void> make_missing();
  Result<void> open_queue();
  Result<void> confine_itself();
  Result<void> open_hub();
  Result<void> open_delivery();
  void open_watcher();
  void open_trees();
  Result<void> open_privacy();
  Result<void> take_up_pauses();
  void close_parts();
  Result<void> reopen(Config config);
  void reload();
  void take_up_keys();
  void start_anew(const Delivery::NewStore& met);
  Result<void> meet_own_store();
  Result<void> rebuild_queue();

  [[nodiscard]] Result<Keys> load_keys() const;
  [[nodiscard]] std::vector<SourceKey> own_keys() const;
  [[nodiscard]] std::vector<SinkConfig> configured_sinks() const;
  [[nodiscard]] std::vector<SinkSettings> sinks() const;

  void step();
  [[nodiscard]] bool can_go_on();
  void serve_control();
  [[nodiscard]] std::optional<std::string> answer(ControlRequest request, std::uint64_t client);
  void answer_waiting();
  [[nodiscard]] DaemonStatus status() const;
  [[nodiscard]] std::uint64_t pending() const;
  [[nodiscard]] std::optional<Signal> take_signals();
  void wait() const;
  int finish(std::optional<Signal> signal);
  void send_last();
  void roll_up_hub();

  [[nodiscard]] MonoTime now() const { return platform_.clock.mono_now(); }
  [[nodiscard]] WallTime wall_now() const { return platform_.clock.wall_now(); }

  const Platform& platform_;
  Config config_;
  const Paths& paths_;
  const RunOptions& options_;
  std::ostream& out_;
  CatchUpDisplay display_;

  Signals signals_;  // before every thread
  std::unique_ptr<EventLog> log_;
  std::optional<StateLock> lock_;
  InstallationPlace place_;
  Identity identity_;
  std::unique_ptr<Outbox> outbox_;
  Confinement confinement_;  // before every thread
  HubOptions hub_options_;
  std::unique_ptr<HubServer> hub_;
  std::unique_ptr<FallbackFile> fallback_;
  std::unique_ptr<KeySigner> signer_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Delivery> delivery_;
  Admission admission_;
  std::unique_ptr<ProjectFinder> projects_;
  std::unique_ptr<HeartbeatMaker> maker_;
  std::unique_ptr<watcher::WatchSource> watches_;
  std::unique_ptr<watcher::LogWatcher> logs_;
  std::unique_ptr<ProjectParts> trees_;  ///< null where the configuration wants none
  std::unique_ptr<AgentCore> core_;
  std::unique_ptr<ControlServer> control_;

  std::vector<std::uint64_t> waiting_clients_;  ///< asked to be told when all is settled
  std::optional<std::chrono::nanoseconds> startup_;
  std::optional<MonoTime> rebuilt_at_;  ///< the queue, after it was found damaged
};

}  // namespace vigil::agent
