#include "agent/saves/save_tracker.h"

#include <algorithm>
#include <utility>

#include "agent/saves/generated_file.h"
#include "parser/language.h"

namespace vigil::agent {
namespace {

using parser::Action;
using parser::Actor;
using parser::SideFile;
using watcher::TreeChange;

/// Enough of a file to see what it is.
constexpr std::size_t kHead = 16 * 1024;

/// Saves at hand in which a log's claim, or a burst that they began, is looked for.
constexpr std::chrono::seconds kTakenBack = BurstMeter::kLong;

// Revisions: what was seen to happen is not replaced by what a look finds of it later.
constexpr std::uint32_t kFound = 0;
constexpr std::uint32_t kSeen = 1;

bool was_only_found(const SettledWrite& write) {
  return write.what == TreeChange::found;
}

bool is_of_editor(const SideFile& side) {
  return side.by == SideFile::By::editor ||
         (side.by == SideFile::By::unknown && side.kind == SideFile::Kind::backup);
}

/// Every save of git's replaces the file by a new one.
bool is_replaced(const SettledWrite& write) {
  return (write.what & TreeChange::created) != 0 && (write.what & TreeChange::moved_out) == 0 &&
         !write.from;
}

Actor actor_of(Writer writer) {
  return writer == Writer::human ? Actor::human : Actor::unknown;
}

}  // namespace

SaveTracker::SaveTracker(const FileSystem& files, SaveLookups lookups)
    : files_(files), lookups_(std::move(lookups)) {}

// --- What comes in -----------------------------------------------------------------------------

void SaveTracker::changed(const TreeChange& change) {
  if (!settler_.add(change)) return;
  if ((change.what & (TreeChange::closed | TreeChange::moved_in)) == 0) return;
  bursts_.add(join_path(change.directory, change.name), change.at);
}

void SaveTracker::git_changed(const std::string& root, const TreeChange& change) {
  git_.changed(root, change);
}

void SaveTracker::traced(const parser::EditorTrace& trace, bool is_past, WallTime wall_now) {
  using Kind = parser::EditorTrace::Kind;
  if (trace.kind != Kind::open && trace.kind != Kind::edit) return;
  const WallTime time = trace.time.value_or(wall_now);
  // What it holds now is what its first save is compared with.
  if (!is_past && !lines_.knows(trace.path)) {
    if (const auto text = read_file(files_, trace.path, kTextMax)) lines_.see(trace.path, *text);
  }
  if (!coalescer_.adds(trace.editor, trace.path, false, time)) return;
  FileEvent event;
  event.action = trace.kind == Kind::open ? Action::open : Action::edit;
  event.actor = Actor::human;
  event.path = trace.path;
  event.time = time;
  event.app = trace.editor;
  event.confidence = trace.confidence;
  event.is_observed = is_past;
  event.lineno = trace.lineno;
  event.cursorpos = trace.cursorpos;
  events_.push_back(std::move(event));
}

void SaveTracker::saw_session(const std::string& project, WallTime time) {
  claims_.saw_session(project, time);
}

void SaveTracker::claimed(AgentWrite write) {
  auto best = recent_.end();
  const auto apart = [&](const Judged& judged) {
    return std::chrono::abs(judged.event.time - write.seen);
  };
  for (auto at = recent_.begin(); at != recent_.end(); ++at) {
    if (at->event.path != write.path || at->event.actor == Actor::agent) continue;
    if (!AgentClaims::covers(write, at->event.time)) continue;
    if (best == recent_.end() || apart(*at) < apart(*best)) best = at;
  }
  if (best == recent_.end()) return claims_.add(std::move(write));
  take_claim(*best, write);
  revise(*best);
}

// --- Judging -----------------------------------------------------------------------------------

void SaveTracker::step(MonoTime now, WallTime wall_now) {
  for (auto& write : settler_.take(now)) {
    if (was_only_found(write)) {
      found_.push_back(std::move(write));
      found_at_ = now;
    } else {
      judge_write(write, bursts_.is_burst(write.last), now, wall_now);
    }
  }
  const bool look_is_over = !found_.empty() && now >= found_at_ + kFoundQuiet;
  if (look_is_over || found_.size() >= kFoundMax) judge_found(now, wall_now);
  settle_unclaimed(now);
}

/// What a look has found is told apart by the files' own times: nobody saw it happen.
void SaveTracker::judge_found(MonoTime now, WallTime wall_now) {
  std::vector<std::pair<MonoTime, SettledWrite>> writes;
  BurstMeter bursts;
  for (auto& write : std::exchange(found_, {})) {
    const auto stat = files_.stat(write.path);
    if (!stat || stat->kind != FileKind::regular) continue;
    const MonoTime written{std::chrono::nanoseconds(stat->modified_ns)};
    bursts.add(write.path, written);
    writes.emplace_back(written, std::move(write));
  }
  std::ranges::sort(writes, {}, &std::pair<MonoTime, SettledWrite>::first);
  for (const auto& [written, write] : writes) {
    judge_write(write, bursts.is_burst(written), now, wall_now);
  }
}

void SaveTracker::judge_write(const SettledWrite& write, bool is_burst, MonoTime now,
                              WallTime wall_now) {
  const auto stat = files_.stat(write.path);
  if (!stat || stat->kind != FileKind::regular) return;
  const FileStamp stamp{stat->modified_ns, stat->size, stat->inode};
  Past& past = past_of(write.path);
  if (past.stamp == stamp) return;
  past.stamp = stamp;
  if (write.first > past.last_write + kStreamGap) past.run_begin = write.first;
  past.last_write = write.last;

  Judged judged;
  judged.at = write.last;
  judged.event.path = write.path;
  judged.event.stamp = stamp;
  judged.event.time = from_unix_ns(stat->modified_ns);
  judged.event.is_observed = was_only_found(write);
  judged.event.revision = judged.event.is_observed ? kFound : kSeen;
  judged.project = lookups_.project_root(std::string(parent_path(write.path)), now);
  SaveFacts facts;
  facts.is_burst = is_burst;
  const WallTime written = wall_now - std::chrono::floor<milliseconds>(now - write.last);
  facts.is_restored = !judged.event.is_observed && judged.event.time + kRestored < written;
  facts.is_stream = write.last - past.run_begin > kStream;
  look_at(write, *stat, past, now, facts, judged);

  const Judgement judgement = judge(facts);
  if (judgement.reason == WriteReason::burst && is_burst) take_back_bursts();
  const bool is_one_of_many = is_burst && judgement.writer == Writer::human;
  if (is_one_of_many && !recent_.empty() && recent_.back().is_one_of_many &&
      judged.at - recent_.back().at <= BurstMeter::kShort) {
    return count(WriteReason::burst);  // one person, one command: counted once
  }
  count(judgement.reason);
  if (judgement.writer == Writer::machine) return;
  judged.is_one_of_many = is_one_of_many;
  judged.is_direct = is_direct(facts);
  judged.event.actor = actor_of(judgement.writer);
  judged.event.confidence = judgement.confidence;
  if (facts.editor) judged.editor = facts.editor->editor;
  if (judgement.writer == Writer::human) judged.event.app = judged.editor;
  judged.awaits_claim = judgement.reason == WriteReason::agent_live;
  emit(std::move(judged), past);
}

/// From the cheapest fact to the dearest; no further where one decides.
void SaveTracker::look_at(const SettledWrite& write, const FileStat& stat, const Past& past,
                          MonoTime now, SaveFacts& facts, Judged& judged) {
  facts.by_git = is_replaced(write) && git_.was_busy(write.path, write.first_event, write.last);
  facts.by_tool = write.from && write.from->by == SideFile::By::tool;
  if (facts.by_git || facts.by_tool || facts.is_restored) return lines_.forget(write.path);

  facts.marked_by_editor =
      std::ranges::any_of(write.beside, is_of_editor) || (write.from && is_of_editor(*write.from));
  facts.editor =
      lookups_.saved_by(Save{write.path, judged.event.time, judged.project, write.beside}, now);
  const bool is_sure = is_direct(facts);
  if (past.human_save != MonoTime::min() && !is_sure) {
    const auto since = write.last - past.human_save;
    const bool is_less_sure = !facts.editor || marks_its_saves(facts.editor->editor) ||
                              facts.editor->confidence < past.human_confidence;
    facts.is_aftermath = since < kAftermathSure || (since < kAftermath && is_less_sure);
  }
  const bool is_agents = write.from && write.from->by == SideFile::By::ai_agent;
  facts.agent_is_live = is_agents || claims_.is_live(judged.project, judged.event.time);
  facts.is_ignored = lookups_.is_ignored(write.path);
  facts.is_generated = is_generated_name(file_name(write.path));
  facts.is_binary = stat.size > kTextMax;
  // Opened for writing and closed again: `touch`, or an editor that tries whether it may. Or
  // written through a mapping, of which nobody tells: then its lines are others.
  const bool is_touched_only = write.what == TreeChange::closed;
  if (judge(facts).writer == Writer::machine && !is_touched_only) return;
  const bool is_same = read_text(write, stat, facts, judged.event);
  facts.is_same = is_touched_only && is_same;
}

/// Whether the text has not changed as far as is known.
bool SaveTracker::read_text(const SettledWrite& write, const FileStat& stat, SaveFacts& facts,
                            FileEvent& event) {
  event.language = parser::language_of(write.path);
  if (stat.size > kTextMax) return true;
  const auto text = read_file(files_, write.path, kTextMax);
  if (!text) return true;
  const std::string_view head = std::string_view(*text).substr(0, kHead);
  facts.is_binary = is_binary(head);
  facts.is_generated = facts.is_generated || has_generated_mark(head);
  if (facts.is_binary) return true;
  event.language = parser::language_of(write.path, head);
  const LineChange change = lines_.see(write.path, *text);
  event.lines = change.lines;
  event.lines_added = change.added;
  event.lines_removed = change.removed;
  return !change.is_known || change.is_same;
}

// --- What goes out -----------------------------------------------------------------------------

void SaveTracker::emit(Judged judged, Past& past) {
  if (!judged.editor.empty()) {
    past.human_save = judged.at;
    past.human_confidence = judged.event.confidence;
    if (!coalescer_.adds(judged.editor, judged.event.path, true, judged.event.time)) return;
  }
  if (auto write = claims_.take(judged.event.path, judged.event.time)) take_claim(judged, *write);
  events_.push_back(judged.event);
  if (recent_.size() >= kRecentMax) recent_.pop_front();
  recent_.push_back(std::move(judged));
}

void SaveTracker::take_claim(Judged& judged, const AgentWrite& write) {
  FileEvent& event = judged.event;
  event.actor = Actor::agent;
  event.app = write.app;
  event.session = write.session;
  event.model = write.model;
  event.same_as = write.call;
  event.confidence = 1;
  judged.awaits_claim = false;
  count(WriteReason::agent_claim);
}

void SaveTracker::revise(Judged& judged) {
  ++judged.event.revision;
  events_.push_back(judged.event);
}

/// No log has claimed them: they are whose editor they are.
void SaveTracker::settle_unclaimed(MonoTime now) {
  while (!recent_.empty() && recent_.front().at + kClaimLife <= now) {
    Judged& judged = recent_.front();
    if (judged.awaits_claim && !judged.editor.empty()) {
      judged.event.actor = Actor::human;
      judged.event.app = judged.editor;
      revise(judged);
    }
    recent_.pop_front();
  }
}

/// The first saves of a burst looked like a person's until the others came.
void SaveTracker::take_back_bursts() {
  for (auto at = recent_.rbegin(); at != recent_.rend(); ++at) {
    if (recent_.back().at - at->at > kTakenBack) return;
    if (at->is_direct || at->event.actor != Actor::human || !bursts_.is_burst(at->at)) continue;
    at->event.actor = Actor::unknown;
    at->event.app.clear();
    at->editor.clear();
    revise(*at);
  }
}

std::vector<FileEvent> SaveTracker::take() {
  return std::exchange(events_, {});
}

std::optional<MonoTime> SaveTracker::deadline() const {
  std::optional<MonoTime> first = settler_.deadline();
  const auto include = [&first](MonoTime at) { first = first ? std::min(*first, at) : at; };
  if (!found_.empty()) include(found_at_ + kFoundQuiet);
  if (!recent_.empty()) include(recent_.front().at + kClaimLife);
  return first;
}

std::optional<MonoTime> SaveTracker::unsettled_since() const {
  auto first = settler_.oldest();
  for (const auto& write : found_) first = std::min(first.value_or(write.first), write.first);
  return first;
}

void SaveTracker::count(WriteReason reason) {
  ++counts_.at(static_cast<std::size_t>(reason));
}

SaveTracker::Past& SaveTracker::past_of(const std::string& path) {
  const auto [at, is_new] = past_.try_emplace(path);
  Past& past = at->second;
  if (!is_new) past_by_age_.erase(past.age);
  past_by_age_.push_front(path);
  past.age = past_by_age_.begin();
  if (past_.size() > kRememberedMax) {
    past_.erase(past_by_age_.back());
    past_by_age_.pop_back();
  }
  return past;
}

}  // namespace vigil::agent
