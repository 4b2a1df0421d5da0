#include "tests/support/scripted_tree_source.h"

#include <utility>

#include "watcher/tree_change.h"

namespace vigil::test {

using watcher::TreeChange;
using watcher::TreeEvent;
using watcher::TreeEvents;

Result<std::int32_t> ScriptedTreeSource::watch(const std::string& directory) {
  const FileStat stat = VIGIL_TRY(files_.stat(directory));
  if (stat.kind != FileKind::directory) return fail(Errc::not_found, directory + ": no directory");
  const auto known = watch_of_.find(stat.inode);
  if (known != watch_of_.end()) return known->second;
  if (refusal_) return fail(*refusal_, directory + ": refused by the test");
  if (watch_of_.size() >= watches_max_) return fail(Errc::full, directory + ": watch limit");
  return watch_of_[stat.inode] = next_watch_++;
}

void ScriptedTreeSource::unwatch(std::int32_t watch) {
  const auto erased =
      std::erase_if(watch_of_, [&](const auto& one) { return one.second == watch; });
  if (erased > 0) push({.kind = TreeEvent::Kind::unwatched, .watch = watch});
}

TreeEvents ScriptedTreeSource::take() {
  TreeEvents taken;
  taken.events = pending_.take_all();
  taken.last = last_;
  taken.overflowed = std::exchange(overflowed_, false);
  taken.caught_up = !taken.overflowed;
  return taken;
}

bool ScriptedTreeSource::is_watched(const std::string& directory) const {
  return watch_at(directory).has_value();
}

std::optional<std::int32_t> ScriptedTreeSource::watch_at(const std::string& directory) const {
  const auto stat = files_.stat(directory);
  const auto known = stat ? watch_of_.find(stat->inode) : watch_of_.end();
  if (known == watch_of_.end()) return std::nullopt;
  return known->second;
}

void ScriptedTreeSource::push(TreeEvent event) {
  event.first = event.last = ++last_;
  event.at = now_;
  if (!pending_.add(std::move(event))) overflowed_ = true;
}

void ScriptedTreeSource::tell(const std::string& directory, const std::string& name,
                              std::uint32_t what, FileKind kind) {
  const auto watch = watch_at(directory);
  if (!watch) return;
  TreeEvent event{.watch = *watch, .what = what, .name = name};
  if (kind == FileKind::directory) event.kind = TreeEvent::Kind::directory;
  push(std::move(event));
}

void ScriptedTreeSource::tell_left(const std::string& directory, const std::string& name,
                                   FileKind kind) {
  ++cookie_;
  left_watch_ = watch_at(directory);
  left_name_ = name;
  if (!left_watch_) return;
  TreeEvent event{
      .watch = *left_watch_, .what = TreeChange::moved_out, .cookie = cookie_, .name = name};
  if (kind == FileKind::directory) event.kind = TreeEvent::Kind::directory;
  push(std::move(event));
}

void ScriptedTreeSource::tell_arrived(const std::string& directory, const std::string& name,
                                      FileKind kind) {
  const auto watch = watch_at(directory);
  if (!watch) return;
  TreeEvent event{.watch = *watch, .what = TreeChange::moved_in, .cookie = cookie_, .name = name};
  if (kind == FileKind::directory) event.kind = TreeEvent::Kind::directory;
  if (left_watch_) {
    event.from_watch = *left_watch_;
    event.from_name = left_name_;
  }
  push(std::move(event));
}

void ScriptedTreeSource::tell_gone(std::uint64_t inode) {
  const auto known = watch_of_.find(inode);
  if (known == watch_of_.end()) return;
  push({.kind = TreeEvent::Kind::unwatched, .watch = known->second});
  watch_of_.erase(known);
}

void ScriptedTreeSource::tell_moved(std::uint64_t inode) {
  const auto known = watch_of_.find(inode);
  if (known != watch_of_.end()) push({.kind = TreeEvent::Kind::moved, .watch = known->second});
}

void ScriptedTreeSource::overflow() {
  [[maybe_unused]] const auto lost = pending_.take_all();
  overflowed_ = true;
}

}  // namespace vigil::test
