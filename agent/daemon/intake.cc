#include "agent/daemon/intake.h"

#include <algorithm>
#include <utility>

#include "agent/heartbeat/heartbeat_json.h"
#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

/// Records older than this when read are being read back.
constexpr auto kLiveAge = std::chrono::minutes{10};

/// What a turn that gave no line (in the midst of a huge one) counts for: the watcher read a piece
/// of the file all the same.
constexpr std::size_t kEmptyTurnBytes = 1024 * 1024;

}  // namespace

Intake::Intake(watcher::LogWatcher& logs, Outbox& outbox, HeartbeatMaker& maker,
               const Admission* admission, ActivityWitness* witness,
               std::vector<parser::Format> formats)
    : logs_(logs),
      outbox_(outbox),
      maker_(maker),
      admission_(admission),
      witness_(witness),
      formats_(std::move(formats)) {}

Result<Intake::Progress> Intake::read(WallTime wall_now, MonoTime now) {
  const std::size_t end = bytes_ + kPieceBytes;
  while (bytes_ < end && has_room()) {
    if (VIGIL_TRY(take_slice(wall_now, now)) == Turn::nothing_left) return Progress::all_read;
  }
  return Progress::more;
}

bool Intake::has_room() const {
  return bytes_ < kStepBytes && heartbeats_.size() < kStepHeartbeats &&
         touched_.size() < kStepFiles;
}

Result<Intake::Turn> Intake::take_slice(WallTime wall_now, MonoTime now) {
  const auto slice = logs_.next_slice(now);
  if (!slice) return Turn::nothing_left;
  OpenLog* log = VIGIL_TRY(open_log(*slice));
  if (log == nullptr) {
    logs_.reread();
    return Turn::taken;
  }
  const parser::Format format = formats_.at(slice->root);
  for (const auto line : slice->lines) {
    for (const auto& activity : log->parser->parse_line(line)) {
      take(activity, format, wall_now, now);
    }
    bytes_ += line.size() + 1;
  }
  if (slice->lines.empty()) bytes_ += kEmptyTurnBytes;
  touched_.insert_or_assign(slice->file, slice->position);
  return Turn::taken;
}

void Intake::take(const parser::Activity& activity, parser::Format format, WallTime wall_now,
                  MonoTime now) {
  const std::string& place = activity.path.empty() ? activity.cwd : activity.path;
  if (admission_ != nullptr && !admission_->admits(activity.time, place)) {
    return outbox_.count(Counter::events_excluded, 1);
  }
  Heartbeat heartbeat = maker_.make(activity, format, wall_now, now);
  if (witness_ != nullptr) witness_->saw(activity, heartbeat, wall_now, now);
  keep(std::move(heartbeat));
}

/// The parser that the slice goes on with; null where there is none and the file must be read from
/// its beginning.
Result<Intake::OpenLog*> Intake::open_log(const watcher::Slice& slice) {
  auto at = open_.find(slice.file);
  if (at != open_.end() && slice.from_start) {
    open_.erase(at);
    at = open_.end();
  }
  if (at == open_.end()) {
    OpenLog log{parser::make_log_parser(formats_.at(slice.root), slice.path), {}, 0};
    if (!slice.from_start) {
      watcher::FilePosition before = slice.position;
      before.offset = slice.begin;
      const auto state = outbox_.load_parser_state(before);
      // A queue that cannot be read just now is no reason to read gigabytes again.
      if (!state && state.error().code != Errc::not_found) return std::unexpected(state.error());
      const bool is_blank = planted(PlantedBug::parser_state_ignored);
      if (!state || !(is_blank || log.parser->restore(*state))) return nullptr;
      log.counted = log.parser->counts();
    }
    forget_oldest_log();
    at = open_.emplace(slice.file, std::move(log)).first;
  }
  at->second.used = ++uses_;
  return &at->second;
}

void Intake::forget_oldest_log() {
  if (open_.size() < kParsersMax) return;
  auto oldest = open_.end();
  for (auto at = open_.begin(); at != open_.end(); ++at) {
    if (touched_.contains(at->first)) continue;  // its state is not stored yet
    if (oldest == open_.end() || at->second.used < oldest->second.used) oldest = at;
  }
  if (oldest != open_.end()) open_.erase(oldest);
}

void Intake::keep(Heartbeat heartbeat) {
  const auto [at, is_new] = latest_.try_emplace(heartbeat.id.text(), heartbeats_.size());
  if (is_new) return heartbeats_.push_back(std::move(heartbeat));
  Heartbeat& known = heartbeats_[at->second];
  // Sessions copy each other's history: what is known in this or a later revision says nothing new.
  if (known.rev > heartbeat.rev || known == heartbeat) return;
  if (known.rev < heartbeat.rev) {
    known = std::move(heartbeat);  // nobody has seen the earlier revision
  } else {
    // The same revision from another file: which one wins is the hub's to say.
    heartbeats_.push_back(std::move(heartbeat));
  }
}

Result<void> Intake::store(WallTime wall_now) {
  if (touched_.empty()) return {};
  failpoint("intake.parsed");
  std::string bodies;
  std::vector<std::size_t> ends;
  ends.reserve(heartbeats_.size());
  for (const auto& heartbeat : heartbeats_) {
    append_json(heartbeat, bodies);
    ends.push_back(bodies.size());
  }
  std::vector<OutboxEntry> entries;
  entries.reserve(heartbeats_.size());
  for (std::size_t i = 0, begin = 0; i < heartbeats_.size(); begin = ends[i++]) {
    const bool is_live = heartbeats_[i].time > wall_now - kLiveAge;
    entries.push_back({is_live ? Lane::live : Lane::backfill, Origin::log,
                       std::string_view(bodies).substr(begin, ends[i] - begin)});
  }
  if (planted(PlantedBug::position_before_events)) {
    VIGIL_TRY(store_positions());
    VIGIL_TRY(outbox_.commit(wall_now));
  }
  VIGIL_TRY(outbox_.append(entries, wall_now));
  failpoint("intake.appended");
  VIGIL_TRY(store_positions());
  failpoint("intake.stored");
  return {};
}

/// How far the files were read.
Result<void> Intake::store_positions() {
  for (const auto& [file, position] : touched_) {
    OpenLog& log = open_.at(file);
    count_lines(log);
    VIGIL_TRY(outbox_.store_file({position, log.parser->save()}));
  }
  failpoint("intake.positions");
  return {};
}

void Intake::committed() {
  logs_.commit();
  begin_anew();
}

void Intake::count_lines(OpenLog& log) {
  const parser::LineCounts& now = log.parser->counts();
  outbox_.count(Counter::lines_read,
                now.derived + now.ignored + now.malformed -
                    (log.counted.derived + log.counted.ignored + log.counted.malformed));
  outbox_.count(Counter::lines_derived, now.derived - log.counted.derived);
  outbox_.count(Counter::lines_ignored, now.ignored - log.counted.ignored);
  outbox_.count(Counter::lines_malformed, now.malformed - log.counted.malformed);
  log.counted = now;
}

void Intake::roll_back() {
  outbox_.rollback();
  failpoint("intake.rollback");
  if (!planted(PlantedBug::rollback_forgotten)) logs_.rollback();
  for (const auto& [file, position] : touched_) open_.erase(file);
  begin_anew();
}

void Intake::begin_anew() {
  heartbeats_.clear();
  latest_.clear();
  touched_.clear();
  bytes_ = 0;
}

}  // namespace vigil::agent
