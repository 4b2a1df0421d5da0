#include <zstd.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/watcher/files_under_watch.h"

using namespace std::chrono_literals;
using namespace vigil::test;
using vigil::watcher::WatchLimits;

namespace {

std::string compressed(const std::string& text) {
  std::string out(::ZSTD_compressBound(text.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string many_lines(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "{\"number\":" + std::to_string(i * 7919) + "}\n";
  return out;
}

}  // namespace

TEST_CASE("a compressed log is read like a plain one, once", "[watcher][unit]") {
  const auto slice = GENERATE(values<std::size_t>({64, 1'000, 262'144}));
  CAPTURE(slice);
  FilesUnderWatch files(WatchLimits{.slice_size = slice});
  files.disk.write("/logs/a.jsonl.zst", compressed(many_lines(3'000)) + compressed("\n{}\nlast"));
  const auto lines = files.lines();
  REQUIRE(lines.size() == 3'002);
  CHECK(lines[2'999] == "{\"number\":23749081}");
  CHECK(lines.back() == "last");
  CHECK(files.lines().empty());
  CHECK(files.status().bytes_behind == 0);
  files.restart();
  const auto opens = files.disk.opens();
  CHECK(files.lines().empty());
  CHECK(files.disk.opens() == opens);
}

TEST_CASE("a compressed log that was left half-way is read from its start", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 1'000});
  files.disk.write("/logs/a.jsonl.zst", compressed(many_lines(1'000)));
  files.watcher().step(files.clock.mono_now(), files.clock.wall_now());
  for (int i = 0; i < 3; ++i) {
    const auto slice = files.watcher().next_slice(files.clock.mono_now());
    REQUIRE(slice);
    files.stored[slice->position.inode] = slice->position;
    files.watcher().commit();
  }
  SECTION("by a restart") {
    files.restart();
  }
  SECTION("by a rollback") {
    REQUIRE(files.watcher().next_slice(files.clock.mono_now()));
    files.watcher().rollback();
  }
  const auto slices = files.read();
  CHECK(slices.front().from_start);
  std::size_t lines = 0;
  for (const auto& slice : slices) lines += slice.lines.size();
  CHECK(lines == 1'000);
}

TEST_CASE("a plain log beside its compressed copy wins", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl.zst", compressed("packed\n"));
  files.disk.write("/logs/a.jsonl", "plain\n");
  CHECK(files.lines() == Lines{"plain"});
  files.disk.write("/logs/b.jsonl.zst", compressed("packed\n"));
  files.hints.touch("/logs/b.jsonl.zst");
  CHECK(files.lines() == Lines{"packed"});
  files.add("/logs/b.jsonl", "packed\nmore\n");
  CHECK(files.lines() == Lines{"packed", "more"});
}

TEST_CASE("a compressed log that breaks off gives its lines and is read again when whole",
          "[watcher][unit]") {
  FilesUnderWatch files;
  const std::string whole = compressed(many_lines(20'000));
  files.disk.write("/logs/a.jsonl.zst", whole.substr(0, whole.size() - 10));
  files.lines();
  CHECK(files.lines_after(10min).empty());
  files.write("/logs/a.jsonl.zst", whole);
  CHECK(files.lines().size() == 20'000);
  CHECK(files.lines_after(10min).empty());
}

TEST_CASE("what only claims to be compressed is told and left alone", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl.zst", "this is not a frame\n");
  CHECK(files.lines().empty());
  CHECK(files.status().unreadable.size() == 1);
  CHECK(files.lines_after(10min).empty());
}

TEST_CASE("a line over the limit in a compressed log is skipped and counted", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.line_max = 1'000, .slice_size = 300});
  files.disk.write("/logs/a.jsonl.zst", compressed("1\n" + std::string(100'000, 'x') + "\n2\n" +
                                                   std::string(1'000, 'y') + "\n3\n"));
  CHECK(files.lines() == Lines{"1", "2", std::string(1'000, 'y'), "3"});
  CHECK(files.status().lines_oversized == 1);
}

TEST_CASE("several compressed logs are read one after the other", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 500});
  for (int i = 0; i < 5; ++i) {
    files.disk.write("/logs/" + std::to_string(i) + ".jsonl.zst", compressed(many_lines(200)));
  }
  std::string last;
  std::size_t switches = 0;
  std::size_t lines = 0;
  for (const auto& slice : files.read()) {
    if (slice.path != last) ++switches;
    last = slice.path;
    lines += slice.lines.size();
  }
  CHECK(switches == 5);
  CHECK(lines == 1'000);
}
