#include "watcher/pending_changes.h"

#include <iterator>
#include <utility>

namespace vigil::watcher {

void PendingChanges::add(int watch, std::string_view name) {
  if (overflowed_ || known_.contains(WatchedName{watch, name})) return;
  if (changes_.size() >= max_) return overflow();
  const Change& change = changes_.emplace_back(Change{watch, std::string(name)});
  known_.insert(WatchedName{watch, change.name});
}

void PendingChanges::overflow() {
  known_.clear();
  changes_.clear();
  overflowed_ = true;
}

PendingChanges::Taken PendingChanges::take() {
  Taken taken;
  known_.clear();
  taken.changes.assign(std::make_move_iterator(changes_.begin()),
                       std::make_move_iterator(changes_.end()));
  changes_.clear();
  taken.overflowed = std::exchange(overflowed_, false);
  return taken;
}

}  // namespace vigil::watcher
