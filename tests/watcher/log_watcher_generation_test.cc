#include <catch2/catch.hpp>
#include <string>

#include "tests/watcher/files_under_watch.h"

using namespace std::chrono_literals;
using namespace vigil::test;
using vigil::watcher::WatchLimits;

namespace {

std::string numbered(int from, int to) {
  std::string out;
  for (int i = from; i < to; ++i) out += "{\"line\":" + std::to_string(i) + "}\n";
  return out;
}

Lines numbered_lines(int from, int to) {
  Lines out;
  for (int i = from; i < to; ++i) out.push_back("{\"line\":" + std::to_string(i) + "}");
  return out;
}

}  // namespace

TEST_CASE("an unchanged file is not even opened after a restart", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 200));
  files.lines();
  files.restart();
  const auto opens = files.disk.opens();
  CHECK(files.lines().empty());
  CHECK(files.disk.opens() == opens);
  CHECK(files.status().generations == 0);
}

TEST_CASE("after a restart a grown file is read from its position", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 200));
  files.lines();
  files.disk.add("/logs/a.jsonl", numbered(200, 203));
  files.restart();
  const auto slices = files.read();
  REQUIRE(slices.size() == 1);
  CHECK_FALSE(slices[0].from_start);
  CHECK(slices[0].lines == numbered_lines(200, 203));
}

TEST_CASE("a file whose beginning or end differs after a restart is read from 0",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 200));
  files.lines();
  const auto offset = GENERATE(0, 1023, 2400);
  CAPTURE(offset);
  files.disk.overwrite("/logs/a.jsonl", static_cast<std::uint64_t>(offset), " ");
  files.disk.add("/logs/a.jsonl", numbered(200, 203));
  files.restart();
  const auto slices = files.read();
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].from_start);
  CHECK(slices[0].lines.size() >= 202);
  CHECK(files.status().generations == 1);
}

TEST_CASE("a truncated file is read from 0", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 100));
  files.lines();
  files.write("/logs/a.jsonl", numbered(500, 510));
  const auto slices = files.read();
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].from_start);
  CHECK(slices[0].lines == numbered_lines(500, 510));
  CHECK(files.status().generations == 1);
  CHECK(files.status().gaps == 0);
}

TEST_CASE("a file that was truncated and has grown past its position is read from 0",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 100));
  files.lines();
  files.write("/logs/a.jsonl", numbered(500, 700));
  CHECK(files.lines() == numbered_lines(500, 700));
}

TEST_CASE("a file that lost half a line and was truncated and grew to its position is read from 0",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(100, 200) + "{\"half");
  CHECK(files.lines() == numbered_lines(100, 200));
  files.write("/logs/a.jsonl", numbered(500, 600));
  CHECK(files.lines() == numbered_lines(500, 600));
}

TEST_CASE("a truncation that takes bytes nobody had read is counted as a gap", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 100));
  files.lines();
  files.add("/logs/a.jsonl", numbered(100, 200));
  files.watcher().step(files.clock.mono_now(), files.clock.wall_now());
  files.write("/logs/a.jsonl", numbered(500, 510));
  CHECK(files.lines() == numbered_lines(500, 510));
  CHECK(files.status().gaps == 1);
}

TEST_CASE("copytruncate: what the copy holds was read, what comes after it is read",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", numbered(0, 50));
  CHECK(files.lines() == numbered_lines(0, 50));
  files.write("/logs/a.jsonl.1", numbered(0, 50));
  files.write("/logs/a.jsonl", "");
  CHECK(files.lines().empty());
  files.add("/logs/a.jsonl", numbered(50, 60));
  CHECK(files.lines() == numbered_lines(50, 60));
}

TEST_CASE("a file deleted and made again with the same inode is another generation",
          "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.open_files_max = 1});
  files.disk.set_inode_reuse();
  files.disk.write("/logs/a.jsonl", numbered(0, 100));
  files.lines();
  const auto inode = files.stored.begin()->first;
  files.add("/logs/b.jsonl", "{}\n");  // takes the only descriptor
  CHECK(files.lines() == Lines{"{}"});
  files.disk.remove_tree("/logs/a.jsonl");
  files.disk.write("/logs/a.jsonl", numbered(0, 100) + numbered(700, 701));
  REQUIRE(files.disk.stat("/logs/a.jsonl")->inode == inode);
  files.hints.touch("/logs/a.jsonl");
  const auto slices = files.read();
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].from_start);
  CHECK(slices[0].lines.size() == 101);
  CHECK(files.status().generations == 1);
}

TEST_CASE("the same over a restart", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.set_inode_reuse();
  files.disk.write("/logs/a.jsonl", numbered(0, 100));
  files.lines();
  files.restart();
  files.disk.remove_tree("/logs/a.jsonl");
  files.disk.write("/logs/a.jsonl", numbered(0, 100));
  CHECK(files.lines().size() == 100);
}

TEST_CASE("two files with equal heads are two files", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", numbered(0, 400));
  CHECK(files.lines().size() == 400);
  files.add("/logs/b.jsonl", numbered(0, 400) + "{\"b\":1}\n");
  CHECK(files.lines().size() == 401);
  files.add("/logs/a.jsonl", "{\"a\":1}\n");
  CHECK(files.lines() == Lines{"{\"a\":1}"});
}

TEST_CASE("a save by rename is a new file", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", numbered(0, 10));
  files.lines();
  files.disk.write("/logs/a.tmp", numbered(0, 9) + "{}\n");
  files.move("/logs/a.tmp", "/logs/a.jsonl");
  const auto lines = files.lines();
  CHECK(lines.size() == 10);
  CHECK(lines.back() == "{}");
}

TEST_CASE("a rewrite in place that keeps the size is noticed by its time, when no growth follows",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", numbered(100, 300));
  files.lines();
  files.clock.advance(1min);
  files.lines();
  files.disk.overwrite("/logs/a.jsonl", 1500, "#");
  files.hints.touch("/logs/a.jsonl");
  CHECK(files.lines().empty());
  CHECK(files.lines_after(5s).size() == 200);
  CHECK(files.lines_after(1h).empty());
}

TEST_CASE("a time that changes just before the size is no rewrite", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", numbered(0, 200));
  files.lines();
  files.disk.overwrite("/logs/a.jsonl", 0, "{");
  files.hints.touch("/logs/a.jsonl");
  CHECK(files.lines().empty());
  files.add("/logs/a.jsonl", numbered(200, 201));
  CHECK(files.lines() == numbered_lines(200, 201));
  CHECK(files.lines_after(10s).empty());
  CHECK(files.status().generations == 0);
}

TEST_CASE("a file rewritten in place while the agent was away is read from 0", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(100, 300));
  files.lines();
  files.disk.overwrite("/logs/a.jsonl", 1500, "#");
  files.restart();
  CHECK(files.lines().size() == 200);
}

TEST_CASE("after a rollback the same lines come again", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 10));
  files.lines();
  files.add("/logs/a.jsonl", numbered(10, 20));
  files.add("/logs/b.jsonl", numbered(90, 95));
  CHECK(files.read().size() == 2);
  files.watcher().rollback();
  const auto again = files.read();
  REQUIRE(again.size() == 2);
  for (const auto& slice : again) {
    CHECK(slice.from_start == (slice.path == "/logs/b.jsonl"));
    CHECK(slice.lines.size() == (slice.path == "/logs/b.jsonl" ? 5 : 10));
  }
  files.watcher().commit();
  files.watcher().rollback();
  CHECK(files.read().empty());
}

TEST_CASE("a rollback after a truncation goes to the start of what is there now",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", numbered(0, 10));
  files.lines();
  files.add("/logs/a.jsonl", numbered(10, 20));
  CHECK(files.read().size() == 1);
  files.write("/logs/a.jsonl", numbered(50, 53));
  CHECK(files.read().size() == 1);
  files.watcher().rollback();
  const auto again = files.read();
  REQUIRE(again.size() == 1);
  CHECK(again[0].from_start);
  CHECK(again[0].lines == numbered_lines(50, 53));
  CHECK(files.status().gaps == 1);
}
