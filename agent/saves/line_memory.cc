#include "agent/saves/line_memory.h"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

namespace vigil::agent {
namespace {

using Hashes = std::vector<std::uint32_t>;

Hashes hash_lines(std::string_view text) {
  Hashes hashes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    hashes.push_back(static_cast<std::uint32_t>(std::hash<std::string_view>{}(line)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return hashes;
}

struct Difference {
  std::int64_t added = 0;
  std::int64_t removed = 0;
};

/// Of what is left between equal beginnings and ends, each line that has no partner on the other
/// side. Linear but for a sort, whatever the files look like.
Difference difference(const Hashes& before, const Hashes& after) {
  const auto [old_from, new_from] =
      std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  const auto [old_to, new_to] = std::mismatch(before.rbegin(), std::make_reverse_iterator(old_from),
                                              after.rbegin(), std::make_reverse_iterator(new_from));
  Hashes gone(old_from, old_to.base());
  Hashes come(new_from, new_to.base());
  std::ranges::sort(gone);
  std::ranges::sort(come);
  Hashes common;
  std::ranges::set_intersection(gone, come, std::back_inserter(common));
  return {static_cast<std::int64_t>(come.size() - common.size()),
          static_cast<std::int64_t>(gone.size() - common.size())};
}

}  // namespace

LineChange LineMemory::see(const std::string& path, std::string_view text) {
  Hashes now = hash_lines(text);
  LineChange change;
  change.lines = static_cast<std::int64_t>(now.size());
  const auto found = files_.find(path);
  if (found != files_.end()) {
    change.is_known = true;
    change.is_same = found->second.lines == now;
    const Difference since = difference(found->second.lines, now);
    change.added = since.added;
    change.removed = since.removed;
  }
  forget(path);
  by_age_.push_front(path);
  hashes_ += now.size();
  files_.emplace(path, File{std::move(now), by_age_.begin()});
  make_room();
  return change;
}

void LineMemory::forget(const std::string& path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return;
  hashes_ -= found->second.lines.size();
  by_age_.erase(found->second.age);
  files_.erase(found);
}

void LineMemory::make_room() {
  while (!by_age_.empty() && (hashes_ > hashes_max_ || files_.size() > files_max_)) {
    const std::string oldest = by_age_.back();
    forget(oldest);
  }
}

}  // namespace vigil::agent
