// Watches one tree and keeps what it is told, for tree_watch.py to ask about: the tree watcher
// without the agent around it, as a program to set beside inotifywait and watchman.
//
//   tree_bench ROOT WATCHES_MAX
//
// Says `ready` once every directory is watched. Then reads commands, one a line:
//   status     one line of JSON
//   dump FILE  writes what was told since the last dump (`<boot time in ns> <bits> <path>`) and
//   says `dumped`
// and ends with its input.

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "watcher/inotify_tree_source.h"
#include "watcher/tree_watcher.h"

namespace vigil {
namespace {

constexpr std::size_t kTakenAtOnce = 4096;

class Bench {
 public:
  Bench(std::string root, std::size_t watches_max)
      : root_(std::move(root)),
        source_(watcher::open_tree_source(clock_)),
        watcher_(files_, *source_, {.watches_max = watches_max}) {
    watcher_.add(root_, std::nullopt, [](const std::string&) { return true; });
  }

  void run() {
    std::array<pollfd, 2> fds{{{watcher_.wake_fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    do {
      work();
      ::poll(fds.data(), fds.size(), timeout());
    } while (fds[1].revents == 0 || obey());
  }

 private:
  struct Told {
    MonoTime at;
    std::uint32_t what;
    std::string path;
  };

  void work() {
    do {
      watcher_.step(clock_.mono_now(), clock_.wall_now());
      for (const auto& change : watcher_.take(kTakenAtOnce)) {
        told_.push_back({clock_.mono_now(), change.what, join_path(change.directory, change.name)});
      }
    } while (watcher_.has_more());
    if (!was_ready_ && watcher_.status().front().ready) {
      was_ready_ = true;
      std::puts("ready");
      std::fflush(stdout);
    }
  }

  [[nodiscard]] int timeout() const {
    const auto due = watcher_.deadline();
    if (!due) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*due - clock_.mono_now());
    return static_cast<int>(std::max<milliseconds::rep>(left.count(), 0));
  }

  bool obey() {
    std::string command;
    if (!std::getline(std::cin, command)) return false;
    if (command == "status") {
      print_status();
    } else if (command.starts_with("dump ")) {
      dump(command.substr(5));
    }
    std::fflush(stdout);
    return true;
  }

  void print_status() const {
    const auto status = watcher_.status().front();
    const auto seen = watcher_.seen_until(root_);
    std::printf(
        "{\"directories\":%zu,\"watched\":%zu,\"polled\":%zu,\"ready\":%s,\"overflows\":%lu,"
        "\"told\":%zu,\"seen_until\":%ld}\n",
        status.directories, status.watched, status.polled, status.ready ? "true" : "false",
        watcher_.overflows(), told_.size(), seen ? unix_ms(*seen) : 0);
  }

  void dump(const std::string& path) {
    std::ofstream out(path);
    for (const auto& one : told_) {
      out << one.at.time_since_epoch().count() << ' ' << one.what << ' ' << one.path << '\n';
    }
    told_ = {};
    std::puts("dumped");
  }

  std::string root_;
  PosixFileSystem files_;
  SystemClock clock_;
  std::unique_ptr<watcher::TreeSource> source_;
  watcher::TreeWatcher watcher_;
  std::vector<Told> told_;
  bool was_ready_ = false;
};

}  // namespace
}  // namespace vigil

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  vigil::Bench(argv[1], std::strtoull(argv[2], nullptr, 10)).run();
}
