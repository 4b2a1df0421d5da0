#include "watcher/watch_source.h"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/support/scripted_watch_source.h"
#include "tests/support/temporary_directory.h"
#include "watcher/inotify_source.h"

using namespace vigil;
using namespace vigil::test;
using namespace vigil::watcher;

namespace {

using Events = std::vector<WatchEvent>;

/// The script hears of changes because this tells it.
struct Scripted {
  ScriptedWatchSource source;
  void changed(const std::string& path) { source.touch(path); }
  void gone(const std::string& directory) { source.directory_gone(directory); }
  Events wait_for(const WatchEvent&) { return source.take(); }
};

/// The kernel knows by itself; its reader is waited for.
struct Inotify {
  std::unique_ptr<InotifySource> owner = *InotifySource::create();
  InotifySource& source = *owner;
  void changed(const std::string&) {}
  void gone(const std::string&) {}
  Events wait_for(const WatchEvent& last) {
    Events all;
    pollfd fd{source.wake_fd(), POLLIN, 0};
    while (std::ranges::find(all, last) == all.end() && ::poll(&fd, 1, 5'000) > 0) {
      for (auto& event : source.take()) all.push_back(std::move(event));
    }
    return all;
  }
};

void touch(const std::string& path) {
  std::ofstream(path, std::ios::app) << "x";
}

bool has(const Events& events, const WatchEvent& event) {
  return std::ranges::find(events, event) != events.end();
}

constexpr auto kEntry = WatchEvent::Kind::entry;
constexpr auto kGone = WatchEvent::Kind::directory_gone;

}  // namespace

TEMPLATE_TEST_CASE("a change in a watched directory is told with its name", "[watcher][io]",
                   Scripted, Inotify) {
  TemporaryDirectory directory;
  TestType watching;
  REQUIRE(watching.source.watch(directory.path()));
  touch(directory.file("a"));
  watching.changed(directory.file("a"));
  const WatchEvent event{kEntry, directory.path(), "a"};
  CHECK(has(watching.wait_for(event), event));
}

TEMPLATE_TEST_CASE("watching twice is harmless, and unwatched directories are silent",
                   "[watcher][io]", Scripted, Inotify) {
  TemporaryDirectory directory;
  TemporaryDirectory other;
  TestType watching;
  REQUIRE(watching.source.watch(directory.path()));
  REQUIRE(watching.source.watch(directory.path()));
  REQUIRE(watching.source.watch(other.path()));
  watching.source.unwatch(directory.path());
  watching.source.unwatch(directory.path());
  touch(directory.file("a"));
  watching.changed(directory.file("a"));
  touch(other.file("b"));
  watching.changed(other.file("b"));
  const WatchEvent event{kEntry, other.path(), "b"};
  const auto events = watching.wait_for(event);
  CHECK(has(events, event));
  CHECK_FALSE(has(events, {kEntry, directory.path(), "a"}));
}

TEMPLATE_TEST_CASE("repeats of a change that nobody took yet are told once", "[watcher][io]",
                   Scripted, Inotify) {
  TemporaryDirectory directory;
  TestType watching;
  REQUIRE(watching.source.watch(directory.path()));
  for (int i = 0; i < 50; ++i) {
    touch(directory.file("a"));
    watching.changed(directory.file("a"));
    touch(directory.file("b"));
    watching.changed(directory.file("b"));
  }
  touch(directory.file("end"));
  watching.changed(directory.file("end"));
  const auto events = watching.wait_for({kEntry, directory.path(), "end"});
  CHECK(events.size() < 60);
  CHECK(has(events, {kEntry, directory.path(), "a"}));
}

TEMPLATE_TEST_CASE("a watched directory that goes is told", "[watcher][io]", Scripted, Inotify) {
  TemporaryDirectory directory;
  const std::string inner = directory.file("inner");
  std::filesystem::create_directory(inner);
  TestType watching;
  REQUIRE(watching.source.watch(inner));
  SECTION("deleted") {
    std::filesystem::remove(inner);
  }
  SECTION("moved") {
    std::filesystem::rename(inner, directory.file("moved"));
  }
  watching.gone(inner);
  const WatchEvent event{kGone, inner, ""};
  CHECK(has(watching.wait_for(event), event));
}

TEST_CASE("a directory that has moved goes by its new name", "[watcher][io]") {
  TemporaryDirectory directory;
  const std::string before = directory.file("before");
  const std::string after = directory.file("after");
  std::filesystem::create_directory(before);
  Inotify watching;
  REQUIRE(watching.source.watch(before));
  std::filesystem::rename(before, after);
  REQUIRE(watching.source.watch(after));
  watching.source.unwatch(before);
  touch(after + "/a");
  const WatchEvent event{kEntry, after, "a"};
  CHECK(has(watching.wait_for(event), event));
}

TEST_CASE("a directory made again under its path is watched again", "[watcher][io]") {
  TemporaryDirectory directory;
  const std::string inner = directory.file("inner");
  std::filesystem::create_directory(inner);
  Inotify watching;
  REQUIRE(watching.source.watch(inner));
  std::filesystem::remove(inner);
  std::filesystem::create_directory(inner);
  REQUIRE(watching.source.watch(inner));
  touch(inner + "/a");
  const WatchEvent event{kEntry, inner, "a"};
  CHECK(has(watching.wait_for(event), event));
}

TEST_CASE("what cannot be watched says why", "[watcher][io]") {
  TemporaryDirectory directory;
  touch(directory.file("file"));
  Inotify watching;
  CHECK(watching.source.watch(directory.file("nothing")).error().code == Errc::not_found);
  CHECK(watching.source.watch(directory.file("file")).error().code == Errc::not_found);
}

TEST_CASE("more changes than may wait are one overflow", "[watcher][io]") {
  TemporaryDirectory directory;
  Inotify watching{.owner = *InotifySource::create(8)};
  REQUIRE(watching.source.watch(directory.path()));
  const WatchEvent overflow{WatchEvent::Kind::overflow, "", ""};
  bool overflowed = false;
  for (int round = 0; round < 100 && !overflowed; ++round) {
    for (int i = 0; i < 100; ++i) touch(directory.file(std::to_string(i)));
    overflowed = has(watching.source.take(), overflow);
  }
  CHECK(overflowed);
  // What the storm left behind may overflow once more; then changes are told by name again.
  const WatchEvent event{kEntry, directory.path(), "after"};
  bool told = false;
  for (int round = 0; round < 100 && !told; ++round) {
    pollfd fd{watching.source.wake_fd(), POLLIN, 0};
    touch(directory.file("after"));
    REQUIRE(::poll(&fd, 1, 5'000) == 1);
    told = has(watching.source.take(), event);
  }
  CHECK(told);
}

TEST_CASE("without a descriptor left there is polling instead of inotify", "[watcher][io]") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto source = InotifySource::create();
  const auto fallback = open_watch_source();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE_FALSE(source);
  CHECK(source.error().code == Errc::unavailable);
  CHECK(fallback->watch("/").error().code == Errc::unavailable);
  CHECK(fallback->take().empty());
}
