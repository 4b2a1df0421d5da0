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
#include "agent/saves/project_watch.h"
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
  ProjectWatch* projects = nullptr;      ///< null: logs alone
  const Admission* admission = nullptr;  ///< null: everything is recorded
};

/// The agent's loop body: logs and what happens in projects into the queue, the queue to its
/// destinations, and what clients of the control socket ask for. Single-threaded; reads no clock
/// and never waits: whoever owns it calls step() at every wake-up and no later than deadline().
///
/// While the queue cannot be written, reading stops and sending goes on as long as its results can
/// be stored; both are tried again after a growing pause.
class AgentCore {
 public:
  AgentCore(CoreParts parts, std::vector<parser::Format> root_formats);

  /// A bounded piece of everything that is due.
  void step(WallTime wall_now, MonoTime now);

  /// Work is left: call step() again at once.
  [[nodiscard]] bool has_more() const { return has_more_; }
  [[nodiscard]] MonoTime deadline(MonoTime now) const;

  /// Looks at every log anew and, when all is read, sends what is queued without waiting for
  /// timers. Until then nothing is settled.
  void catch_up();

  /// Every known log is read to its end, as far as the queue can take it.
  [[nodiscard]] bool is_caught_up() const { return is_caught_up_; }

  /// Nothing more can be done now: all is read, or the queue holds no more; and each destination
  /// has everything, or was tried and has failed.
  [[nodiscard]] bool is_settled() const;

  /// Heartbeats that somebody sent: durable when this returns, in the queue or the fallback file.
  /// Returns how many. After an error some may be; sent again they are the same heartbeats.
  [[nodiscard]] Result<std::size_t> submit(std::vector<Heartbeat> heartbeats, WallTime wall_now,
                                           MonoTime now);

  /// Error of the queue that reading waits for to pass; empty while all is well.
  [[nodiscard]] const std::string& queue_trouble() const { return queue_trouble_; }

  /// The queue's file is damaged and does not mend itself: make a new one, and all parts anew.
  [[nodiscard]] bool is_queue_damaged() const { return is_queue_damaged_; }

 private:
  [[nodiscard]] bool is_waiting(MonoTime now) const;
  void roll_back();
  [[nodiscard]] Result<void> take_in(WallTime wall_now, MonoTime now);
  [[nodiscard]] Result<void> read_logs(WallTime wall_now, MonoTime now);
  void gather_seen(WallTime wall_now, MonoTime now);
  [[nodiscard]] Result<void> take_in_projects(WallTime wall_now, MonoTime now);
  void put_by_what_is_seen(WallTime wall_now, MonoTime now);
  [[nodiscard]] Result<void> merge_fallback(WallTime wall_now);
  void note_queue_failure(const Error& error, MonoTime now);
  void note_queue_success();
  void tell_changes(MonoTime now);
  void tell_watcher_changes();

  CoreParts parts_;
  Intake intake_;
  bool has_more_ = true;
  bool is_caught_up_ = false;
  bool is_catching_up_ = false;  ///< catch_up() was called and not all is read yet
  bool is_at_cap_ = false;
  bool fallback_waits_ = true;  ///< the fallback file may hold something
  MonoTime fallback_look_at_{};
  std::vector<std::string> seen_;  ///< in projects, not durable yet: nobody can read it again

  std::string queue_trouble_;
  bool is_queue_damaged_ = false;
  MonoTime queue_retry_at_{};
  std::chrono::seconds queue_retry_after_{};

  MonoTime tell_again_at_{};
  watcher::WatchStatus told_;  ///< what the operator knows
  std::unordered_map<SinkName, std::string> told_sinks_;
};

}  // namespace vigil::agent
