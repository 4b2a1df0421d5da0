#include "agent/saves/git_activity.h"

#include "base/file_system.h"

namespace vigil::agent {
namespace {

bool is_lock(std::string_view name) {
  return name == "index.lock" || name == "HEAD.lock";
}

bool is_of_an_operation(std::string_view name) {
  return name == "HEAD" || name == "ORIG_HEAD" || name == "MERGE_HEAD" || name == "index" ||
         name == "CHERRY_PICK_HEAD" || name == "rebase-merge" || name == "rebase-apply";
}

}  // namespace

void GitActivity::changed(const std::string& root, const watcher::TreeChange& change) {
  using watcher::TreeChange;
  if (!is_lock(change.name) && !is_of_an_operation(change.name)) return;
  Work& work = works_[root];
  const bool goes_on = work.first != 0 && (!work.until || change.at <= *work.until + kAfter);
  if (!goes_on) work = {change.first, change.at, {}};
  const bool is_gone = (change.what & (TreeChange::deleted | TreeChange::moved_out)) != 0;
  if (is_gone || !is_lock(change.name)) {
    work.until = change.at;
  } else {
    work.until.reset();
  }
}

bool GitActivity::was_busy(std::string_view path, std::uint64_t first, MonoTime last) const {
  for (path = parent_path(path); path.size() > 1; path = parent_path(path)) {
    const auto found = works_.find(path);
    if (found == works_.end()) continue;
    const Work& work = found->second;
    const MonoTime until = work.until ? *work.until + kAfter : work.from + kLockLife;
    if (first >= work.first && last <= until) return true;
  }
  return false;
}

}  // namespace vigil::agent
