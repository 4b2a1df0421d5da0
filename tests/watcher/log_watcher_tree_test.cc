#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "tests/watcher/files_under_watch.h"

using namespace std::chrono_literals;
using namespace vigil::test;
using vigil::Errc;
using vigil::watcher::WatchLimits;

namespace {

Lines sorted(Lines lines) {
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

TEST_CASE("a renamed log is drained under its new name, and the new one is read too",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", "1\n");
  CHECK(files.lines() == Lines{"1"});
  files.disk.add("/logs/a.jsonl", "2\n");
  files.move("/logs/a.jsonl", "/logs/a.jsonl.1");
  files.add("/logs/a.jsonl", "3\n");
  CHECK(sorted(files.lines()) == Lines{"2", "3"});
  files.add("/logs/a.jsonl.1", "4\n");
  CHECK(files.lines() == Lines{"4"});
  CHECK(files.lines_after(1h).empty());
  CHECK(files.watcher().take_vanished().empty());
}

TEST_CASE("a rename that no event told of is found by the next reconcile", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/x/a.jsonl", "1\n");
  files.lines();
  files.disk.add("/logs/x/a.jsonl", "2\n");
  files.disk.move("/logs/x/a.jsonl", "/logs/x/a.jsonl.1");
  files.watcher().request_reconcile();
  CHECK(files.lines() == Lines{"2"});
  files.disk.move("/logs/x/a.jsonl.1", "/logs/y.jsonl");
  files.disk.add("/logs/y.jsonl", "3\n");
  files.watcher().request_reconcile();
  CHECK(files.lines() == Lines{"3"});
}

TEST_CASE("a log moved out of the tree is drained while its writer goes on", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", "1\n");
  files.lines();
  files.move("/logs/a.jsonl", "/elsewhere/a.jsonl");
  for (int i = 0; i < 3; ++i) {
    files.disk.add("/elsewhere/a.jsonl", "more\n");
    CHECK(files.lines_after(5s) == Lines{"more"});
  }
  CHECK(files.watcher().take_vanished().empty());
  files.lines_after(5s);
  CHECK(files.watcher().take_vanished().size() == 1);
  CHECK(files.disk.open_files() == 0);
}

TEST_CASE("a log deleted while unread is read to its end", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", "1\n");
  files.lines();
  files.add("/logs/a.jsonl", "2\n{\"last\":3}");
  files.watcher().step(files.clock.mono_now(), files.clock.wall_now());
  files.remove("/logs/a.jsonl");
  CHECK(files.lines() == Lines{"2"});
  CHECK(files.lines_after(5s) == Lines{"{\"last\":3}"});
  files.lines_after(5s);
  files.lines_after(5s);
  const auto vanished = files.watcher().take_vanished();
  REQUIRE(vanished.size() == 1);
  CHECK(vanished[0].path == "/logs/a.jsonl");
  CHECK(files.disk.open_files() == 0);
  CHECK(files.status().gaps == 0);
}

TEST_CASE("a deleted log stays until what it gave is durable", "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.add("/logs/a.jsonl", "1\n");
  CHECK(files.read().size() == 1);
  files.remove("/logs/a.jsonl");
  files.clock.advance(1min);
  CHECK(files.read().empty());
  files.watcher().rollback();
  CHECK(files.lines() == Lines{"1"});
  files.lines_after(5s);
  files.lines_after(5s);
  CHECK(files.watcher().take_vanished().size() == 1);
}

TEST_CASE("positions of logs that went while the agent was away are given up", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/x/a.jsonl", "1\n");
  files.lines();
  files.disk.remove_tree("/logs/x");
  files.restart();
  files.lines();
  CHECK(files.watcher().take_vanished().size() == 1);
}

TEST_CASE("positions are kept while the root is away", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", "1\n");
  files.lines();
  files.disk.move("/logs", "/unmounted");
  files.hints.directory_gone("/logs");
  files.lines();
  files.lines_after(1min);
  CHECK(files.status().files == 0);
  CHECK(files.watcher().take_vanished().empty());
  files.disk.add("/unmounted/a.jsonl", "2\n");
  files.move("/unmounted", "/logs");
  CHECK(files.lines() == Lines{"2"});
}

TEST_CASE("two names of one log are one stream", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "1\n");
  files.disk.link("/logs/a.jsonl", "/logs/b/b.jsonl");
  CHECK(files.lines() == Lines{"1"});
  files.add("/logs/a.jsonl", "2\n");
  files.add("/logs/b/b.jsonl", "3\n");
  CHECK(files.lines() == Lines{"2", "3"});
  files.remove("/logs/a.jsonl");
  files.add("/logs/b/b.jsonl", "4\n");
  CHECK(files.lines() == Lines{"4"});
  CHECK(files.status().files == 1);
}

TEST_CASE("links below the root are not followed, and are told", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/real/a.jsonl", "1\n");
  files.disk.write("/outside/b.jsonl", "outside\n");
  files.disk.symlink("/outside", "/logs/dir");
  files.disk.symlink("/outside/b.jsonl", "/logs/file.jsonl");
  files.disk.symlink("/logs/real/a.jsonl", "/logs/inside.jsonl");
  files.disk.symlink("/logs", "/logs/real/loop");
  files.disk.symlink("nowhere", "/logs/dangling.jsonl");
  files.disk.symlink("self.jsonl", "/logs/self.jsonl");
  CHECK(files.lines() == Lines{"1"});
  CHECK(files.status().unreadable.size() == 6);
  CHECK(files.status().directories == 2);
}

TEST_CASE("the root itself may be reached through links", "[watcher][unit]") {
  FilesUnderWatch files({}, {"/home/logs"});
  files.disk.write("/data/a.jsonl", "1\n");
  files.disk.symlink("/data", "/home/logs");
  CHECK(files.lines() == Lines{"1"});
  files.add("/data/a.jsonl", "2\n");
  CHECK(files.lines() == Lines{"2"});
  CHECK(files.stored.begin()->second.path == "/data/a.jsonl");
}

TEST_CASE("a root that leads elsewhere one day is followed", "[watcher][unit]") {
  FilesUnderWatch files({}, {"/home/logs"});
  files.disk.write("/one/a.jsonl", "1\n");
  files.disk.write("/two/b.jsonl", "2\n");
  files.disk.symlink("/one", "/home/logs");
  CHECK(files.lines() == Lines{"1"});
  files.disk.remove_tree("/home/logs");
  files.disk.symlink("/two", "/home/logs");
  CHECK(files.lines_after(60s) == Lines{"2"});
}

TEST_CASE("a root that comes later is found by the watch above it, level by level",
          "[watcher][unit]") {
  FilesUnderWatch files({}, {"/home/me/.tool/projects"});
  files.disk.mkdir("/home");
  CHECK(files.lines().empty());
  CHECK(files.hints.watched().contains("/home"));
  CHECK(files.watcher().deadline() >= files.clock.mono_now() + 60s);
  files.disk.mkdir("/home/me");
  files.hints.touch("/home/me");
  CHECK(files.lines().empty());
  files.disk.write("/home/me/.tool/projects/x/a.jsonl", "1\n");
  files.hints.touch("/home/me/.tool");
  CHECK(files.lines() == Lines{"1"});
  CHECK(files.hints.watched() ==
        std::set<std::string>{"/home/me/.tool/projects", "/home/me/.tool/projects/x"});
}

TEST_CASE("directories made in a burst are read to the bottom", "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.disk.write("/logs/a/b/c/x.jsonl", "1\n");
  files.hints.touch("/logs/a");  // all that was watched when it happened
  CHECK(files.lines() == Lines{"1"});
  files.add("/logs/a/b/c/x.jsonl", "2\n");
  CHECK(files.lines() == Lines{"2"});
}

TEST_CASE("a directory moved in is read once, one moved out is drained", "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.disk.write("/elsewhere/d/a.jsonl", "1\n");
  files.move("/elsewhere/d", "/logs/d");
  CHECK(files.lines() == Lines{"1"});
  files.disk.add("/logs/d/a.jsonl", "2\n");
  files.move("/logs/d", "/logs/e");
  CHECK(files.lines() == Lines{"2"});
  files.disk.add("/logs/e/a.jsonl", "3\n");
  files.move("/logs/e", "/elsewhere/e");
  CHECK(files.lines_after(5s) == Lines{"3"});
  CHECK(files.hints.watched() == std::set<std::string>{"/logs"});
}

TEST_CASE("directories that may hold no logs are neither watched nor read", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/skipped/deep/a.jsonl", "1\n");
  files.disk.write("/logs/note.txt", "1\n");
  CHECK(files.lines().empty());
  CHECK(files.hints.watched() == std::set<std::string>{"/logs"});
}

TEST_CASE("an overflow is answered by a look at everything", "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.hints.set_pending_max(100);
  Lines expected;
  for (int i = 0; i < 150; ++i) {
    files.add("/logs/d" + std::to_string(i % 7) + "/" + std::to_string(i) + ".jsonl",
              std::to_string(i) + "\n");
    files.hints.touch("/logs/" + std::to_string(i));
    expected.push_back(std::to_string(i));
  }
  CHECK(sorted(files.lines()) == sorted(expected));
  CHECK(files.status().overflows == 1);
  CHECK(files.status().reconciles == 2);
}

TEST_CASE("past the watch limit directories are polled, counted and watched when there is room",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.hints.set_watches_max(3);
  for (int i = 0; i < 5; ++i) files.disk.write("/logs/" + std::to_string(i) + "/a.jsonl", "1\n");
  CHECK(files.lines().size() == 5);
  CHECK(files.status().watches_failed == 3);
  CHECK_FALSE(files.status().polling_only);
  for (int i = 0; i < 5; ++i) files.add("/logs/" + std::to_string(i) + "/a.jsonl", "2\n");
  CHECK(files.lines().size() == 2);
  CHECK(files.watcher().deadline() <= files.clock.mono_now() + 5s);
  CHECK(files.lines_after(5s).size() == 3);
  files.hints.set_watches_max(100);
  files.lines_after(5s);
  CHECK(files.status().watches_failed == 0);
  files.disk.write("/logs/4/new/b.jsonl", "3\n");
  files.hints.touch("/logs/4/new");
  CHECK(files.lines() == Lines{"3"});
}

TEST_CASE("without inotify everything is polled", "[watcher][unit]") {
  FilesUnderWatch files;
  files.hints.refuse(Errc::unavailable);
  files.disk.write("/logs/x/a.jsonl", "1\n");
  CHECK(files.lines() == Lines{"1"});
  CHECK(files.status().polling_only);
  files.disk.add("/logs/x/a.jsonl", "2\n");
  files.disk.write("/logs/y/b.jsonl", "3\n");
  CHECK(files.lines().empty());
  CHECK(sorted(files.lines_after(5s)) == Lines{"2", "3"});
}

TEST_CASE("a missing root is polled for where it cannot be watched for", "[watcher][unit]") {
  FilesUnderWatch files({}, {"/late/logs"});
  files.hints.refuse(Errc::unavailable);
  CHECK(files.lines().empty());
  files.disk.write("/late/logs/a.jsonl", "1\n");
  CHECK(files.lines_after(5s) == Lines{"1"});
}

TEST_CASE("roots where the kernel does not tell everything are polled", "[watcher][unit]") {
  FilesUnderWatch files({}, {"/remote/logs"});
  files.disk.set_remote("/remote");
  files.disk.write("/remote/logs/x/a.jsonl", "1\n");
  CHECK(files.lines() == Lines{"1"});
  files.disk.add("/remote/logs/x/a.jsonl", "2\n");
  CHECK(files.lines_after(4'999ms).empty());
  CHECK(files.lines_after(1ms) == Lines{"2"});
}

TEST_CASE(
    "writes that made no event are seen within a minute in recent files, else at the reconcile",
    "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "1\n");
  files.lines();
  files.disk.add("/logs/a.jsonl", "2\n");
  CHECK(files.lines_after(60s) == Lines{"2"});
  files.clock.advance(48h);
  files.lines();
  files.lines();
  files.disk.add("/logs/a.jsonl", "3\n");
  CHECK(files.lines_after(20min) == Lines{"3"});
}

TEST_CASE("a log that may not be read is told, and read as soon as it may", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "1\n");
  files.disk.deny("/logs/a.jsonl");
  CHECK(files.lines().empty());
  CHECK(files.status().unreadable.size() == 1);
  SECTION("by its event") {
    files.disk.allow("/logs/a.jsonl");
    files.hints.touch("/logs/a.jsonl");
    CHECK(files.lines() == Lines{"1"});
  }
  SECTION("within five seconds without one") {
    CHECK(files.lines_after(5s).empty());
    files.disk.allow("/logs/a.jsonl");
    CHECK(files.lines_after(5s) == Lines{"1"});
  }
  CHECK(files.status().unreadable.empty());
}

TEST_CASE("what is in a directory that may not be listed is not given up", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/x/a.jsonl", "1\n");
  files.lines();
  files.disk.deny("/logs/x");
  files.restart();
  files.lines();
  CHECK(files.watcher().take_vanished().empty());
  CHECK(files.status().unreadable.size() == 1);
  files.disk.allow("/logs/x");
  files.disk.add("/logs/x/a.jsonl", "2\n");
  CHECK(files.lines_after(5s) == Lines{"2"});
  CHECK(files.status().unreadable.empty());
}

TEST_CASE("no more than the bounded number of files is open", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.open_files_max = 8});
  Lines expected;
  for (int i = 0; i < 40; ++i) {
    files.disk.write("/logs/" + std::to_string(i) + ".jsonl", std::to_string(i) + "\n");
    expected.push_back(std::to_string(i));
  }
  CHECK(sorted(files.lines()) == sorted(expected));
  CHECK(files.disk.open_files() == 8);
}

TEST_CASE("when the process may open no more files, others are closed", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.set_open_max(3);
  for (int i = 0; i < 40; ++i) files.disk.write("/logs/" + std::to_string(i) + ".jsonl", "1\n");
  CHECK(files.lines().size() == 40);
  files.disk.set_open_max(0);
  files.add("/logs/new.jsonl", "2\n");
  CHECK(files.lines().empty());
  files.disk.set_open_max(3);
  CHECK(files.lines_after(5s) == Lines{"2"});
}

TEST_CASE("overlapping roots read each log once", "[watcher][unit]") {
  FilesUnderWatch files({}, {"/logs", "/logs/x", "/logs"});
  files.disk.write("/logs/x/a.jsonl", "1\n");
  CHECK(files.lines() == Lines{"1"});
  files.add("/logs/x/a.jsonl", "2\n");
  CHECK(files.lines() == Lines{"2"});
  files.disk.remove_tree("/logs/x/a.jsonl");
  files.hints.touch("/logs/x/a.jsonl");
  files.lines();
  CHECK(files.lines_after(1min).empty());
}
