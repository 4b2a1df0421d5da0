#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/dice.h"
#include "tests/sim/expectation.h"
#include "tests/sim/sim_disk.h"

namespace vigil::sim {

/// One line of a log, as whoever wrote it knows it.
struct WrittenLine {
  std::string text;  ///< without LF
  std::string session;
  WallTime time{};
  std::vector<Fact> told;     ///< by the line itself
  std::optional<Fact> start;  ///< of the session, where it is the first of its own in its file
  MonoTime written{};         ///< when its LF came
  bool is_ended = true;       ///< its LF is there
  /// Since when the watch source has told of it; nothing: its hint was lost.
  std::optional<MonoTime> hinted;
  bool is_observed = false;  ///< it could be read for long enough, whatever comes
};

/// Why a line that stands in a log need not have been read.
enum class Unread : std::uint8_t {
  no,          ///< it must have been
  too_young,   ///< for less than two seconds
  unhinted,    ///< nobody told of it, and no listing came by
  no_reading,  ///< the agent was down, its disk unusable or its queue full
};

/// Plays the AI tools of a machine: writes session logs in both formats, tears lines, rotates,
/// rewrites, copies and deletes them, and keeps in a Ledger what all that tells. Knows each file's
/// content by itself and never asks the program what a line means.
class LogWriter {
 public:
  struct World {
    SimDisk& disk;
    Ledger& ledger;
    Fired& fired;
    /// Tells the watch source that something happened to this path. False: that is lost.
    std::function<bool(const std::string& path)> hint;
    /// Whether the program must have read it by now.
    std::function<Unread(const WrittenLine& line)> unread;
    std::function<MonoTime()> now;
    std::function<WallTime()> wall_now;  ///< of the machine that writes, never jumping
    /// Runs later.
    std::function<void(std::chrono::milliseconds, std::function<void()>)> later;
  };

  explicit LogWriter(World world) : world_(std::move(world)) {}

  void append(Dice dice);          ///< some lines to a file, or a new file
  void append_torn(Dice dice);     ///< a line in two pieces with time between
  void append_unended(Dice dice);  ///< a last line whose LF comes only with the next
  void rotate(Dice dice);          ///< rename, and go on in a new file
  void copy_and_truncate(Dice dice);
  void rewrite(Dice dice);  ///< in place, some events fewer
  void replace(Dice dice);  ///< the same by a new file that is renamed over it
  void truncate_and_regrow(Dice dice);
  void resume(Dice dice);  ///< a new session's file begins with another's history
  void erase(Dice dice);
  void write_noise(Dice dice);  ///< lines that tell nothing, or are no records
  void write_back();            ///< the kernel wrote all logs out
  void poison(Dice dice);       ///< a line whose event a front server will refuse

  /// What the agent must have read by now it must have read, whatever becomes of agent and logs:
  /// to be called before it ends or finds that it cannot go on.
  void observe();

  /// The agent's queue is gone, and what it had read with it.
  void forget_observed();

  /// The machine lost power: the tools died, and of each file only a prefix is left.
  void survive_power_cut();

  /// The run is over: what is still there must be stored.
  void finish();

  static constexpr std::size_t kLogsMax = 6;

 private:
  enum class Format : std::uint8_t { claude, codex };
  /// What more lines are to come of.
  struct OpenEvent {
    enum class Kind : std::uint8_t { reply, call } kind = Kind::reply;
    std::uint64_t event = 0;
    std::string key;
    std::string request;  ///< of a reply whose own id is not unique
    std::uint32_t revision = 0;
    std::int64_t tokens = 0;
  };
  struct Log {
    Format format = Format::claude;
    std::string path;
    std::string session;
    std::vector<WrittenLine> lines;
    std::uint64_t life = 0;  ///< no two lives of any log have the same number
    bool is_busy = false;    ///< something is half done to it
    bool needs_end = false;  ///< its last byte is not an LF
    bool has_stump = false;  ///< before a hole at its end stands half a line
    bool is_hinted = true;   ///< of its last change
    std::optional<OpenEvent> open;
  };

  using Change = void (LogWriter::*)(Log& log, Dice dice);
  Log* choose(Dice& dice);
  Log* choose_whole(Dice& dice);
  Log& make_log(Dice& dice, Format format);
  [[nodiscard]] WrittenLine next_line(Log& log, Dice& dice);
  [[nodiscard]] WrittenLine claude_prompt(const Log& log, Dice& dice);
  [[nodiscard]] WrittenLine claude_reply(Log& log, Dice& dice);
  [[nodiscard]] WrittenLine claude_reply_line(const Log& log, Dice& dice, WallTime time);
  [[nodiscard]] WrittenLine claude_call(Log& log);
  [[nodiscard]] WrittenLine claude_more(Log& log, Dice& dice);
  [[nodiscard]] WrittenLine claude_record(const Log& log, WallTime time, const std::string& fields);
  [[nodiscard]] WrittenLine codex_line(const Log& log, Dice& dice);
  [[nodiscard]] WrittenLine codex_record(WallTime time, const std::string& rest);
  void tell(WrittenLine& line, std::uint64_t event, std::uint32_t revision, StoredRow row);

  void end_last_line(Log& log);
  void write_line(Log& log, WrittenLine line);
  void write_lines(Log& log, Dice& dice, std::uint64_t count);
  void write_unended(Log& log, Dice& dice);
  void write_raw(Log& log, std::string_view bytes);
  void place(Log& log, WrittenLine line);
  void change_whole(Dice dice, std::string_view cause, Change change);
  void change_when_observed(Log& log, Dice dice, std::string_view cause, Change change, int tries);
  void change_now(Log& log, Dice dice, std::string_view cause, Change change);
  void rotate_log(Log& log, Dice dice);
  void copy_and_truncate_log(Log& log, Dice dice);
  void rewrite_log(Log& log, Dice dice);
  void replace_log(Log& log, Dice dice);
  void truncate_and_regrow_log(Log& log, Dice dice);
  void erase_log(Log& log, Dice dice);
  [[nodiscard]] bool is_observed(const Log& log) const;
  void observe(WrittenLine& line);
  void leave_all(Log& log);
  void leave(WrittenLine& line);
  void hint(Log& log);
  void close_event(Log& log, Dice& dice);
  void refill(Log& log, std::vector<WrittenLine> lines);
  [[nodiscard]] std::vector<WrittenLine> thinned(const Log& log, Dice& dice) const;
  [[nodiscard]] static std::string text_of(const std::vector<WrittenLine>& lines);
  void read_back(Log& log);
  [[nodiscard]] std::string number() { return std::to_string(++numbers_); }
  WallTime stamp();

  /// What was planned for `log` in this life; nothing happens to it in another one.
  void later(milliseconds in, Log& log, std::function<void(Log&)> event);

  World world_;
  std::vector<std::unique_ptr<Log>> logs_;
  std::map<std::string, WrittenLine, std::less<>> by_text_;
  std::uint64_t numbers_ = 0;
  std::uint64_t lives_ = 0;
  std::string cause_;  ///< what lines leave by just now
  WallTime last_stamp_{};
};

}  // namespace vigil::sim
