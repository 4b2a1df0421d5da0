#include "tests/watcher/trees_under_watch.h"

#include <poll.h>

#include <filesystem>
#include <fstream>

#include "base/check.h"

namespace vigil::test {

using watcher::TreeChange;
using watcher::TreeLimits;

namespace {

constexpr std::size_t kAll = 1'000'000;

std::string parent(const std::string& path) {
  return std::string(parent_path(path));
}

std::string last(const std::string& path) {
  return std::string(file_name(path));
}

}  // namespace

// --- In memory ---------------------------------------------------------------------------------

MemoryTree::MemoryTree(TreeLimits limits) : watcher(files, source, limits) {
  files.set_time(clock.wall_now());
  files.mkdir(root);
}

void MemoryTree::make(const std::string& path) {
  files.mkdir(path);
  source.tell(parent(path), last(path), TreeChange::created, FileKind::directory);
}

void MemoryTree::write(const std::string& path) {
  const bool is_new = !files.stat(path).has_value();
  files.write(path, "text");
  if (is_new) source.tell(parent(path), last(path), TreeChange::created);
  source.tell(parent(path), last(path), TreeChange::modified);
  source.tell(parent(path), last(path), TreeChange::closed);
}

void MemoryTree::unlink(const std::string& path) {
  check(files.remove(path).has_value());
  source.tell(parent(path), last(path), TreeChange::deleted);
}

void MemoryTree::remove(const std::string& path) {
  const auto entries = files.list(path);
  check(entries.has_value());
  for (const auto& entry : *entries) {
    const std::string below = join_path(path, entry.name);
    if (entry.kind == FileKind::directory) {
      remove(below);
    } else {
      unlink(below);
    }
  }
  const auto inode = files.stat(path)->inode;
  files.remove_tree(path);
  source.tell(parent(path), last(path), TreeChange::deleted, FileKind::directory);
  source.tell_gone(inode);
}

void MemoryTree::move(const std::string& from, const std::string& to) {
  const FileStat stat = *files.stat(from);
  const auto replaced = files.stat(to);
  const auto kind = stat.kind == FileKind::directory ? FileKind::directory : FileKind::regular;
  files.move(from, to);
  source.tell_left(parent(from), last(from), kind);
  source.tell_arrived(parent(to), last(to), kind);
  if (replaced && replaced->kind == FileKind::directory) source.tell_gone(replaced->inode);
  if (kind == FileKind::directory) source.tell_moved(stat.inode);
}

void MemoryTree::link(const std::string& target, const std::string& path) {
  files.symlink(target, path);
  source.tell(parent(path), last(path), TreeChange::created);
}

void MemoryTree::pass(milliseconds by) {
  clock.advance(by);
  files.set_time(clock.wall_now());
  source.set_now(clock.mono_now());
}

void MemoryTree::step() {
  watcher.step(clock.mono_now(), clock.wall_now());
}

void MemoryTree::settle() {
  (void)changes();
}

std::vector<TreeChange> MemoryTree::changes() {
  std::vector<TreeChange> all;
  do {
    step();
    for (auto& change : watcher.take(kAll)) all.push_back(std::move(change));
  } while (watcher.has_more());
  return all;
}

// --- On the disk -------------------------------------------------------------------------------

DiskTree::DiskTree(TreeLimits limits)
    : source(*watcher::InotifyTreeSource::create(clock)), watcher(files, *source, limits) {
  root = *files.canonical(directory.path()) + "/tree";
  std::filesystem::create_directory(root);
  watcher.watch_flat(marks_.path());
}

void DiskTree::make(const std::string& path) {
  std::filesystem::create_directory(path);
}

void DiskTree::write(const std::string& path) {
  std::ofstream(path, std::ios::app) << "text";
}

void DiskTree::unlink(const std::string& path) {
  std::filesystem::remove(path);
}

void DiskTree::remove(const std::string& path) {
  std::filesystem::remove_all(path);
}

void DiskTree::move(const std::string& from, const std::string& to) {
  std::filesystem::rename(from, to);
}

void DiskTree::link(const std::string& target, const std::string& path) {
  std::filesystem::create_symlink(target, path);
}

void DiskTree::step() {
  watcher.step(clock.mono_now(), clock.wall_now());
}

void DiskTree::settle() {
  (void)changes();
}

std::vector<TreeChange> DiskTree::changes() {
  const std::string mark = std::to_string(++mark_);
  const std::string marks = *files.canonical(marks_.path());
  const auto give_up = clock.mono_now() + std::chrono::seconds(20);
  step();  // so that the marks are watched
  write(join_path(marks, mark));
  std::vector<TreeChange> all;
  for (bool is_there = false; !is_there || watcher.has_more();) {
    check(clock.mono_now() < give_up);
    pollfd wake{watcher.wake_fd(), POLLIN, 0};
    if (!watcher.has_more()) ::poll(&wake, 1, 10);
    step();
    for (auto& change : watcher.take(kAll)) {
      if (change.directory != marks) {
        all.push_back(std::move(change));
      } else if (change.name == mark && (change.what & TreeChange::closed) != 0) {
        is_there = true;
      }
    }
  }
  return all;
}

// --- What was told -----------------------------------------------------------------------------

Told told(const std::vector<TreeChange>& changes) {
  Told out;
  for (const auto& change : changes) out[join_path(change.directory, change.name)] |= change.what;
  return out;
}

std::uint32_t told_of(const std::vector<TreeChange>& changes, const std::string& path) {
  const Told all = told(changes);
  const auto found = all.find(path);
  return found == all.end() ? 0 : found->second;
}

}  // namespace vigil::test
