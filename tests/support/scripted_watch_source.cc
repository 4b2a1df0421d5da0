#include "tests/support/scripted_watch_source.h"

#include <algorithm>
#include <utility>

#include "base/file_system.h"

namespace vigil::test {

using watcher::WatchEvent;

Result<void> ScriptedWatchSource::watch(const std::string& directory) {
  if (watched_.contains(directory)) return {};
  if (refusal_) return fail(*refusal_, directory + ": refused by the test");
  if (watched_.size() >= watches_max_) return fail(Errc::full, directory + ": watch limit");
  watched_.insert(directory);
  return {};
}

void ScriptedWatchSource::unwatch(const std::string& directory) {
  watched_.erase(directory);
}

std::vector<WatchEvent> ScriptedWatchSource::take() {
  return std::exchange(pending_, {});
}

void ScriptedWatchSource::touch(const std::string& path) {
  const std::string directory(parent_path(path));
  if (!watched_.contains(directory)) return;
  push({WatchEvent::Kind::entry, directory, std::string(file_name(path))});
}

void ScriptedWatchSource::directory_gone(const std::string& directory) {
  if (watched_.erase(directory) == 0) return;
  push({WatchEvent::Kind::directory_gone, directory, ""});
}

void ScriptedWatchSource::overflow() {
  pending_ = {WatchEvent{WatchEvent::Kind::overflow, "", ""}};
}

void ScriptedWatchSource::push(WatchEvent event) {
  const bool overflowed = !pending_.empty() && pending_.front().kind == WatchEvent::Kind::overflow;
  if (overflowed || std::ranges::find(pending_, event) != pending_.end()) return;
  if (pending_.size() >= pending_max_) return overflow();
  pending_.push_back(std::move(event));
}

}  // namespace vigil::test
