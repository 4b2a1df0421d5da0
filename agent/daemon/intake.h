#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/outbox/outbox.h"
#include "base/result.h"
#include "base/time.h"
#include "parser/log_parser.h"
#include "watcher/log_watcher.h"

namespace vigil::agent {

/// Everything between the logs and the queue: takes lines from the watcher, has them parsed, makes
/// heartbeats, and commits them together with the positions they cover.
///
/// What cannot be committed is not lost: watcher and parsers go back to what the queue last
/// stored, and reading goes on when it can be written again. Single-threaded; reads no clock.
class Intake {
 public:
  static constexpr std::size_t kParsersMax = 64;  ///< kept in memory; the rest are restored
  static constexpr std::size_t kStepBytes = 4 * 1024 * 1024;  ///< read for one commit
  static constexpr std::size_t kStepHeartbeats = 8'192;       ///< made for one commit

  /// `formats[i]` is the format of the logs below the watcher's i-th root.
  Intake(watcher::LogWatcher& logs, Outbox& outbox, HeartbeatMaker& maker,
         std::vector<parser::Format> formats);

  /// Reads up to one commit's worth and commits it. `more`: there is more to read at once. An
  /// error is the queue's; nothing was committed, and the same lines come again.
  enum class Progress : std::uint8_t { nothing, all_read, more };
  [[nodiscard]] Result<Progress> step(WallTime wall_now, MonoTime now);

 private:
  struct OpenLog {
    std::unique_ptr<parser::LogParser> parser;
    parser::LineCounts counted;  ///< what the counters already hold of parser->counts()
    std::uint64_t used = 0;
  };
  struct Touched {
    watcher::FilePosition position;
    std::uint64_t file = 0;
  };

  [[nodiscard]] bool take_slice(WallTime wall_now, MonoTime now);
  [[nodiscard]] OpenLog* open_log(const watcher::Slice& slice);
  void forget_oldest_log();
  void keep(Heartbeat heartbeat);
  [[nodiscard]] Result<void> commit(WallTime wall_now);
  [[nodiscard]] Result<void> store(WallTime wall_now);
  void count_lines(OpenLog& log);
  void roll_back();

  watcher::LogWatcher& logs_;
  Outbox& outbox_;
  HeartbeatMaker& maker_;
  std::vector<parser::Format> formats_;

  std::unordered_map<std::uint64_t, OpenLog> open_;
  std::uint64_t uses_ = 0;

  // Since the last commit.
  std::vector<Heartbeat> heartbeats_;
  std::unordered_map<std::string, std::size_t> latest_;  ///< event id -> index of its newest revision
  std::unordered_map<std::uint64_t, Touched> touched_;
  std::size_t bytes_ = 0;
};

}  // namespace vigil::agent
