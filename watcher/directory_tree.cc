#include "watcher/directory_tree.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vigil::watcher {
namespace {

constexpr std::string_view kCompressed = ".zst";

}  // namespace

DirectoryTree::DirectoryTree(const FileSystem& files, SharedWatches& watches, FileTable& table,
                             TroubleList& troubles, const Root& root, std::uint32_t index)
    : files_(files),
      watches_(watches),
      table_(table),
      troubles_(troubles),
      root_(root),
      index_(index) {}

// --- The root ----------------------------------------------------------------------------------

void DirectoryTree::reconcile() {
  auto base = files_.canonical(root_.path);
  if (!base) {
    wait_for_root();
    base = files_.canonical(root_.path);  // it may have come before the watch for it
    if (!base) return;
  }
  if (base_ != *base) {
    drop();
    base_ = *std::move(base);
    remote_ = !files_.reports_changes(base_);
  }
  table_.set_root_present(index_);
  scan(base_, Depth::all);
  if (!find(base_)) return;  // gone meanwhile
  stop_waiting();
  if (unlisted_ == 0) table_.drop_unclaimed(base_);
}

void DirectoryTree::check_root() {
  const auto base = files_.canonical(root_.path);
  if (base ? *base != base_ : !base_.empty()) reconcile();
}

void DirectoryTree::wait_for_root() {
  drop();
  table_.set_root_away(index_);
  for (std::string path(parent_path(root_.path));; path = parent_path(path)) {
    const auto above = files_.canonical(path);
    if (!above && path.size() > 1) continue;
    if (above && *above == anchor_) return;
    stop_waiting();
    if (above && watches_.acquire(*above)) anchor_ = *above;
    return;
  }
}

void DirectoryTree::stop_waiting() {
  if (!anchor_.empty()) watches_.release(std::exchange(anchor_, ""));
}

void DirectoryTree::drop() {
  if (!base_.empty()) leave(base_);
  base_.clear();
  remote_ = false;
}

// --- Scanning ----------------------------------------------------------------------------------

void DirectoryTree::scan(const std::string& start, Depth depth) {
  scan_ = table_.next_scan();
  to_list_.assign(1, start);
  while (!to_list_.empty()) {
    const std::string path = std::move(to_list_.back());
    to_list_.pop_back();
    list(path, depth);
  }
}

void DirectoryTree::list(const std::string& path, Depth depth) {
  Directory& directory = enter(path);
  const auto entries = files_.list(path);
  if (!entries && entries.error().code == Errc::not_found) return leave(path);
  if (directory.unlisted != !entries) unlisted_ += entries ? -std::size_t{1} : 1;
  directory.unlisted = !entries;
  if (!entries) return troubles_.note(path, entries.error().message);
  troubles_.clear(path);
  for (const auto& entry : *entries) visit(directory, entry, depth);
  sweep(directory);
  if (table_.any_lost()) find_renamed(directory, *entries);
}

/// A log that has lost its name may be beside it under one that no log has.
void DirectoryTree::find_renamed(Directory& directory, const std::vector<DirectoryEntry>& entries) {
  for (const auto& entry : entries) {
    if (entry.kind == FileKind::regular && directory.find(entry.name) == nullptr) {
      visit_file(directory, entry.name);
    }
  }
}

void DirectoryTree::visit(Directory& directory, const DirectoryEntry& entry, Depth depth) {
  const std::string path = join_path(directory.path, entry.name);
  FileKind kind = entry.kind;
  if (kind == FileKind::other) {
    const auto stat = files_.stat(path);
    if (stat) kind = stat->kind;
  }
  const std::string_view below = relative(path);
  switch (kind) {
    case FileKind::regular:
      if (is_wanted(directory, entry.name, path)) visit_file(directory, entry.name);
      break;
    case FileKind::directory:
      if (!root_.may_hold_logs(below)) break;
      if (Directory* known = find(path)) {
        known->seen = scan_;
        if (depth == Depth::new_only) break;
      }
      to_list_.push_back(path);
      break;
    case FileKind::symlink:
      if (root_.is_log(below) || root_.may_hold_logs(below)) {
        troubles_.note(path, path + ": is a link, which is not followed");
      }
      break;
    case FileKind::other: break;
  }
}

void DirectoryTree::visit_file(Directory& directory, const std::string& name) {
  const auto stat = files_.stat(join_path(directory.path, name));
  if (!stat || stat->kind != FileKind::regular || hidden_by_plain(directory, name)) return;
  const bool log = root_.is_log(relative(join_path(directory.path, name)));
  if (log || directory.find(name) != nullptr || table_.is_lost(*stat)) {
    table_.observe(directory, name, *stat, scan_);
  }
}

/// What was not met in a directory that has just been listed is not there any more.
void DirectoryTree::sweep(Directory& directory) {
  const std::vector<TrackedFile*> files = directory.files;
  for (TrackedFile* file : files) {
    if (file->seen != scan_) table_.lose(*file);
  }
  const std::string prefix = join_path(directory.path, "");
  std::vector<std::string> gone;
  for (auto it = directories_.upper_bound(prefix);
       it != directories_.end() && it->first.starts_with(prefix); ++it) {
    const bool child = it->first.find('/', prefix.size()) == std::string::npos;
    if (child && it->second.seen != scan_) gone.push_back(it->first);
  }
  for (const auto& path : gone) leave(path);
}

/// A file whose name says that it is a log, or one that is followed after it was renamed.
bool DirectoryTree::is_wanted(const Directory& directory, const std::string& name,
                              const std::string& path) const {
  return root_.is_log(relative(path)) || directory.find(name) != nullptr || table_.any_lost();
}

/// `x.jsonl.zst` says nothing that `x.jsonl` beside it does not.
bool DirectoryTree::hidden_by_plain(const Directory& directory, const std::string& name) const {
  if (!name.ends_with(kCompressed)) return false;
  const auto plain = name.substr(0, name.size() - kCompressed.size());
  return files_.stat(join_path(directory.path, plain)).has_value();
}

// --- Directories -------------------------------------------------------------------------------

Directory* DirectoryTree::find(std::string_view path) {
  const auto found = directories_.find(path);
  return found == directories_.end() ? nullptr : &found->second;
}

std::string_view DirectoryTree::relative(std::string_view path) const {
  if (path.size() <= base_.size()) return {};
  return path.substr(base_ == "/" ? 1 : base_.size() + 1);
}

Directory& DirectoryTree::enter(const std::string& path) {
  const auto [found, is_new] = directories_.try_emplace(path);
  Directory& directory = found->second;
  directory.path = found->first;
  directory.root = index_;
  directory.seen = scan_;
  watch(directory);
  return directory;
}

void DirectoryTree::watch(Directory& directory) {
  const std::string path(directory.path);
  const bool held = directory.watch == Directory::Watch::held;
  const auto watched = held ? watches_.renew(path) : watches_.acquire(path);
  if (held && !watched) watches_.release(path);
  if (directory.watch == Directory::Watch::refused) --refused_;
  directory.watch = watched ? Directory::Watch::held : Directory::Watch::refused;
  if (!watched) ++refused_;
}

void DirectoryTree::leave(const std::string& path) {
  const std::string prefix = join_path(path, "");
  auto it = directories_.find(path);
  if (it == directories_.end()) return;
  leave_one(it->second);
  directories_.erase(it);
  it = directories_.upper_bound(prefix);
  while (it != directories_.end() && it->first.starts_with(prefix)) {
    leave_one(it->second);
    it = directories_.erase(it);
  }
}

void DirectoryTree::leave_one(Directory& directory) {
  const std::vector<TrackedFile*> files = directory.files;
  for (TrackedFile* file : files) table_.lose(*file);
  const std::string path(directory.path);
  if (directory.watch == Directory::Watch::held) watches_.release(path);
  if (directory.watch == Directory::Watch::refused) --refused_;
  if (directory.unlisted) --unlisted_;
  troubles_.clear(path);
}

// --- Polling and hints -------------------------------------------------------------------------

bool DirectoryTree::needs_polling() const {
  if (base_.empty()) return anchor_.empty();
  return remote_ || refused_ > 0 || unlisted_ > 0;
}

void DirectoryTree::poll() {
  if (!needs_polling()) return;
  if (base_.empty() || remote_) return reconcile();
  std::vector<std::string> unwatched;
  for (const auto& [path, directory] : directories_) {
    if (directory.watch == Directory::Watch::refused || directory.unlisted) {
      unwatched.push_back(path);
    }
  }
  for (const auto& path : unwatched) {
    if (find(path) != nullptr) scan(path, Depth::new_only);
  }
}

void DirectoryTree::entry_changed(const std::string& directory, const std::string& name) {
  if (base_.empty()) {
    if (directory == anchor_) reconcile();
    return;
  }
  Directory* known = find(directory);
  if (known == nullptr) return;
  const std::string path = join_path(directory, name);
  const std::string_view below = relative(path);
  if (!root_.may_hold_logs(below) && !is_wanted(*known, name, path)) return;
  const auto stat = files_.stat(path);
  const bool regular = stat && stat->kind == FileKind::regular;
  const bool folder = stat && stat->kind == FileKind::directory;
  if (TrackedFile* file = known->find(name); file != nullptr && !regular) table_.lose(*file);
  if (!folder && find(path) != nullptr) leave(path);
  if (folder && root_.may_hold_logs(below)) scan(path, Depth::all);
  if (regular) {
    scan_ = table_.next_scan();
    visit_file(*known, name);
    TrackedFile* packed = known->find(name + std::string(kCompressed));
    if (packed != nullptr) table_.lose(*packed);
  }
}

void DirectoryTree::directory_gone(const std::string& directory) {
  if (directory == anchor_ || directory == base_) {
    stop_waiting();
    drop();
    return reconcile();
  }
  if (find(directory) == nullptr) return;
  leave(directory);
  const auto stat = files_.stat(directory);
  if (stat && stat->kind == FileKind::directory) scan(directory, Depth::all);
}

}  // namespace vigil::watcher
