// How logs are changed as a whole, by tools and by power cuts, and which of their lines must be
// stored all the same. LogWriter's other half, log_writer.cc, says how they grow.

#include <algorithm>
#include <array>
#include <utility>

#include "tests/sim/log_writer.h"

namespace vigil::sim {
namespace {

constexpr std::string_view kEnds("\n\0", 2);  // a hole parts records as an LF does

/// One change in so many comes whether the lines were read or not: what is lost by these is the
/// allowed loss, and must stay so little that no other loss can hide in it.
constexpr std::uint64_t kEager = 30;

/// A tool that waits looks so often, and then leaves the log alone.
constexpr int kTriesMax = 40;

std::string_view name_of(Unread why) {
  static constexpr std::array<std::string_view, 4> kNames{"observed", "younger than 2 s",
                                                          "its hint lost", "the agent not reading"};
  return kNames.at(static_cast<std::size_t>(why));
}

}  // namespace

// --- What must have been read ------------------------------------------------------------------

void LogWriter::observe(WrittenLine& line) {
  if (line.is_observed || !line.is_ended || world_.unread(line) != Unread::no) return;
  line.is_observed = true;
  for (const auto& fact : line.told) world_.ledger.must_be_stored(fact);
  if (line.start) world_.ledger.must_be_stored(*line.start);
}

void LogWriter::observe() {
  for (const auto& log : logs_) {
    for (auto& line : log->lines) observe(line);
  }
}

void LogWriter::forget_observed() {
  for (const auto& log : logs_) {
    for (auto& line : log->lines) line.is_observed = false;
  }
}

bool LogWriter::is_observed(const Log& log) const {
  return std::ranges::all_of(log.lines, [&](const WrittenLine& line) {
    return line.is_observed || (line.is_ended && world_.unread(line) == Unread::no);
  });
}

/// Tells of the log. What came to it before without a word is told of too.
void LogWriter::hint(Log& log) {
  log.is_hinted = world_.hint(log.path);
  if (!log.is_hinted) return;
  for (auto& line : log.lines) {
    if (!line.hinted) line.hinted = world_.now();
  }
}

/// The line is not in the file any more: either it has been observed, or it may be lost.
void LogWriter::leave(WrittenLine& line) {
  observe(line);
  if (line.is_observed) return;
  const auto why = line.is_ended ? name_of(world_.unread(line)) : "without its LF";
  const std::string excuse = cause_ + ", " + std::string(why);
  for (const auto& fact : line.told) world_.ledger.excuse(fact, excuse);
  if (line.start) world_.ledger.excuse(*line.start, excuse);
}

void LogWriter::leave_all(Log& log) {
  for (auto& line : log.lines) leave(line);
  log.lines.clear();
  log.needs_end = log.has_stump = false;
  log.life = ++lives_;
}

// --- Changes by tools --------------------------------------------------------------------------

/// Mostly tools change what they wrote long ago. Some do at once, and `kEager` says how many.
void LogWriter::change_whole(Dice dice, std::string_view cause, Change change) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  if (dice.one_in(kEager)) return change_now(*log, dice, cause, change);
  log->is_busy = true;
  change_when_observed(*log, dice, cause, change, kTriesMax);
}

/// Once all of it was read, and then at any time, whether the agent runs or not.
void LogWriter::change_when_observed(Log& log, Dice dice, std::string_view cause, Change change,
                                     int tries) {
  const auto pause = milliseconds(dice.between(500, 6'000));
  if (!is_observed(log)) {
    if (tries == 0) return void(log.is_busy = false);
    return later(pause, log, [this, dice, cause, change, tries](Log& again) {
      change_when_observed(again, dice, cause, change, tries - 1);
    });
  }
  for (auto& line : log.lines) observe(line);
  if (dice.one_in(2)) return change_now(log, dice, cause, change);
  later(pause, log,
        [this, dice, cause, change](Log& then) { change_now(then, dice, cause, change); });
}

void LogWriter::change_now(Log& log, Dice dice, std::string_view cause, Change change) {
  ++world_.fired[std::string(cause)];
  log.is_busy = false;
  cause_ = cause;
  (this->*change)(log, dice);
}

void LogWriter::rotate(Dice dice) {
  change_whole(dice, "rotated by rename", &LogWriter::rotate_log);
}

void LogWriter::copy_and_truncate(Dice dice) {
  change_whole(dice, "rotated by copy and truncate", &LogWriter::copy_and_truncate_log);
}

void LogWriter::rewrite(Dice dice) {
  change_whole(dice, "rewritten in place", &LogWriter::rewrite_log);
}

void LogWriter::replace(Dice dice) {
  change_whole(dice, "replaced by rename", &LogWriter::replace_log);
}

void LogWriter::truncate_and_regrow(Dice dice) {
  change_whole(dice, "truncated and regrown", &LogWriter::truncate_and_regrow_log);
}

void LogWriter::erase(Dice dice) {
  change_whole(dice, "log deleted", &LogWriter::erase_log);
}

std::string LogWriter::text_of(const std::vector<WrittenLine>& lines) {
  std::string text;
  for (const auto& line : lines) text += line.text + "\n";
  return text;
}

/// The file holds these lines from now on; whoever calls has written them.
void LogWriter::refill(Log& log, std::vector<WrittenLine> lines) {
  hint(log);
  for (auto& line : lines) {
    line.is_ended = true;
    place(log, std::move(line));
  }
}

/// Without some whole events.
std::vector<WrittenLine> LogWriter::thinned(const Log& log, Dice& dice) const {
  std::vector<WrittenLine> kept;
  const std::size_t sure = dice.one_in(2) ? 6 : 0;
  std::map<std::uint64_t, bool> drops;
  for (std::size_t i = 0; i < log.lines.size(); ++i) {
    const auto& line = log.lines[i];
    const auto event = line.told.empty() ? i + 1'000'000 : line.told.front().event;
    const auto [at, is_new] = drops.try_emplace(event, false);
    if (is_new) at->second = i >= sure && dice.one_in(3);
    if (!at->second) kept.push_back(line);
  }
  return kept;
}

void LogWriter::rotate_log(Log& log, Dice dice) {
  const std::string aside = log.path + "." + number();
  world_.disk.log_rename(log.path, aside);
  hint(log);
  world_.hint(aside);
  leave_all(log);
  if (dice.one_in(2)) write_lines(log, dice, 1 + dice.below(4));
}

void LogWriter::copy_and_truncate_log(Log& log, Dice dice) {
  const std::string aside = log.path + "." + number();
  world_.disk.log_append(aside, world_.disk.text(log.path));
  world_.disk.log_truncate(log.path, 0);
  world_.hint(aside);
  hint(log);
  leave_all(log);
  if (dice.one_in(2)) write_lines(log, dice, 1 + dice.below(8));
}

void LogWriter::rewrite_log(Log& log, Dice dice) {
  auto kept = thinned(log, dice);
  world_.disk.log_truncate(log.path, 0);
  leave_all(log);
  const bool is_filled_at_once = dice.one_in(2);
  auto fill = [this, dice, kept = std::move(kept)](Log& empty) mutable {
    empty.is_busy = false;
    world_.disk.log_append(empty.path, text_of(kept));
    refill(empty, kept);
    write_lines(empty, dice, dice.below(8));
    close_event(empty, dice);
  };
  if (is_filled_at_once) return fill(log);
  hint(log);
  log.is_busy = true;
  later(milliseconds(dice.between(1, 2'500)), log, std::move(fill));
}

void LogWriter::replace_log(Log& log, Dice dice) {
  auto kept = thinned(log, dice);
  world_.disk.log_replace(log.path, text_of(kept));
  leave_all(log);
  refill(log, std::move(kept));
}

void LogWriter::truncate_and_regrow_log(Log& log, Dice dice) {
  const auto lines = log.lines.size();
  world_.disk.log_truncate(log.path, 0);
  leave_all(log);
  write_lines(log, dice, dice.one_in(2) ? lines + 2 : 1 + dice.below(lines));
}

void LogWriter::erase_log(Log& log, Dice dice) {
  world_.disk.log_remove(log.path);
  hint(log);
  leave_all(log);
  std::erase_if(logs_, [&log](const auto& other) { return other.get() == &log; });
  if (dice.one_in(2)) write_lines(make_log(dice, Format::claude), dice, 1 + dice.below(6));
}

void LogWriter::resume(Dice dice) {
  Log* from = choose_whole(dice);
  if (from == nullptr || logs_.size() >= kLogsMax + 2) return;
  ++world_.fired["history copied"];
  Log& log = make_log(dice, Format::claude);
  auto copies = from->lines;
  world_.disk.log_append(log.path, text_of(copies));
  refill(log, std::move(copies));
  write_lines(log, dice, 1 + dice.below(4));
}

// --- After power cuts, and at the end ----------------------------------------------------------

/// Finds out what the power cut has left: lines by their text, since a truncation that was not
/// written out brings old lines back. Whoever calls has them observed before.
void LogWriter::read_back(Log& log) {
  cause_ = "torn in power cut";
  for (auto& line : log.lines) leave(line);
  log.lines.clear();
  const std::string text = world_.disk.text(log.path);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kEnds, begin), text.size());
    const auto known = by_text_.find(std::string_view(text).substr(begin, end - begin));
    if (known != by_text_.end()) {
      auto line = known->second;
      line.is_ended = end < text.size() && text[end] == '\n';
      place(log, std::move(line));
    }
    begin = end + 1;
  }
  // Behind a hole records begin anew, unless stump and hole together are longer than any line.
  const bool is_long = text.size() - (text.rfind('\n') + 1) > 10'000;
  log.needs_end = !text.empty() && text.back() != '\n' && (text.back() != '\0' || is_long);
  log.has_stump = text.ends_with('\0');
  log.is_busy = false;
  log.open.reset();
  log.life = ++lives_;
}

void LogWriter::survive_power_cut() {
  for (const auto& log : logs_) {
    if (world_.disk.exists(log->path)) read_back(*log);
  }
}

void LogWriter::finish() {
  for (const auto& log : logs_) {
    for (const auto& line : log->lines) {
      for (const auto& fact : line.told) world_.ledger.must_be_stored(fact);
      if (line.start) world_.ledger.must_be_stored(*line.start);
    }
  }
}

}  // namespace vigil::sim
