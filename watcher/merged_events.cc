#include "watcher/merged_events.h"

#include <cassert>
#include <utility>

namespace vigil::watcher {
namespace {

void join(TreeEvent& known, TreeEvent&& event) {
  known.what |= event.what;
  known.last = event.last;
  known.at = event.at;
  if (event.from_watch < 0) return;
  known.from_watch = event.from_watch;
  known.from_name = std::move(event.from_name);
}

}  // namespace

bool MergedEvents::add(TreeEvent event) {
  const bool may_join = event.kind == TreeEvent::Kind::entry;
  if (may_join) {
    const auto known = known_.find(WatchedName{event.watch, event.name});
    if (known != known_.end()) {
      join(*known->second, std::move(event));
      return true;
    }
  }
  if (events_.size() >= max_) return false;
  TreeEvent& kept = events_.emplace_back(std::move(event));
  if (may_join) known_.emplace(WatchedName{kept.watch, kept.name}, &kept);
  return true;
}

TreeEvent MergedEvents::pop() {
  assert(!events_.empty());
  TreeEvent& first = events_.front();
  if (first.kind == TreeEvent::Kind::entry) known_.erase(WatchedName{first.watch, first.name});
  TreeEvent event = std::move(first);
  events_.pop_front();
  return event;
}

std::deque<TreeEvent> MergedEvents::take_all() {
  known_ = {};  // with its buckets, of which a storm leaves many
  return std::exchange(events_, {});
}

}  // namespace vigil::watcher
