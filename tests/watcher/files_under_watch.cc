#include "tests/watcher/files_under_watch.h"

#include <memory>
#include <utility>

namespace vigil::test {

watcher::Root log_root(std::string path) {
  return {std::move(path),
          [](std::string_view name) {
            return name.ends_with(".jsonl") || name.ends_with(".jsonl.zst");
          },
          [](std::string_view directory) { return !directory.starts_with("skipped"); }};
}

KeptSlice keep(const watcher::Slice& slice) {
  return {slice.file,
          slice.from_start,
          slice.behind,
          std::string(slice.path),
          {slice.lines.begin(), slice.lines.end()},
          slice.position};
}

FilesUnderWatch::FilesUnderWatch(watcher::WatchLimits limits, std::vector<std::string> roots)
    : limits_(limits), roots_(std::move(roots)) {
  disk.mkdir("/logs");
  start();
}

void FilesUnderWatch::start() {
  std::vector<watcher::Root> roots;
  for (const auto& path : roots_) roots.push_back(log_root(path));
  watcher_ = std::make_unique<watcher::LogWatcher>(disk, hints, std::move(roots), limits_);
  std::vector<watcher::FilePosition> positions;
  for (const auto& [inode, position] : stored) positions.push_back(position);
  watcher_->restore(std::move(positions));
}

void FilesUnderWatch::restart() {
  watcher_.reset();
  start();
}

std::vector<KeptSlice> FilesUnderWatch::read() {
  disk.set_time(clock.wall_now());
  watcher_->step(clock.mono_now(), clock.wall_now());
  std::vector<KeptSlice> out;
  while (const auto slice = watcher_->next_slice(clock.mono_now())) out.push_back(keep(*slice));
  return out;
}

std::vector<std::string> FilesUnderWatch::lines() {
  std::vector<std::string> out;
  for (auto& slice : read()) {
    stored[slice.position.inode] = slice.position;
    for (auto& line : slice.lines) out.push_back(std::move(line));
  }
  watcher_->commit();
  return out;
}

std::vector<std::string> FilesUnderWatch::lines_after(milliseconds time) {
  clock.advance(time);
  return lines();
}

void FilesUnderWatch::add(const std::string& path, const std::string& text) {
  disk.add(path, text);
  hints.touch(path);
}

void FilesUnderWatch::write(const std::string& path, const std::string& text) {
  disk.write(path, text);
  hints.touch(path);
}

void FilesUnderWatch::move(const std::string& from, const std::string& to) {
  disk.move(from, to);
  hints.touch(from);
  hints.touch(to);
}

void FilesUnderWatch::remove(const std::string& path) {
  disk.remove_tree(path);
  hints.touch(path);
}

}  // namespace vigil::test
