#include "tests/sim/log_writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vigil::sim {
namespace {

using namespace std::chrono_literals;

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
  hint(log);
}

void LogWriter::end_last_line(Log& log) {
  if (!std::exchange(log.needs_end, false)) return;
  write_raw(log, "\n");
  if (log.lines.empty() || log.lines.back().is_ended) return;  // a stump that is nobody's line
  WrittenLine& line = log.lines.back();
  line.is_ended = true;
  line.written = world_.now();
  line.hinted = log.is_hinted ? std::optional(line.written) : std::nullopt;
}

/// The line is in the file: what it tells may be stored from now on.
void LogWriter::place(Log& log, WrittenLine line) {
  line.written = world_.now();
  line.hinted = log.is_hinted ? std::optional(line.written) : std::nullopt;
  line.is_observed = false;
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

/// Sometimes more comes just when the line has waited for so long that the agent will try it, and
/// again without its LF.
void LogWriter::append_unended(Dice dice) {
  Log* log = choose(dice);
  if (log == nullptr) return;
  write_unended(*log, dice);
  if (!dice.one_in(3)) return;
  later(milliseconds(dice.between(4'980, 5'040)), *log, [this, dice](Log& waiting) mutable {
    if (waiting.is_busy) return;
    write_lines(waiting, dice, 1);
    write_unended(waiting, dice);
  });
}

void LogWriter::write_unended(Log& log, Dice& dice) {
  // Without its LF a line is only read where it stands alone.
  if (std::exchange(log.has_stump, false)) log.needs_end = true;
  end_last_line(log);
  auto line = next_line(log, dice);
  write_raw(log, line.text);
  line.is_ended = false;
  log.needs_end = true;
  ++world_.fired["line without its LF"];
  place(log, std::move(line));
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

}  // namespace vigil::sim
