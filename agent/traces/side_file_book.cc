#include "agent/traces/side_file_book.h"

#include <algorithm>
#include <utility>

namespace vigil::agent {
namespace {

using parser::EditorTrace;
using std::chrono::duration_cast;
using Means = SideReading::Means;

EditorTrace trace_of(const SideReading& reading, EditorTrace::Kind kind) {
  return {.editor = reading.editor,
          .kind = kind,
          .path = reading.owner,
          .pid = reading.pid,
          .confidence = reading.alive ? 0.95 : 0.5};
}

milliseconds between(std::int64_t modified_ns, WallTime saved) {
  const auto apart = modified_ns / 1'000'000 - unix_ms(saved);
  return milliseconds(apart < 0 ? -apart : apart);
}

/// Lives only while there are changes.
bool goes_with_save(const SideReading& reading) {
  return reading.means == Means::unsaved || reading.means == Means::copy;
}

/// Times of files are as coarse as the kernel's ticks.
constexpr milliseconds kTick{100};

/// When Vim has saved it touches its swap file, which is clean then, unless somebody types on. One
/// that was touched before the save and not again was only open.
How how_of_open(const SideReading& reading, WallTime saved) {
  const milliseconds later(reading.modified_ns / 1'000'000 - unix_ms(saved));
  if (later < -kTick || later > kEvidenceWindow) return How::held;
  return reading.dirty ? How::open_file : How::side_file;
}

}  // namespace

std::optional<EditorTrace> SideFileBook::observe(const std::string& path,
                                                 const std::optional<SideReading>& reading,
                                                 MonoTime now) {
  const auto known = entries_.find(path);
  if (known == entries_.end()) {
    if (!reading || reading->editor.empty()) return std::nullopt;
    return appear(path, *reading, now);
  }
  Entry& entry = known->second;
  if (!reading) return entry.gone ? std::nullopt : vanish(entry, now);
  const bool is_another = entry.reading.owner != reading->owner || entry.gone.has_value();
  if (is_another) {
    erase(known);
    return appear(path, *reading, now);
  }
  return change(entry, *reading, now);
}

std::optional<EditorTrace> SideFileBook::appear(const std::string& path, const SideReading& reading,
                                                MonoTime now) {
  make_room();
  entries_.emplace(path, Entry{reading, now, std::nullopt});
  by_owner_.emplace(reading.owner, path);
  if (!reading.alive) return std::nullopt;  // left over from a crash
  const bool is_edit = goes_with_save(reading) || reading.dirty;
  return trace_of(reading, is_edit ? EditorTrace::Kind::edit : EditorTrace::Kind::open);
}

std::optional<EditorTrace> SideFileBook::change(Entry& entry, const SideReading& reading,
                                                MonoTime now) {
  const bool is_rewritten = entry.reading.modified_ns != reading.modified_ns;
  const bool is_edit = reading.dirty && (is_rewritten || !entry.reading.dirty);
  entry.reading = reading;
  entry.looked = now;
  if (!is_edit || !reading.alive) return std::nullopt;
  return trace_of(reading, EditorTrace::Kind::edit);
}

std::optional<EditorTrace> SideFileBook::vanish(Entry& entry, MonoTime now) {
  entry.gone = now;
  // One that lives while there are changes goes with a save; that is not yet a close.
  if (goes_with_save(entry.reading) || !entry.reading.alive) return std::nullopt;
  return trace_of(entry.reading, EditorTrace::Kind::close);
}

void SideFileBook::testify(const std::string& owner, WallTime saved, MonoTime now,
                           std::vector<Evidence>& evidence) const {
  const auto [first, last] = by_owner_.equal_range(owner);
  for (auto it = first; it != last; ++it) {
    const Entry& entry = entries_.at(it->second);
    const SideReading& reading = entry.reading;
    const auto gone = entry.gone ? duration_cast<milliseconds>(now - *entry.gone) : milliseconds{0};
    if (gone > kEvidenceWindow) continue;
    Evidence fact{How::held, reading.editor, reading.pid, gone};
    if (goes_with_save(reading)) {
      const How how = reading.means == Means::copy ? How::backup : How::side_file;
      fact.how = entry.gone ? how : How::held;
    } else if (entry.gone) {
      fact.how = How::side_file;  // saved and closed at once
    } else if (!reading.alive && between(reading.modified_ns, saved) > kEvidenceWindow) {
      continue;
    } else if (reading.means == Means::open) {
      fact.how = how_of_open(reading, saved);
      fact.apart = between(reading.modified_ns, saved);
    } else if (reading.dirty) {
      fact.how = How::open_file;
    }
    evidence.push_back(std::move(fact));
  }
}

std::optional<EditorTrace> SideFileBook::holder_of(const std::string& owner) const {
  const Entry* best = nullptr;
  const auto [first, last] = by_owner_.equal_range(owner);
  for (auto it = first; it != last; ++it) {
    const Entry& entry = entries_.at(it->second);
    if (entry.gone || !entry.reading.alive) continue;
    if (best == nullptr || entry.looked > best->looked) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  return trace_of(best->reading,
                  best->reading.dirty ? EditorTrace::Kind::edit : EditorTrace::Kind::open);
}

std::vector<std::string> SideFileBook::side_files_of(const std::string& owner) const {
  std::vector<std::string> paths;
  const auto [first, last] = by_owner_.equal_range(owner);
  for (auto it = first; it != last; ++it) paths.push_back(it->second);
  return paths;
}

std::vector<std::string> SideFileBook::existing() const {
  std::vector<std::string> paths;
  for (const auto& [path, entry] : entries_) {
    if (!entry.gone) paths.push_back(path);
  }
  return paths;
}

void SideFileBook::forget_old(MonoTime now) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto entry = it++;
    if (entry->second.gone && now - *entry->second.gone > 2 * kEvidenceWindow) erase(entry);
  }
}

void SideFileBook::make_room() {
  if (entries_.size() < entries_max_) return;
  erase(std::ranges::min_element(entries_, {}, [](const auto& entry) {
    return std::pair(!entry.second.gone.has_value(), entry.second.looked);
  }));
}

void SideFileBook::erase(Entries::iterator entry) {
  const auto [first, last] = by_owner_.equal_range(entry->second.reading.owner);
  for (auto it = first; it != last; ++it) {
    if (it->second != entry->first) continue;
    by_owner_.erase(it);
    break;
  }
  entries_.erase(entry);
}

}  // namespace vigil::agent
