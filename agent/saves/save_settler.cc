#include "agent/saves/save_settler.h"

#include <algorithm>
#include <utility>

#include "base/file_system.h"

namespace vigil::agent {

using watcher::TreeChange;

bool SaveSettler::add(const TreeChange& change) {
  if (change.name.empty() || change.kind == FileKind::directory) return false;
  auto side = parser::side_file(change.name);
  if (side) {
    const bool is_no_file = side->surety == parser::SideFile::Surety::sure;
    note_witness(change, *std::move(side));
    if (is_no_file) return false;
  }
  const std::string path = join_path(change.directory, change.name);
  const auto known = writes_.find(path);
  if (known == writes_.end()) {
    earliest_ = writes_.empty() ? change.at + kQuiet : std::min(earliest_, change.at + kQuiet);
    writes_.emplace(path,
                    Write{change.what, change.first, change.at, change.at, change.moved_from});
    return true;
  }
  Write& write = known->second;
  write.what |= change.what;
  write.last = std::max(write.last, change.at);
  if (!change.moved_from.empty()) write.moved_from = change.moved_from;
  return true;
}

void SaveSettler::note_witness(const TreeChange& change, parser::SideFile file) {
  const std::string owner = join_path(change.directory, file.owner);
  const auto [first, last] = witnesses_.equal_range(owner);
  for (auto at = first; at != last; ++at) {
    if (at->second.file != file) continue;
    at->second.at = change.at;
    return;
  }
  if (witnesses_.size() >= kWitnessesMax) forget_witnesses(change.at);
  if (witnesses_.size() >= kWitnessesMax) return;
  witnesses_.emplace(owner, Witness{std::move(file), change.at});
}

void SaveSettler::forget_witnesses(MonoTime now) {
  std::erase_if(witnesses_,
                [now](const auto& entry) { return entry.second.at + kWitnessLife < now; });
}

/// Whether the file got a content by what happened; else it was only renamed, deleted or is still
/// being written.
bool SaveSettler::may_be_save(std::uint32_t what) {
  return (what & (TreeChange::closed | TreeChange::moved_in | TreeChange::found)) != 0;
}

std::vector<SettledWrite> SaveSettler::take(MonoTime now) {
  std::vector<SettledWrite> settled;
  if (writes_.empty() || now < earliest_) return settled;
  earliest_ = MonoTime::max();
  for (auto at = writes_.begin(); at != writes_.end();) {
    if (at->second.due() > now) {
      earliest_ = std::min(earliest_, at->second.due());
      ++at;
      continue;
    }
    if (may_be_save(at->second.what)) settled.push_back(settle(at->first, at->second));
    at = writes_.erase(at);
  }
  std::ranges::sort(settled, {}, &SettledWrite::last);
  if (writes_.empty()) forget_witnesses(now);
  return settled;
}

SettledWrite SaveSettler::settle(const std::string& path, const Write& write) const {
  SettledWrite settled{.path = path,
                       .what = write.what,
                       .first_event = write.first_event,
                       .first = write.first,
                       .last = write.last,
                       .from = {},
                       .beside = {}};
  if (!write.moved_from.empty()) {
    settled.from = parser::side_file(file_name(write.moved_from));
  } else {
  }
  const auto collect = [&](const std::string& owner) {
    const auto [first, last] = witnesses_.equal_range(owner);
    for (auto at = first; at != last; ++at) {
      const Witness& witness = at->second;
      if (witness.at + kWitnessLife < write.first || witness.at > write.last + kQuiet) continue;
      settled.beside.push_back(witness.file);
    }
  };
  collect(path);
  collect(join_path(parent_path(path), ""));
  return settled;
}

std::optional<MonoTime> SaveSettler::oldest() const {
  std::optional<MonoTime> first;
  for (const auto& [path, write] : writes_) {
    first = std::min(first.value_or(write.first), write.first);
  }
  return first;
}

bool SaveSettler::has_found() const {
  return std::ranges::any_of(
      writes_, [](const auto& entry) { return (entry.second.what & TreeChange::found) != 0; });
}

std::optional<MonoTime> SaveSettler::deadline() const {
  if (writes_.empty()) return std::nullopt;
  return earliest_;
}

}  // namespace vigil::agent
