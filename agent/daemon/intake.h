#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/heartbeat/activity_witness.h"
#include "agent/heartbeat/heartbeat.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/outbox/outbox.h"
#include "agent/privacy/admission.h"
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
  static constexpr std::size_t kParsersMax = 64;          ///< kept in memory; the rest are restored
  static constexpr std::size_t kPieceBytes = 512 * 1024;  ///< read at a time
  static constexpr std::size_t kStepBytes = 8 * 1024 * 1024;  ///< read for one commit
  static constexpr std::size_t kStepHeartbeats = 8'192;       ///< made for one commit
  static constexpr std::size_t kStepFiles = kParsersMax;      ///< whose states wait for one commit

  /// `formats[i]` is the format of the logs below the watcher's i-th root.
  /// `witness` may be null, so may `admission`: then everything is recorded.
  Intake(watcher::LogWatcher& logs, Outbox& outbox, HeartbeatMaker& maker,
         const Admission* admission, ActivityWitness* witness, std::vector<parser::Format> formats);

  /// Reads a piece of what is there. `more`: there is more to read at once. An error is the
  /// queue's: roll back.
  enum class Progress : std::uint8_t { all_read, more };
  [[nodiscard]] Result<Progress> read(WallTime wall_now, MonoTime now);

  /// Another piece may be read before what was read is stored.
  [[nodiscard]] bool has_room() const;

  /// Puts what was read into the queue's transaction, which the caller commits; then says so, or
  /// rolls back.
  [[nodiscard]] Result<void> store(WallTime wall_now);

  /// What store() put into the transaction is durable.
  void committed();

  /// Undoes the transaction and what was read for it: the same lines come again.
  void roll_back();

  [[nodiscard]] std::size_t open_parsers() const { return open_.size(); }

 private:
  struct OpenLog {
    std::unique_ptr<parser::LogParser> parser;
    parser::LineCounts counted;  ///< what the counters already hold of parser->counts()
    std::uint64_t used = 0;
  };
  enum class Turn : std::uint8_t { taken, nothing_left };

  void take(const parser::Activity& activity, parser::Format format, WallTime wall_now,
            MonoTime now);
  [[nodiscard]] Result<Turn> take_slice(WallTime wall_now, MonoTime now);
  [[nodiscard]] Result<OpenLog*> open_log(const watcher::Slice& slice);
  void forget_oldest_log();
  void keep(Heartbeat heartbeat);
  [[nodiscard]] Result<void> store_positions();
  void count_lines(OpenLog& log);
  void begin_anew();

  watcher::LogWatcher& logs_;
  Outbox& outbox_;
  HeartbeatMaker& maker_;
  const Admission* admission_;
  ActivityWitness* witness_;
  std::vector<parser::Format> formats_;

  std::unordered_map<std::uint64_t, OpenLog> open_;  ///< by Slice::file
  std::uint64_t uses_ = 0;

  // Since the last commit.
  std::vector<Heartbeat> heartbeats_;
  std::unordered_map<std::string, std::size_t>
      latest_;  ///< event id -> index of its newest revision
  /// By Slice::file, so in the order of generations: of two of one file the later is stored last.
  std::map<std::uint64_t, watcher::FilePosition> touched_;
  std::size_t bytes_ = 0;
};

}  // namespace vigil::agent
