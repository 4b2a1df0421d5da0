#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/daemon/intake.h"
#include "agent/delivery/delivery.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/logging/event_log.h"
#include "agent/outbox/fallback_file.h"
#include "agent/outbox/outbox.h"
#include "base/time.h"
#include "watcher/log_watcher.h"

namespace vigil::agent {

/// The parts that the core moves data between. It owns none of them.
struct CoreParts {
  watcher::LogWatcher& logs;
  Outbox& outbox;
  FallbackFile& fallback;
  HeartbeatMaker& maker;
  Delivery& delivery;
  EventLog& log;
};

/// The agent's loop body: logs into the queue, the queue to its destinations, and what clients of
/// the control socket ask for. Single-threaded; reads no clock and never waits: whoever owns it
/// calls step() at every wake-up and no later than deadline().
class AgentCore {
 public:
  AgentCore(CoreParts parts, std::vector<parser::Format> root_formats);

  /// Takes back what the fallback file kept. Call once before the first step.
  void start(WallTime wall_now);

  /// A bounded piece of everything that is due.
  void step(WallTime wall_now, MonoTime now);

  /// Work is left: call step() again at once.
  [[nodiscard]] bool has_more() const { return has_more_; }
  [[nodiscard]] MonoTime deadline(MonoTime now) const;

  /// Every known log is read to its end, as far as the queue can take it.
  [[nodiscard]] bool is_caught_up() const { return is_caught_up_; }

  /// Nothing more can be done now: all is read, and each destination has everything, or was tried
  /// and has failed.
  [[nodiscard]] bool is_settled() const;

  /// Heartbeats that somebody sent: durable when this returns, in the queue or the fallback file.
  /// Returns how many; `malformed` names the first bad one and queues none.
  [[nodiscard]] Result<std::size_t> submit(std::vector<Heartbeat> heartbeats, WallTime wall_now,
                                           MonoTime now);

  /// Error of the queue that reading waits for to pass; empty while all is well.
  [[nodiscard]] const std::string& queue_trouble() const { return queue_trouble_; }

 private:
  void read_logs(WallTime wall_now, MonoTime now);
  void note_queue_failure(const Error& error, MonoTime now);
  void note_queue_success(WallTime wall_now);
  void merge_fallback(WallTime wall_now);
  void tell_changes();

  CoreParts parts_;
  Intake intake_;
  bool has_more_ = true;
  bool is_caught_up_ = false;

  std::string queue_trouble_;
  MonoTime queue_retry_at_{};
  std::chrono::seconds queue_retry_after_{};
  bool is_at_cap_ = false;

  watcher::WatchStatus told_;  ///< what the operator knows
  std::unordered_map<SinkName, std::string> told_sinks_;
};

}  // namespace vigil::agent
