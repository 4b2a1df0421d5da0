#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "watcher/tracked_file.h"

namespace vigil::watcher {

/// Files that must be looked at again at a certain time: at most one entry each.
class DueList {
 public:
  /// Look at `file` at `when`. A later time replaces an earlier one only when the earlier comes up,
  /// so that a file which grows all the time costs no more than one that does not.
  void set(TrackedFile& file, MonoTime when) {
    if (file.waiting && when < file.due) return;
    file.due = when;
    if (!file.waiting) entries_.emplace(when, file.key);
    file.waiting = true;
  }

  [[nodiscard]] std::optional<MonoTime> first() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.begin()->first;
  }

  /// Takes out what has come up. The caller finds the file, and puts it back when its time has
  /// moved on meanwhile.
  [[nodiscard]] std::vector<FileKey> take(MonoTime now) {
    std::vector<FileKey> keys;
    const auto end = entries_.upper_bound(now);
    for (auto it = entries_.begin(); it != end; ++it) keys.push_back(it->second);
    entries_.erase(entries_.begin(), end);
    return keys;
  }

 private:
  std::multimap<MonoTime, FileKey> entries_;
};

}  // namespace vigil::watcher
