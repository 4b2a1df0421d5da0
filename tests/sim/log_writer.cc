#include "tests/sim/log_writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vigil::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLogsMax = 6;
constexpr std::string_view kEnds("\n\0", 2);  // a hole parts records as an LF does
constexpr std::string_view kClaude = "/agent/home/.claude/projects/-p";
constexpr std::string_view kCodex =
    "/agent/home/.codex/sessions/2026/11/21/rollout-2026-11-21T05-29-";

}  // namespace

// --- Choosing ----------------------------------------------------------------------------------

LogWriter::Log& LogWriter::make_log(Dice& dice, Format format) {
  auto& log = *logs_.emplace_back(std::make_unique<Log>());
  log.format = format;
  log.life = ++lives_;
  log.session = "session-" + number();
  log.path = format == Format::claude ? std::string(kClaude) + std::to_string(dice.below(3)) + "/" +
                                            log.session + ".jsonl"
                                      : std::string(kCodex) + log.session + ".jsonl";
  return log;
}

/// A log that may be appended to; now and then a new one.
LogWriter::Log* LogWriter::choose(Dice& dice) {
  if (logs_.empty() || (logs_.size() < kLogsMax && dice.one_in(4))) {
    return &make_log(dice, dice.one_in(4) ? Format::codex : Format::claude);
  }
  Log* log = logs_[dice.below(logs_.size())].get();
  return log->is_busy ? nullptr : log;
}

/// A log that may be changed as a whole: events that straddle such a change are nobody's promise.
LogWriter::Log* LogWriter::choose_whole(Dice& dice) {
  std::vector<Log*> fit;
  for (const auto& log : logs_) {
    if (log->format == Format::claude && !log->is_busy && !log->lines.empty()) {
      fit.push_back(log.get());
    }
  }
  if (fit.empty()) return nullptr;
  Log* log = fit[dice.below(fit.size())];
  close_event(*log, dice);
  return log;
}

void LogWriter::close_event(Log& log, Dice& dice) {
  while (log.open) write_line(log, next_line(log, dice));
}

void LogWriter::later(milliseconds in, Log& log, std::function<void(Log&)> event) {
  world_.later(in, [this, life = log.life, event = std::move(event)] {
    const auto at = std::ranges::find(logs_, life, [](const auto& one) { return one->life; });
    if (at != logs_.end()) event(**at);
  });
}

// --- Writing -----------------------------------------------------------------------------------

void LogWriter::write_raw(Log& log, std::string_view bytes) {
  world_.disk.log_append(log.path, bytes);
  world_.hint(log.path);
}

void LogWriter::end_last_line(Log& log) {
  if (!std::exchange(log.needs_end, false)) return;
  write_raw(log, "\n");
  if (log.lines.empty() || log.lines.back().is_ended) return;  // a stump that is nobody's line
  log.lines.back().is_ended = true;
  log.lines.back().written = world_.now();
}

/// The line is in the file: what it tells may be stored from now on.
void LogWriter::place(Log& log, WrittenLine line) {
  line.written = world_.now();
  line.start.reset();
  const bool is_own = log.format == Format::claude && line.session == log.session;
  const bool has_start = std::ranges::any_of(
      log.lines, [](const WrittenLine& other) { return other.start.has_value(); });
  if (is_own && !has_start && !line.told.empty()) {
    const auto event = world_.ledger.event("session_start", line.session, line.time);
    world_.ledger.tell(event, 0, {});
    line.start = Fact{event, 0};
    world_.ledger.may_be_stored(*line.start);
  }
  for (const auto& fact : line.told) world_.ledger.may_be_stored(fact);
  by_text_.insert_or_assign(line.text, line);
  log.lines.push_back(std::move(line));
}

void LogWriter::write_line(Log& log, WrittenLine line) {
  end_last_line(log);
  write_raw(log, line.text + "\n");
  log.has_stump = false;
  place(log, std::move(line));
}

void LogWriter::write_lines(Log& log, Dice& dice, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) write_line(log, next_line(log, dice));
}

void LogWriter::append(Dice dice) {
  Log* log = choose(dice);
  if (log != nullptr) write_lines(*log, dice, 1 + dice.below(6));
}

void LogWriter::append_torn(Dice dice) {
  Log* log = choose(dice);
  if (log == nullptr) return;
  end_last_line(*log);
  auto line = next_line(*log, dice);
  const auto cut = 1 + dice.below(line.text.size() - 1);
  write_raw(*log, std::string_view(line.text).substr(0, cut));
  log->is_busy = true;
  ++world_.fired["torn line"];
  const auto pause = dice.one_in(3) ? milliseconds(dice.between(5'500, 60'000))
                                    : milliseconds(dice.between(1, 3'000));
  later(pause, *log, [this, cut, line = std::move(line)](Log& torn) {
    torn.is_busy = false;
    write_raw(torn, line.text.substr(cut) + "\n");
    place(torn, line);
  });
}

void LogWriter::append_unended(Dice dice) {
  Log* log = choose(dice);
  if (log == nullptr) return;
  // Without its LF a line is only read where it stands alone.
  if (std::exchange(log->has_stump, false)) log->needs_end = true;
  end_last_line(*log);
  auto line = next_line(*log, dice);
  write_raw(*log, line.text);
  line.is_ended = false;
  log->needs_end = true;
  ++world_.fired["line without its LF"];
  place(*log, std::move(line));
}

void LogWriter::write_noise(Dice dice) {
  Log* log = choose(dice);
  if (log == nullptr) return;
  end_last_line(*log);
  static constexpr std::array<std::string_view, 6> kNoise{
      R"({"type":"summary","summary":"x","leafUuid":"y"})",
      "no record at all",
      "{\"torn\":",
      "",
      "\r",
      R"({"type":"progress","data":{"deep":[[[[[[]]]]]]}})"};
  write_raw(*log, std::string(kNoise[dice.below(kNoise.size())]) + "\n");
  if (dice.one_in(8)) {
    ++world_.fired["oversized line"];
    write_raw(*log, std::string(20'000, 'z') + "\n");
  }
  if (dice.one_in(8)) {
    ++world_.fired["NUL run"];
    write_raw(*log, std::string(700, '\0'));
  }
}

void LogWriter::write_back() {
  for (const auto& log : logs_) world_.disk.write_back(log->path);
}

void LogWriter::poison(Dice dice) {
  Log* log = choose(dice);
  if (log == nullptr || log->format != Format::claude) return;
  close_event(*log, dice);
  auto line = claude_prompt(*log, dice);
  world_.ledger.poison(line.told.front().event);
  write_line(*log, std::move(line));
}

// --- Leaving -----------------------------------------------------------------------------------

/// The line is not in the file any more. Where it could be read for long enough it must be stored.
void LogWriter::leave(const WrittenLine& line) {
  if (!line.is_ended || !world_.was_readable(line.written)) return;
  for (const auto& fact : line.told) world_.ledger.must_be_stored(fact);
  if (line.start) world_.ledger.must_be_stored(*line.start);
}

void LogWriter::leave_all(Log& log) {
  for (const auto& line : log.lines) leave(line);
  log.lines.clear();
  log.needs_end = log.has_stump = false;
  log.life = ++lives_;
}

std::string LogWriter::text_of(const std::vector<WrittenLine>& lines) {
  std::string text;
  for (const auto& line : lines) text += line.text + "\n";
  return text;
}

/// The file holds these lines from now on; whoever calls has written them.
void LogWriter::refill(Log& log, std::vector<WrittenLine> lines) {
  for (auto& line : lines) {
    line.is_ended = true;
    place(log, std::move(line));
  }
  world_.hint(log.path);
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

void LogWriter::rotate(Dice dice) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  ++world_.fired["rotated by rename"];
  const std::string aside = log->path + "." + number();
  world_.disk.log_rename(log->path, aside);
  world_.hint(log->path);
  world_.hint(aside);
  leave_all(*log);
  if (dice.one_in(2)) write_lines(*log, dice, 1 + dice.below(4));
}

void LogWriter::copy_and_truncate(Dice dice) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  ++world_.fired["rotated by copy and truncate"];
  const std::string aside = log->path + "." + number();
  world_.disk.log_append(aside, world_.disk.text(log->path));
  world_.disk.log_truncate(log->path, 0);
  world_.hint(aside);
  world_.hint(log->path);
  leave_all(*log);
  if (dice.one_in(2)) write_lines(*log, dice, 1 + dice.below(8));
}

void LogWriter::rewrite(Dice dice) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  ++world_.fired["rewritten in place"];
  auto kept = thinned(*log, dice);
  world_.disk.log_truncate(log->path, 0);
  leave_all(*log);
  const bool is_filled_at_once = dice.one_in(2);
  auto fill = [this, dice, kept = std::move(kept)](Log& empty) mutable {
    empty.is_busy = false;
    world_.disk.log_append(empty.path, text_of(kept));
    refill(empty, kept);
    write_lines(empty, dice, dice.below(8));
    close_event(empty, dice);
  };
  if (is_filled_at_once) return fill(*log);
  world_.hint(log->path);
  log->is_busy = true;
  later(milliseconds(dice.between(1, 2'500)), *log, std::move(fill));
}

void LogWriter::replace(Dice dice) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  ++world_.fired["replaced by rename"];
  auto kept = thinned(*log, dice);
  world_.disk.log_replace(log->path, text_of(kept));
  leave_all(*log);
  refill(*log, std::move(kept));
}

void LogWriter::truncate_and_regrow(Dice dice) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  ++world_.fired["truncated and regrown"];
  const auto lines = log->lines.size();
  world_.disk.log_truncate(log->path, 0);
  leave_all(*log);
  write_lines(*log, dice, dice.one_in(2) ? lines + 2 : 1 + dice.below(lines));
}

void LogWriter::resume(Dice dice) {
  Log* from = choose_whole(dice);
  if (from == nullptr || logs_.size() >= kLogsMax + 2) return;
  ++world_.fired["history copied"];
  Log& log = make_log(dice, Format::claude);
  auto copies = from->lines;
  world_.disk.log_append(log.path, text_of(copies));
  world_.hint(log.path);
  refill(log, std::move(copies));
  write_lines(log, dice, 1 + dice.below(4));
}

void LogWriter::erase(Dice dice) {
  Log* log = choose_whole(dice);
  if (log == nullptr) return;
  ++world_.fired["log deleted"];
  world_.disk.log_remove(log->path);
  world_.hint(log->path);
  leave_all(*log);
  std::erase_if(logs_, [log](const auto& other) { return other.get() == log; });
  if (dice.one_in(2)) write_lines(make_log(dice, Format::claude), dice, 1 + dice.below(6));
}

// --- After power cuts, and at the end ----------------------------------------------------------

/// Finds out what the power cut has left: lines by their text, since a truncation that was not
/// written out brings old lines back.
void LogWriter::read_back(Log& log) {
  for (const auto& line : log.lines) leave(line);
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
