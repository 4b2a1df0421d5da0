#include "agent/traces/editor_traces.h"

#include <algorithm>
#include <utility>

#include "agent/traces/editor_processes.h"
#include "agent/traces/place_follower.h"
#include "agent/traces/seen_files.h"
#include "agent/traces/side_file_book.h"
#include "agent/traces/side_reading.h"
#include "agent/traces/trace_output.h"
#include "agent/traces/vscode_lookup.h"
#include "parser/editors/side_file.h"

namespace vigil::agent {

using parser::EditorTrace;

struct EditorTraces::State {
  State(const FileSystem& files, watcher::SharedWatches& watches, EditorPlaces home_in,
        TraceLimits limits_in)
      : home(std::move(home_in)),
        limits(limits_in),
        processes(files, home, limits),
        reader(files, home, processes),
        book(limits.side_files_max),
        seen(limits.side_files_max),
        out(limits.waiting_max),
        vscode(files),
        follower({files, watches, home, limits, processes, reader, book, seen, out}) {}

  void observe(const std::string& path) {
    if (auto trace = book.observe(path, follower.read_side_file(path), now)) {
      out.add(std::move(*trace));
    }
  }

  void look_at_side_files() {
    for (const auto& path : book.existing()) observe(path);
    book.forget_old(now);
    next_recheck = now + limits.recheck_every;
  }

  /// Whatever the watches told so far: side files of `path` as they are at this moment.
  void look_beside(const std::string& path) {
    for (const auto& side : book.side_files_of(path)) observe(side);
    const std::string directory(parent_path(path));
    for (const auto& name : parser::side_names(file_name(path))) {
      observe(join_path(directory, name));
    }
    follower.look_for(path, now);
  }

  EditorPlaces home;
  TraceLimits limits;
  EditorProcesses processes;
  SideReader reader;
  SideFileBook book;
  SeenFiles seen;
  TraceOutput out;
  VscodeLookup vscode;
  PlaceFollower follower;
  MonoTime now{};
  MonoTime next_recheck{};
};

EditorTraces::EditorTraces(const FileSystem& files, watcher::SharedWatches& watches,
                           EditorPlaces places, TraceLimits limits)
    : state_(std::make_unique<State>(files, watches, std::move(places), limits)) {}

EditorTraces::~EditorTraces() = default;

void EditorTraces::handle(const watcher::WatchEvent& event) {
  state_->follower.handle(event);
}

void EditorTraces::step(MonoTime now, WallTime wall_now) {
  State& state = *state_;
  state.now = std::max(state.now, now);
  state.out.set_time(wall_now);
  state.follower.step(now);
  if (now >= state.next_recheck) state.look_at_side_files();
}

MonoTime EditorTraces::deadline() const {
  const auto due = state_->follower.deadline();
  return state_->book.size() == 0 ? due : std::min(due, state_->next_recheck);
}

std::vector<EditorTrace> EditorTraces::take() {
  return state_->out.take();
}

std::vector<EditorTrace> EditorTraces::take_past() {
  return state_->out.take_past();
}

void EditorTraces::beside(const std::string& directory, std::string_view name, MonoTime now,
                          WallTime wall_now) {
  state_->now = std::max(state_->now, now);
  state_->out.set_time(wall_now);
  state_->observe(join_path(directory, name));
}

std::optional<Attribution> EditorTraces::saved_by(const Save& save, MonoTime now) {
  State& state = *state_;
  state.now = std::max(state.now, now);
  state.look_beside(save.path);
  const bool by_gio =
      std::ranges::any_of(save.beside, [](const auto& side) { return side.program == "gio"; });
  if (by_gio) state.follower.look_at_recent(state.now);

  std::vector<Evidence> evidence;
  state.book.testify(save.path, save.time, state.now, evidence);
  state.vscode.testify(state.follower.flavours(), save.path, save.time, evidence);
  state.seen.testify(save.path, save.time, state.now, evidence);
  const auto& running = state.processes.running(state.now);
  pattern_evidence(save, running, evidence);
  process_evidence(save, running, evidence);
  return attribute(evidence);
}

std::optional<EditorTrace> EditorTraces::open_in(const std::string& path) const {
  return state_->book.holder_of(path);
}

std::vector<PlaceStatus> EditorTraces::status() const {
  std::vector<PlaceStatus> all;
  for (const auto& followed : state_->follower.places()) {
    const TracePlace& place = followed.place;
    all.push_back({place.editor, std::string(name_of(place.format)),
                   place.file.empty() ? place.directory : join_path(place.directory, place.file),
                   followed.last, followed.traces, followed.why_not});
  }
  return all;
}

}  // namespace vigil::agent
