#include "agent/traces/place_follower.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "agent/traces/list_reader.h"
#include "base/text_lines.h"

namespace vigil::agent {
namespace {

using parser::EditorTrace;
using Format = TraceFormat;

constexpr milliseconds kSearchPause{500};  // between searches, however much changes
constexpr double kOfFront = 0.9;           // a language server may ask for a file too

/// Stands among the changed entries for the whole place.
constexpr std::string_view kEverything;

bool is_entry_format(Format format) {
  return format == Format::swap_files || format == Format::micro_backups ||
         format == Format::vscode_backups;
}

/// SQLite's changes show at the files beside the database.
bool concerns(const TracePlace& place, std::string_view name) {
  if (place.file.empty() || name == place.file) return true;
  const bool is_database =
      place.format == Format::vscode_state || place.format == Format::zed_state;
  return is_database && name.starts_with(place.file) &&
         (name.ends_with("-wal") || name.ends_with("-journal"));
}

bool must_poll(const FollowedPlace& followed) {
  return followed.was_looked_at && !followed.is_watched;
}

std::string key_of(const EditorTrace& trace) {
  return trace.editor + '\0' + trace.path;
}

}  // namespace

PlaceFollower::~PlaceFollower() {
  for (const auto& followed : places_) {
    if (followed.is_watched) world_.watches.release(followed.place.directory);
  }
  for (const auto& parent : parents_) world_.watches.release(parent);
}

// --- When to look --------------------------------------------------------------------------------

void PlaceFollower::handle(const watcher::WatchEvent& event) {
  using Kind = watcher::WatchEvent::Kind;
  const bool is_overflow = event.kind == Kind::overflow;
  const bool is_gone = event.kind == Kind::directory_gone;
  for (auto& followed : places_) {
    if (!is_overflow && followed.place.directory != event.directory) continue;
    const bool is_entry = event.kind == Kind::entry;
    if (is_entry && !concerns(followed.place, event.name)) continue;
    if (is_gone && std::exchange(followed.is_watched, false)) {
      world_.watches.release(event.directory);
    }
    followed.changed.emplace(is_entry ? std::string_view(event.name) : kEverything);
    any_changed_ = true;
  }
  if (!is_overflow && !parents_.contains(event.directory)) return;
  if (is_gone && parents_.erase(event.directory) > 0) world_.watches.release(event.directory);
  if (next_search_) next_search_ = std::min(*next_search_, last_search_ + kSearchPause);
}

void PlaceFollower::step(MonoTime now) {
  now_ = now;
  if (any_changed_) look_at_changed();
  if (!next_search_ || now >= *next_search_) search();
  if (now < next_poll_) return;
  for (auto& followed : places_) {
    if (must_poll(followed)) look_at_all(followed);
  }
  next_poll_ = now + world_.limits.poll_every;
}

MonoTime PlaceFollower::deadline() const {
  if (!next_search_ || any_changed_) return now_;
  const bool polls = std::ranges::any_of(places_, must_poll);
  return polls ? std::min(*next_search_, next_poll_) : *next_search_;
}

void PlaceFollower::look_at_changed() {
  any_changed_ = false;
  for (auto& followed : places_) {
    for (const auto& name : std::exchange(followed.changed, {})) {
      if (name == kEverything) {
        follow(followed);
      } else {
        look(followed, name);
      }
    }
  }
}

// --- Finding places ------------------------------------------------------------------------------

void PlaceFollower::search() {
  auto found = find_places(world_.files, world_.home, world_.limits);
  flavours_ = std::move(found.flavours);
  drop_others(found.places);
  for (auto& place : found.places) {
    if (std::ranges::find(places_, place, &FollowedPlace::place) == places_.end()) {
      places_.emplace_back().place = std::move(place);
    }
  }
  for (auto& followed : places_) {
    if (!followed.was_looked_at || !followed.is_watched) follow(followed);
  }
  for (const auto& followed : places_) {
    if (!followed.was_looked_at) found.parents.push_back(nearest_parent(followed.place.directory));
  }
  last_search_ = now_;
  // What appeared between looking and watching is found by looking once more.
  const bool is_sure = !follow_parents(found.parents);
  next_search_ = now_ + (is_sure ? world_.limits.search_every : kSearchPause);
}

/// The nearest directory above that exists and in which editors' folders lie; empty elsewhere.
std::string PlaceFollower::nearest_parent(std::string_view directory) const {
  const auto& [home, config, data, state, runtime, processes, user] = world_.home;
  for (auto path = parent_path(directory); path.size() > 1; path = parent_path(path)) {
    const bool is_ours = std::ranges::any_of(
        std::array{home, config, data, state, runtime},
        [&](const std::string& top) { return !top.empty() && path.starts_with(top); });
    if (!is_ours) return {};
    if (world_.files.stat(std::string(path))) return std::string(path);
  }
  return {};
}

/// Windows come and go, and each has folders of its own.
void PlaceFollower::drop_others(const std::vector<TracePlace>& found) {
  std::erase_if(places_, [&](const FollowedPlace& followed) {
    if (std::ranges::find(found, followed.place) != found.end()) return false;
    if (followed.is_watched) world_.watches.release(followed.place.directory);
    return true;
  });
}

void PlaceFollower::follow(FollowedPlace& followed) {
  const auto& directory = followed.place.directory;
  if (!world_.files.stat(directory)) {
    followed.why_not = "not there";
    return;
  }
  if (!followed.is_watched && world_.files.reports_changes(directory)) {
    followed.is_watched = world_.watches.acquire(directory).has_value();
  }
  followed.why_not.clear();
  look_at_all(followed);
}

bool PlaceFollower::follow_parents(const std::vector<std::string>& found) {
  bool is_any_new = false;
  for (const auto& parent : found) {
    if (parent.empty() || parents_.contains(parent)) continue;
    if (parents_.size() >= world_.limits.places_max) break;
    if (!world_.files.stat(parent) || !world_.watches.acquire(parent)) continue;
    parents_.insert(parent);
    is_any_new = true;
  }
  return is_any_new;
}

// --- Looking -------------------------------------------------------------------------------------

void PlaceFollower::look_at_all(FollowedPlace& followed) {
  const TracePlace& place = followed.place;
  if (!place.file.empty()) {
    look(followed, place.file);
  } else if (const auto entries = world_.files.list(place.directory)) {
    const std::size_t count = std::min(entries->size(), world_.limits.entries_max);
    for (std::size_t i = 0; i < count; ++i) look(followed, (*entries)[i].name);
  } else {
    followed.why_not = entries.error().message;
    return;
  }
  followed.was_looked_at = true;
}

void PlaceFollower::look(FollowedPlace& followed, const std::string& name) {
  const TracePlace& place = followed.place;
  if (place.format == Format::kakoune_sessions) {
    world_.processes.note_change(place.editor, now_);  // who quits with a save is known then
  } else if (place.format == Format::vscode_git_log) {
    look_at_log(followed);
  } else if (is_entry_format(place.format)) {
    look_at_entry(followed, name);
  } else {
    look_at_list(followed, place.file.empty() ? name : place.file);
  }
}

std::optional<SideReading> PlaceFollower::read_entry(const TracePlace& place,
                                                     std::string_view name) const {
  const SideReader& reader = world_.reader;
  switch (place.format) {
    case Format::swap_files: return reader.swap_elsewhere(place.directory, name, place.editor);
    case Format::micro_backups: return reader.micro_backup(place.directory, name);
    case Format::vscode_backups: return reader.vscode_backup(place.directory, name, place.editor);
    default: return std::nullopt;
  }
}

std::optional<SideReading> PlaceFollower::read_side_file(const std::string& path) const {
  const auto directory = parent_path(path);
  const auto place = std::ranges::find_if(places_, [&](const FollowedPlace& followed) {
    return is_entry_format(followed.place.format) && followed.place.directory == directory;
  });
  if (place != places_.end()) return read_entry(place->place, file_name(path));
  return world_.reader.beside(std::string(directory), file_name(path));
}

void PlaceFollower::look_at_entry(FollowedPlace& followed, const std::string& name) {
  auto trace = world_.book.observe(join_path(followed.place.directory, name),
                                   read_entry(followed.place, name), now_);
  if (trace) emit(followed, std::move(*trace));
}

void PlaceFollower::look_at_list(FollowedPlace& followed, const std::string& name) {
  auto traces = read_list(world_.files, followed.place, name, world_.home.home, world_.limits);
  if (!traces) {
    const bool is_gone = traces.error().code == Errc::not_found;
    if (is_gone && followed.place.file.empty()) return;
    followed.why_not = is_gone ? "not there" : traces.error().message;
    return;
  }
  followed.why_not.clear();
  if (has_times(followed.place.format)) {
    take_dated(followed, std::move(*traces));
  } else {
    take_undated(followed, std::move(*traces));
  }
}

void PlaceFollower::look_at_log(FollowedPlace& followed) {
  const auto file = world_.files.open(join_path(followed.place.directory, followed.place.file));
  if (!file) return;
  std::string text(world_.limits.file_max, '\0');
  const auto got = (*file)->read_at(followed.offset, text);
  text.resize(got ? *got : 0);
  text.resize(text.rfind('\n') + 1);  // whole lines; none is 0
  followed.offset += text.size();
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto front = followed.log.take(take_line(rest));
    // What was there before tells the repositories, not what is in front now.
    if (front && followed.was_looked_at) take_front(followed, *front);
  }
}

// --- What was seen -------------------------------------------------------------------------------

void PlaceFollower::take_dated(FollowedPlace& followed, std::vector<EditorTrace> traces) {
  std::ranges::sort(traces, {}, [](const auto& trace) {
    return std::pair(*trace.time, std::string_view(trace.path));
  });
  const auto before = followed.newest;
  const bool is_first = !followed.was_looked_at;
  const std::size_t past_max = world_.limits.past_max;
  const std::size_t skipped = is_first && traces.size() > past_max ? traces.size() - past_max : 0;
  for (std::size_t i = skipped; i < traces.size(); ++i) {
    EditorTrace& trace = traces[i];
    const bool is_new = !before || *trace.time > *before;
    if (!is_new) continue;
    world_.seen.note_listed(trace.path, trace.editor, *trace.time, now_);
    followed.newest = *trace.time;
    if (is_first) {
      world_.out.add_past(std::move(trace));
    } else {
      emit(followed, std::move(trace));
    }
  }
}

void PlaceFollower::take_undated(FollowedPlace& followed, std::vector<EditorTrace> traces) {
  std::set<std::string> listed;
  for (auto& trace : traces) {
    const auto key = key_of(trace);
    const bool is_known = followed.listed.contains(key) || !listed.insert(key).second;
    listed.insert(key);
    const bool is_edit = trace.kind == EditorTrace::Kind::edit;
    const bool is_folder = trace.kind == EditorTrace::Kind::workspace;
    // A tab that was there at the first look may have been open for days.
    const bool is_told = is_known ? is_edit : followed.was_looked_at || is_folder || is_edit;
    if (is_told) emit(followed, std::move(trace));
  }
  if (!followed.place.file.empty()) followed.listed.clear();
  followed.listed.merge(listed);
  if (followed.listed.size() > world_.limits.entries_max) followed.listed.clear();
}

/// The log does not say in which repository: in the first that has such a file.
void PlaceFollower::take_front(FollowedPlace& followed, const std::string& relative) {
  for (const auto& repository : followed.log.repositories()) {
    const auto path = relative.starts_with('/') ? relative : join_path(repository, relative);
    if (!world_.files.stat(path)) continue;
    if (!world_.seen.note_front(path, followed.place.editor, now_)) return;
    emit(followed, {.editor = followed.place.editor,
                    .kind = EditorTrace::Kind::open,
                    .path = path,
                    .confidence = kOfFront});
    return;
  }
}

void PlaceFollower::emit(FollowedPlace& followed, EditorTrace trace) {
  ++followed.traces;
  followed.last = world_.out.time();
  world_.out.add(std::move(trace));
}

// --- Asked for -----------------------------------------------------------------------------------

void PlaceFollower::look_for(const std::string& path, MonoTime now) {
  now_ = std::max(now_, now);
  std::string flat = path;
  std::ranges::replace(flat, '/', '%');
  for (auto& followed : places_) {
    if (!followed.was_looked_at) continue;
    if (followed.place.format == Format::swap_files) look_at_entry(followed, flat + ".swp");
    if (followed.place.format == Format::micro_backups) look_at_entry(followed, flat);
  }
}

void PlaceFollower::look_at_recent(MonoTime now) {
  now_ = std::max(now_, now);
  for (auto& followed : places_) {
    const Format format = followed.place.format;
    const bool is_recent = format == Format::gtk_recent || format == Format::gnome_recent;
    if (is_recent && followed.was_looked_at) look(followed, followed.place.file);
  }
}

}  // namespace vigil::agent
