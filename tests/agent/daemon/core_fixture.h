#pragma once

#include <sys/resource.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/daemon/agent_core.h"
#include "tests/agent/outbox/outbox_fixture.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/scripted_transport.h"
#include "tests/support/scripted_watch_source.h"

namespace vigil::test {

inline constexpr std::string_view kLogFolder = "/home/ada/.claude/projects/-demo/";

/// A line of a session log: a prompt that nobody else made.
[[nodiscard]] std::string prompt(std::size_t number, WallTime time);

/// A line of the reply `message`, of which there may be several.
[[nodiscard]] std::string reply(std::string_view message, WallTime time, int output_tokens);

/// While it lives no file of this process can grow: what a full disk does, without one.
class FullDisk {
 public:
  FullDisk();
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk();

 private:
  rlimit before_{};
};

class PlainSigner final : public agent::Signer {
 public:
  [[nodiscard]] Result<agent::BodySigner> signer_of(const agent::SigningRequest& request) override {
    return [id = request.batch.text()](std::string_view) {
      return std::vector<agent::HttpHeader>{{"Idempotency-Key", id}};
    };
  }
};

/// The core with logs in memory, a queue on the disk, and a hub that the test plays.
class CoreFixture {
 public:
  explicit CoreFixture(agent::OutboxLimits limits = {});

  /// As if the process had been killed and started again.
  void restart();

  /// Another program appends to a log; `untold`: without a hint from the kernel.
  void write(std::string_view name, std::string_view lines);
  void write_untold(std::string_view name, std::string_view lines);

  /// Steps until the core would wait.
  void step();
  void pass(milliseconds time);

  /// The hub takes a waiting batch.
  void accept(std::size_t place = 0);
  /// ... and all that come, until nothing waits.
  void accept_all();

  [[nodiscard]] std::uint64_t pending(agent::Lane lane) const;
  [[nodiscard]] WallTime wall_now() const { return clock.wall_now(); }
  [[nodiscard]] MonoTime now() const { return clock.mono_now(); }

  ManualClock clock;
  MemoryFileSystem disk;
  ScriptedWatchSource watches;
  OutboxFixture outbox;
  PlainSigner signer;
  std::unique_ptr<ScriptedTransport> transport;
  std::unique_ptr<agent::EventLog> log;
  std::unique_ptr<agent::FallbackFile> fallback;
  std::unique_ptr<agent::ProjectFinder> projects;
  std::unique_ptr<agent::HeartbeatMaker> maker;
  std::unique_ptr<agent::Delivery> delivery;
  std::unique_ptr<watcher::LogWatcher> logs;
  std::unique_ptr<agent::AgentCore> core;
  std::map<std::string, int> stored;  ///< event id -> how often the hub was given it

 private:
  agent::OutboxLimits limits_;
};

}  // namespace vigil::test
