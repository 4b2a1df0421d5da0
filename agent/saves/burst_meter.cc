#include "agent/saves/burst_meter.h"

#include <algorithm>
#include <iterator>

namespace vigil::agent {

void BurstMeter::add(const std::string& path, MonoTime at) {
  const auto [file, is_new] = latest_.try_emplace(path);
  if (!is_new) writes_.erase(file->second);
  file->second = writes_.emplace(at, &file->first);
  if (latest_.size() <= kRemembered) return;
  const auto oldest = writes_.begin();
  const std::string gone = *oldest->second;
  writes_.erase(oldest);
  latest_.erase(gone);
}

bool BurstMeter::is_burst(MonoTime at) const {
  return has_run(at, kShortFiles, kShort) || has_run(at, kLongFiles, kLong);
}

/// Whether `files` of them were written within `span` of time that holds `at`. Of the runs of so
/// many in a row no more than `files` can hold it, however many writes there are.
bool BurstMeter::has_run(MonoTime at, std::size_t files, std::chrono::seconds span) const {
  auto first = writes_.upper_bound(at);
  for (std::size_t i = 0; i < files && first != writes_.begin(); ++i) --first;
  for (; first != writes_.end() && first->first <= at; ++first) {
    auto last = first;
    for (std::size_t i = 1; i < files && last != writes_.end(); ++i) ++last;
    if (last == writes_.end()) return false;
    if (last->first >= at && last->first - first->first <= span) return true;
  }
  return false;
}

}  // namespace vigil::agent
