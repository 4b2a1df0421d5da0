#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/heartbeat/file_event.h"
#include "agent/saves/agent_claims.h"
#include "agent/saves/burst_meter.h"
#include "agent/saves/coalescer.h"
#include "agent/saves/git_activity.h"
#include "agent/saves/line_memory.h"
#include "agent/saves/save_judge.h"
#include "agent/saves/save_settler.h"
#include "agent/traces/editor_traces.h"
#include "base/file_system.h"

namespace vigil::agent {

/// What the tracker asks others about a file.
struct SaveLookups {
  std::function<std::optional<Attribution>(const Save&, MonoTime)> saved_by;
  std::function<bool(const std::string& path)> is_ignored;
  std::function<std::string(const std::string& directory, MonoTime)>
      project_root;  ///< empty where it has none
};

/// Counts of writes by what they were taken for.
using WriteCounts = std::array<std::uint64_t, kWriteReasons>;

/// Turns changes of project trees, editors' traces and AI tools' logs into events of files: one for
/// each save, with the person, the AI tool or nobody as its author; none for what machines wrote.
///
/// What is said at first may be said better later (same event, higher revision): a save while an AI
/// session is at work is nobody's until the session's log claims it, or kClaimLife has passed.
/// Reads the files that were saved (bounded), keeps hashes of their lines. Not thread-safe; reads
/// no clock.
class SaveTracker {
 public:
  static constexpr std::chrono::seconds kClaimLife{60};
  static constexpr std::chrono::seconds kRestored{5};  ///< an older time is not that of a save
  static constexpr std::chrono::milliseconds kAftermath{2'000};
  static constexpr std::chrono::milliseconds kAftermathSure{900};  ///< people are slower
  static constexpr std::chrono::seconds kStream{30};
  static constexpr std::chrono::milliseconds kStreamGap{1'500};
  static constexpr std::chrono::seconds kFoundQuiet{1};   ///< a look is over
  static constexpr std::uint64_t kTextMax = 1024 * 1024;  ///< larger files are nobody's typing
  static constexpr std::size_t kRememberedMax = 20'000;
  static constexpr std::size_t kRecentMax = 4'096;  ///< saves that may still be revised
  static constexpr std::size_t kFoundMax = 20'000;  ///< of one look, judged together

  SaveTracker(const FileSystem& files, SaveLookups lookups);

  /// A change in a project tree.
  void changed(const watcher::TreeChange& change);

  /// A change in the folder where the working tree `root` keeps its index.
  void git_changed(const std::string& root, const watcher::TreeChange& change);

  /// An editor's trace of a file below a root; `is_past`: of a time when nobody looked.
  void traced(const parser::EditorTrace& trace, bool is_past, WallTime wall_now);

  /// What an AI tool's log tells of now.
  void saw_session(const std::string& project, WallTime time);
  void claimed(AgentWrite write);

  /// Judges what has settled.
  void step(MonoTime now, WallTime wall_now);

  /// The events since the last call, in order.
  [[nodiscard]] std::vector<FileEvent> take();

  [[nodiscard]] std::optional<MonoTime> deadline() const;
  [[nodiscard]] bool is_full() const { return settler_.is_full(); }

  /// What looks have found waits to be judged.
  [[nodiscard]] bool has_found() const { return !found_.empty() || settler_.has_found(); }

  /// When the first of the changes came that were not judged yet.
  [[nodiscard]] std::optional<MonoTime> unsettled_since() const;
  [[nodiscard]] const WriteCounts& counts() const { return counts_; }

 private:
  /// A save that is said, and may be said better.
  struct Judged {
    FileEvent event;
    std::string project;  ///< its root
    std::string editor;   ///< whose it is if no log claims it
    MonoTime at{};
    bool is_direct = false;       ///< its editor's trace is of this very save
    bool awaits_claim = false;    ///< an AI session was at work
    bool is_one_of_many = false;  ///< an editor saved several files at once
  };
  /// What is kept of a path for its next save.
  struct Past {
    FileStamp stamp;
    MonoTime human_save{MonoTime::min()};
    double human_confidence = 0;
    MonoTime run_begin{};  ///< since when it is written without a pause
    MonoTime last_write{};
    std::list<std::string>::iterator age;
  };

  void judge_write(const SettledWrite& write, bool is_burst, MonoTime now, WallTime wall_now);
  void judge_found(MonoTime now, WallTime wall_now);
  void look_at(const SettledWrite& write, const FileStat& stat, const Past& past, MonoTime now,
               SaveFacts& facts, Judged& judged);
  bool read_text(const SettledWrite& write, const FileStat& stat, SaveFacts& facts,
                 FileEvent& event);
  void emit(Judged judged, Past& past);
  void take_claim(Judged& judged, const AgentWrite& write);
  void revise(Judged& judged);
  void settle_unclaimed(MonoTime now);
  void take_back_bursts();
  void count(WriteReason reason);
  Past& past_of(const std::string& path);

  const FileSystem& files_;
  SaveLookups lookups_;
  SaveSettler settler_;
  BurstMeter bursts_;
  GitActivity git_;
  AgentClaims claims_;
  Coalescer coalescer_;
  LineMemory lines_;

  std::unordered_map<std::string, Past> past_;
  std::list<std::string> past_by_age_;  ///< the latest first
  std::deque<Judged> recent_;           ///< in the order in which they were said
  std::vector<SettledWrite> found_;     ///< by a look that may not be over
  MonoTime found_at_{};
  std::vector<FileEvent> events_;
  WriteCounts counts_{};
};

}  // namespace vigil::agent
