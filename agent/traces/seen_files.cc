#include "agent/traces/seen_files.h"

#include <algorithm>
#include <chrono>

namespace vigil::agent {
namespace {

constexpr std::chrono::minutes kFrontWindow{10};  // a file stays in front without a word
constexpr std::chrono::seconds kSameChange{2};

}  // namespace

SeenFiles::Seen& SeenFiles::entry_of(const std::string& path, MonoTime now) {
  if (files_.size() >= files_max_ && !files_.contains(path)) {
    files_.erase(
        std::ranges::min_element(files_, {}, [](const auto& file) { return file.second.touched; }));
  }
  Seen& entry = files_[path];
  entry.touched = now;
  return entry;
}

void SeenFiles::note_listed(const std::string& path, const std::string& editor, WallTime listed,
                            MonoTime now) {
  Seen& entry = entry_of(path, now);
  if (entry.listed && *entry.listed > listed) return;
  entry.lister = editor;
  entry.listed = listed;
}

bool SeenFiles::note_front(const std::string& path, const std::string& editor, MonoTime now) {
  Seen& entry = entry_of(path, now);
  const bool is_new = !entry.in_front || now - *entry.in_front > kSameChange;
  entry.fronted_by = editor;
  entry.in_front = now;
  return is_new;
}

void SeenFiles::testify(const std::string& path, WallTime saved, MonoTime now,
                        std::vector<Evidence>& evidence) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return;
  const Seen& entry = found->second;
  if (entry.listed) {
    const auto apart = std::chrono::abs(*entry.listed - saved);
    if (apart <= kEvidenceWindow) {
      evidence.push_back({How::recent_files, entry.lister, {}, apart});
    }
  }
  if (entry.in_front && now - *entry.in_front <= kFrontWindow) {
    evidence.push_back({How::git_log, entry.fronted_by, {}, milliseconds{0}});
  }
}

}  // namespace vigil::agent
