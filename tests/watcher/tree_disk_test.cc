// Trees on the disk, as only the kernel makes them: while somebody is at work in them, deeper than
// a path can say, and faster than events are taken.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "tests/watcher/trees_under_watch.h"

using namespace vigil;
using namespace vigil::test;
using namespace vigil::watcher;

namespace {

bool enters_all(const std::string& /*directory*/) {
  return true;
}

TreeStatus status_of(const TreeWatcher& watcher, const std::string& root) {
  for (const auto& status : watcher.status()) {
    if (status.root == root) return status;
  }
  FAIL("no such root");
  return {};
}

std::size_t count_directories(const std::string& root) {
  std::size_t count = 1;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_directory() && !entry.is_symlink()) ++count;
  }
  return count;
}

/// Makes folders in folders with a file in each, and moves some of them, as fast as it can.
void work_in(const std::string& root, int rounds) {
  std::mt19937 dice(7);
  for (int round = 0; round < rounds; ++round) {
    std::string path = root + "/r" + std::to_string(round);
    const std::string top = path;
    for (int level = 0; level < 4; ++level) {
      std::filesystem::create_directory(path);
      std::ofstream(path + "/file") << "text";
      path += "/d";
    }
    if (dice() % 3 == 0) std::filesystem::rename(top, top + "-moved");
    if (dice() % 3 == 0) std::filesystem::rename(root + "/fixed", root + "/fixed2");
    if (std::filesystem::exists(root + "/fixed2")) {
      std::ofstream(root + "/fixed2/file" + std::to_string(round)) << "text";
      std::filesystem::rename(root + "/fixed2", root + "/fixed");
    }
  }
}

std::set<std::string> files_below(const std::string& root) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files.insert(entry.path().string());
  }
  return files;
}

}  // namespace

namespace {

/// Somebody who looks at every file that was told. When a directory has moved meanwhile, that is
/// told, too, and says where the file is.
class Listener {
 public:
  explicit Listener(DiskTree& tree) : tree_(tree) {}

  void hear() {
    for (const auto& change : tree_.changes()) {
      const std::string path = join_path(change.directory, change.name);
      if (change.kind == FileKind::regular) missing_.insert(path);
      if (change.kind == FileKind::directory && !change.moved_from.empty()) {
        const bool is_path = change.moved_from.starts_with('/');
        follow(is_path ? change.moved_from : join_path(change.directory, change.moved_from), path);
      }
    }
    std::erase_if(missing_, [this](const std::string& path) {
      const auto stat = tree_.files.stat(path);
      if (stat) met_.insert(stat->inode);
      return stat.has_value();
    });
  }

  [[nodiscard]] bool has_met(const std::string& path) const {
    return met_.contains(tree_.files.stat(path)->inode);
  }

 private:
  void follow(const std::string& from, const std::string& to) {
    std::set<std::string> moved;
    for (const auto& path : missing_) {
      const bool is_below = path.starts_with(from + "/");
      moved.insert(is_below ? to + path.substr(from.size()) : path);
    }
    missing_ = std::move(moved);
  }

  DiskTree& tree_;
  std::set<std::string> missing_;
  std::set<std::uint64_t> met_;  ///< inodes
};

}  // namespace

TEST_CASE("nothing is lost of what somebody makes while it is being followed", "[watcher][io]") {
  DiskTree tree;
  tree.make(tree.root + "/fixed");
  tree.watcher.add(tree.root, std::nullopt, enters_all);
  tree.settle();
  Listener listener(tree);
  std::thread worker(work_in, tree.root, 300);
  for (int round = 0; round < 50; ++round) listener.hear();
  worker.join();
  const auto end = tree.clock.mono_now() + std::chrono::seconds(20);
  const std::size_t directories = count_directories(tree.root);
  do {
    listener.hear();
  } while (status_of(tree.watcher, tree.root).watched != directories &&
           tree.clock.mono_now() < end);
  CHECK(status_of(tree.watcher, tree.root).watched == directories);
  CHECK(tree.watcher.overflows() == 0);
  for (const auto& path : files_below(tree.root)) {
    INFO(path);
    CHECK(listener.has_met(path));
  }
}

TEST_CASE("a tree deeper than a path can say is watched as far as it goes, and harms nobody",
          "[watcher][io]") {
  DiskTree tree;
  tree.watcher.add(tree.root, std::nullopt, enters_all);
  tree.settle();
  UniqueFd at(::open(tree.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string name(200, 'd');
  for (int level = 0; level < 40; ++level) {
    REQUIRE(::mkdirat(at.get(), name.c_str(), 0755) == 0);
    at.reset(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(at);
  }
  tree.settle();
  const auto status = status_of(tree.watcher, tree.root);
  CHECK(status.watched > 15);
  CHECK(status.watched < 30);
  CHECK(status.polled == 1);
  CHECK_FALSE(status.trouble.empty());
  CHECK(tree.watcher.seen_until(tree.root));
  tree.write(tree.root + "/file");
  CHECK((told_of(tree.changes(), tree.root + "/file") & TreeChange::closed) != 0);
}

TEST_CASE("more events than may wait are an overflow, after which events are told again",
          "[watcher][io]") {
  TemporaryDirectory directory;
  SystemClock clock;
  const auto source = *InotifyTreeSource::create(clock, 8);
  const auto watch = source->watch(directory.path());
  REQUIRE(watch);
  CHECK(*source->watch(directory.path()) == *watch);
  const auto take_until = [&](auto is_it) {
    const auto end = clock.mono_now() + std::chrono::seconds(5);
    while (clock.mono_now() < end) {
      const TreeEvents taken = source->take();
      if (is_it(taken)) return true;
    }
    return false;
  };
  for (int file = 0; file < 100; ++file) {
    std::ofstream(directory.file(std::to_string(file))) << "x";
  }
  CHECK(take_until([](const TreeEvents& taken) { return taken.overflowed; }));
  CHECK(take_until([](const TreeEvents& taken) { return taken.caught_up; }));
  std::ofstream(directory.file("after")) << "x";
  CHECK(take_until([](const TreeEvents& taken) {
    return std::ranges::find(taken.events, "after", &TreeEvent::name) != taken.events.end();
  }));
}

TEST_CASE("the share of watches is one of what the kernel allows", "[watcher][unit]") {
  MemoryFileSystem files;
  CHECK(share_of_watches(files, 0.5) == 4096);
  files.write("/proc/sys/fs/inotify/max_user_watches", "200000\n");
  CHECK(share_of_watches(files, 0.2) == 40'000);
}
