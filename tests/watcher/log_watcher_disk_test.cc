#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "base/posix_file_system.h"
#include "tests/support/temporary_directory.h"
#include "tests/watcher/files_under_watch.h"
#include "watcher/inotify_source.h"

using namespace std::chrono_literals;
using namespace vigil;
using namespace vigil::test;
using namespace vigil::watcher;
namespace fs = std::filesystem;

namespace {

/// A watcher on the machine's own disk and inotify, on a clock of the test's.
class OnDisk {
 public:
  explicit OnDisk(WatchLimits limits = {}, std::size_t pending_max = InotifySource::kPendingMax)
      : source_(*InotifySource::create(pending_max)),
        watcher_(disk_, *source_, {log_root(directory_.path())}, limits) {
    read();
  }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }

  void add(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::app) << text;
  }

  /// What there is to read right now.
  std::vector<std::string> read() {
    std::vector<std::string> out;
    watcher_.step(clock_.mono_now(), clock_.wall_now());
    while (const auto slice = watcher_.next_slice(clock_.mono_now())) {
      for (const auto line : slice->lines) out.emplace_back(line);
    }
    watcher_.commit();
    return out;
  }

  /// Reads on as the kernel tells, until so many lines are there or nothing comes for 5 s.
  std::vector<std::string> read(std::size_t count) {
    std::vector<std::string> out = read();
    pollfd fd{source_->wake_fd(), POLLIN, 0};
    while (out.size() < count && ::poll(&fd, 1, 5'000) > 0) {
      for (auto& line : read()) out.push_back(std::move(line));
    }
    return out;
  }

  void wait_for_hint() const {
    pollfd fd{source_->wake_fd(), POLLIN, 0};
    REQUIRE(::poll(&fd, 1, 5'000) == 1);
  }

  void advance(milliseconds by) { clock_.advance(by); }
  LogWatcher& watcher() { return watcher_; }

 private:
  TemporaryDirectory directory_;
  PosixFileSystem disk_;
  ManualClock clock_;
  std::unique_ptr<InotifySource> source_;
  LogWatcher watcher_;
};

}  // namespace

TEST_CASE("appends on the disk are read as the kernel tells of them", "[watcher][io]") {
  OnDisk files;
  files.add("a.jsonl", "1\n2\n");
  CHECK(files.read(2) == Lines{"1", "2"});
  files.add("a.jsonl", "3\n");
  CHECK(files.read(1) == Lines{"3"});
}

TEST_CASE("a file that takes a freed inode is read from its start", "[watcher][io]") {
  OnDisk files(WatchLimits{.open_files_max = 1});
  for (int i = 0; i < 50; ++i) {
    files.add("a.jsonl", "{\"same\":\"head\"}\n" + std::to_string(i) + "\n");
    CHECK(files.read(2) == Lines{"{\"same\":\"head\"}", std::to_string(i)});
    files.add("b.jsonl", "x\n");  // takes the only descriptor, so that the inode is freed
    CHECK(files.read(1) == Lines{"x"});
    fs::remove(files.path("a.jsonl"));
  }
}

TEST_CASE("a rotated file is drained through its old descriptor", "[watcher][io]") {
  OnDisk files;
  std::ofstream writer(files.path("a.jsonl"));
  writer << "1\n" << std::flush;
  CHECK(files.read(1) == Lines{"1"});
  fs::rename(files.path("a.jsonl"), files.path("a.jsonl.1"));
  writer << "2\n" << std::flush;
  files.add("a.jsonl", "new\n");
  auto lines = files.read(2);
  std::ranges::sort(lines);
  CHECK(lines == Lines{"2", "new"});
  writer << "3\n" << std::flush;
  CHECK(files.read(1) == Lines{"3"});
}

TEST_CASE("a file deleted while its writer goes on is read to its end", "[watcher][io]") {
  OnDisk files;
  std::ofstream writer(files.path("a.jsonl"));
  writer << "1\n" << std::flush;
  CHECK(files.read(1) == Lines{"1"});
  fs::remove(files.path("a.jsonl"));
  files.wait_for_hint();
  files.read();
  writer << "2\n" << std::flush;
  files.advance(5s);
  CHECK(files.read() == Lines{"2"});
  files.advance(5s);
  files.read();
  CHECK(files.watcher().take_vanished().size() == 1);
}

TEST_CASE("copytruncate on the disk loses nothing that was read before", "[watcher][io]") {
  OnDisk files;
  for (int round = 0; round < 20; ++round) {
    const std::string line = "round " + std::to_string(round) + std::string(300, 'x');
    files.add("a.jsonl", line + "\n");
    CHECK(files.read(1) == Lines{line});
    fs::copy_file(files.path("a.jsonl"), files.path("a.jsonl.1"),
                  fs::copy_options::overwrite_existing);
    fs::resize_file(files.path("a.jsonl"), 0);
  }
}

TEST_CASE("files in directories that are made in a hurry are all found", "[watcher][io]") {
  OnDisk files;
  constexpr int kCount = 400;
  std::thread writer([&] {
    for (int i = 0; i < kCount; ++i) {
      const std::string directory = "d" + std::to_string(i) + "/b/c";
      fs::create_directories(files.path(directory));
      files.add(directory + "/x.jsonl", std::to_string(i) + "\n");
    }
  });
  auto lines = files.read(kCount);
  writer.join();
  for (auto& line : files.read(kCount - lines.size())) lines.push_back(std::move(line));
  CHECK(lines.size() == kCount);
  CHECK(std::set<std::string>(lines.begin(), lines.end()).size() == kCount);
}

TEST_CASE("links on the disk are not followed below the root", "[watcher][io]") {
  TemporaryDirectory outside;
  std::ofstream(outside.file("b.jsonl")) << "outside\n";
  OnDisk files;
  fs::create_directory_symlink(outside.path(), files.path("dir"));
  fs::create_symlink(outside.file("b.jsonl"), files.path("file.jsonl"));
  fs::create_directory_symlink(".", files.path("loop"));
  fs::create_symlink("nowhere", files.path("dangling.jsonl"));
  fs::create_hard_link(outside.file("b.jsonl"), files.path("hard.jsonl"));
  files.add("a.jsonl", "inside\n");
  files.watcher().request_reconcile();
  auto lines = files.read();
  std::ranges::sort(lines);
  CHECK(lines == Lines{"inside", "outside"});
}

TEST_CASE("after an overflow everything is found", "[watcher][io]") {
  OnDisk files({}, 64);
  constexpr std::size_t kCount = 1'000;
  for (std::size_t i = 0; i < kCount; ++i) files.add(std::to_string(i) + ".jsonl", "1\n");
  CHECK(files.read(kCount).size() == kCount);
  CHECK(files.watcher().status().overflows >= 1);
}

TEST_CASE("an append storm is read by position, not by events", "[watcher][io]") {
  OnDisk files;
  constexpr int kCount = 50'000;
  std::thread writer([&] {
    std::ofstream out(files.path("a.jsonl"));
    for (int i = 0; i < kCount; ++i) out << i << "\n" << std::flush;
  });
  auto lines = files.read(kCount);
  writer.join();
  REQUIRE(lines.size() == kCount);
  for (int i = 0; i < kCount; ++i) {
    if (lines[static_cast<std::size_t>(i)] != std::to_string(i)) FAIL("line " << i);
  }
}
