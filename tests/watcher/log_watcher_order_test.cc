#include <catch2/catch.hpp>
#include <string>

#include "tests/watcher/files_under_watch.h"

using namespace std::chrono_literals;
using namespace vigil::test;
using vigil::watcher::WatchLimits;

namespace {

/// The next slice of a watcher whose step has just run; an empty one where there is none.
KeptSlice next(FilesUnderWatch& files) {
  files.watcher().step(files.clock.mono_now(), files.clock.wall_now());
  const auto slice = files.watcher().next_slice(files.clock.mono_now());
  return slice ? keep(*slice) : KeptSlice{};
}

std::string many_lines(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += std::to_string(i) + "\n";
  return out;
}

}  // namespace

TEST_CASE("a live line is the next slice while much is being read back", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 256});
  for (int i = 0; i < 100; ++i) {
    files.disk.write("/logs/old" + std::to_string(i) + ".jsonl", many_lines(1'000));
  }
  files.disk.write("/logs/live.jsonl", "0\n");
  files.clock.advance(1h);
  int behind = 0;
  for (int i = 0; i < 50; ++i) behind += next(files).behind ? 1 : 0;
  CHECK(behind >= 49);
  files.disk.set_time(files.clock.wall_now());
  files.add("/logs/live.jsonl", "1\n");
  const auto slice = next(files);
  CHECK(slice.path == "/logs/live.jsonl");
  CHECK(slice.lines.back() == "1");
}

TEST_CASE("a file that has much to read back and grows shares the turns evenly",
          "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 256});
  files.disk.write("/logs/session.jsonl", many_lines(2'000));
  for (int i = 0; i < 20; ++i) {
    files.disk.write("/logs/old" + std::to_string(i) + ".jsonl", many_lines(1'000));
  }
  files.clock.advance(1h);
  next(files);
  files.disk.set_time(files.clock.wall_now());
  files.add("/logs/session.jsonl", "new\n");
  int mine = 0;
  for (int i = 0; i < 20; ++i) mine += next(files).path == "/logs/session.jsonl" ? 1 : 0;
  CHECK(mine >= 9);
}

TEST_CASE("old files are read newest first, a slice each in turn", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 256});
  for (const auto* name : {"a", "b", "c"}) {
    files.disk.write(std::string("/logs/") + name + ".jsonl", many_lines(200));
  }
  files.clock.advance(1h);
  std::string order;
  for (int i = 0; i < 6; ++i) order += next(files).path.substr(6, 1);
  CHECK(order == "cbacba");
}

TEST_CASE("a slice holds no more than a turn's bytes", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 256});
  files.disk.write("/logs/a.jsonl", many_lines(1'000));
  std::size_t lines = 0;
  for (const auto& slice : files.read()) {
    std::size_t bytes = 0;
    for (const auto& line : slice.lines) bytes += line.size() + 1;
    CHECK(bytes <= 256);
    CHECK(slice.from_start == (lines == 0));
    lines += slice.lines.size();
  }
  CHECK(lines == 1'000);
}

TEST_CASE("status tells how much is behind", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 256});
  const std::string text = many_lines(1'000);
  files.disk.write("/logs/a.jsonl", text);
  next(files);
  CHECK(files.status().bytes_total == text.size());
  CHECK(files.status().bytes_behind + files.status().bytes_read == text.size());
  files.lines();
  CHECK(files.status().bytes_behind == 0);
  CHECK(files.status().bytes_read == text.size());
}

TEST_CASE("idle, nothing is due sooner than a minute", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "1\n");
  files.lines();
  CHECK(files.watcher().deadline() >= files.clock.mono_now() + 60s);
}

TEST_CASE("full reconciles come about every quarter of an hour, not in step", "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  for (int i = 0; i < 60 * 24; ++i) files.lines_after(1min);
  const auto reconciles = files.status().reconciles;
  CHECK(reconciles > 24 * 60 / 19);
  CHECK(reconciles < 24 * 60 / 11);
}
