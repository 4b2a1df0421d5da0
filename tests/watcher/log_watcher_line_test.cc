#include <catch2/catch.hpp>
#include <string>

#include "tests/watcher/files_under_watch.h"

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace vigil::test;
using vigil::watcher::WatchLimits;

TEST_CASE("what is appended comes as whole lines, each once", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "1\n2\n");
  CHECK(files.lines() == Lines{"1", "2"});
  files.add("/logs/a.jsonl", "3\n");
  CHECK(files.lines() == Lines{"3"});
  CHECK(files.lines().empty());
}

TEST_CASE("a partial line is held back until its end is written, also over a restart",
          "[watcher][unit]") {
  FilesUnderWatch files;
  const std::string text = "{\"a\":1}\n{\"b\":2}\n";
  std::string seen;
  for (const char c : text) {
    files.add("/logs/a.jsonl", std::string(1, c));
    for (const auto& line : files.lines()) seen += line + "\n";
    if (files.stored.size() == 1) CHECK(files.stored.begin()->second.offset == seen.size());
    files.restart();
  }
  for (const auto& line : files.lines()) seen += line + "\n";
  CHECK(seen == text);
}

TEST_CASE("a last line without its end is taken once the file is idle and it is one whole object",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.add("/logs/a.jsonl", "{\"a\":1}\n{\"b\":2}");
  CHECK(files.lines() == Lines{"{\"a\":1}"});
  CHECK(files.lines_after(4'999ms).empty());
  CHECK(files.lines_after(1ms) == Lines{"{\"b\":2}"});
  files.add("/logs/a.jsonl", "\n{\"c\":3}\n");
  CHECK(files.lines() == Lines{"{\"c\":3}"});
}

TEST_CASE("a last line that is no whole object waits for its end however long", "[watcher][unit]") {
  FilesUnderWatch files;
  files.add("/logs/a.jsonl", "{\"a\":");
  CHECK(files.lines().empty());
  CHECK(files.lines_after(1h).empty());
  CHECK(files.lines_after(24h).empty());
  files.add("/logs/a.jsonl", "1}\n");
  CHECK(files.lines() == Lines{"{\"a\":1}"});
}

TEST_CASE("a file that grows again starts its idle time anew", "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.add("/logs/a.jsonl", "{\"a\":1}");
  files.lines();
  CHECK(files.lines_after(4s).empty());
  files.add("/logs/a.jsonl", " ");
  CHECK(files.lines().empty());
  CHECK(files.lines_after(4s).empty());
  CHECK(files.lines_after(1s) == Lines{"{\"a\":1} "});
}

TEST_CASE("a last line without its end that came together with others gets its own time",
          "[watcher][unit]") {
  FilesUnderWatch files;
  files.lines();
  files.add("/logs/a.jsonl", "{\"a\":1}");
  files.lines();
  files.disk.add("/logs/a.jsonl", "\n{\"b\":2}");  // nobody tells
  CHECK(files.lines_after(5s) == Lines{"{\"a\":1}"});
  CHECK(files.lines_after(5s) == Lines{"{\"b\":2}"});
}

TEST_CASE("an idle file's last line is taken at the first look", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "{\"a\":1}");
  files.clock.advance(1h);
  CHECK(files.lines() == Lines{"{\"a\":1}"});
}

TEST_CASE("a line as long as the limit is kept, one byte more is skipped and counted",
          "[watcher][unit]") {
  const auto slice = GENERATE(values<std::size_t>({16, 64, 4096}));
  CAPTURE(slice);
  FilesUnderWatch files(WatchLimits{.line_max = 200, .slice_size = slice});
  files.disk.write("/logs/a.jsonl",
                   "first\n" + std::string(200, 'x') + "\n" + std::string(201, 'y') + "\nlast\n");
  CHECK(files.lines() == Lines{"first", std::string(200, 'x'), "last"});
  CHECK(files.status().lines_oversized == 1);
  CHECK(files.status().bytes_behind == 0);
  files.restart();
  CHECK(files.lines().empty());
}

TEST_CASE("a line without end is passed over without being kept", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.line_max = 1024, .slice_size = 256});
  files.lines();
  for (int i = 0; i < 50; ++i) {
    files.add("/logs/a.jsonl", std::string(1000, 'x'));
    CHECK(files.lines().empty());
  }
  const auto before = files.disk.bytes_read();
  files.add("/logs/a.jsonl", "\n{}\n");
  CHECK(files.lines() == Lines{"{}"});
  CHECK(files.status().lines_oversized == 1);
  CHECK(files.disk.bytes_read() - before < 4096);  // what was passed over is not read again
}

TEST_CASE("a long line written in pieces is not read again for each of them", "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.line_max = 100'000, .slice_size = 256});
  std::string line;
  for (int i = 0; i < 90; ++i) {
    line += std::string(1000, static_cast<char>('a' + i % 26));
    files.add("/logs/a.jsonl", std::string(1000, static_cast<char>('a' + i % 26)));
    CHECK(files.lines().empty());
  }
  files.add("/logs/a.jsonl", "\n");
  CHECK(files.lines() == Lines{line});
  CHECK(files.disk.bytes_read() < 4 * line.size());
}

TEST_CASE("a hole that a crashed writer left is skipped and counted", "[watcher][unit]") {
  const auto hole = GENERATE(values<std::uint64_t>({1, 255, 256, 300, 5'000, 100'000}));
  CAPTURE(hole);
  FilesUnderWatch files(WatchLimits{.line_max = 1024, .slice_size = 256});
  files.disk.write("/logs/a.jsonl", "1\n");
  CHECK(files.lines() == Lines{"1"});
  files.disk.truncate("/logs/a.jsonl", 2 + hole);
  files.hints.touch("/logs/a.jsonl");
  CHECK(files.lines().empty());
  files.add("/logs/a.jsonl", "2\n3\n");
  CHECK(files.lines() == Lines{"2", "3"});
  CHECK(files.status().nul_bytes == hole);
  CHECK(files.status().lines_oversized == 0);
  files.restart();
  files.add("/logs/a.jsonl", "4\n");
  CHECK(files.lines() == Lines{"4"});
}

TEST_CASE("space that was set aside first and is filled later is read when it is filled",
          "[watcher][unit]") {
  FilesUnderWatch files(WatchLimits{.slice_size = 256});
  files.disk.write("/logs/a.jsonl", "1\n");
  files.lines();
  files.disk.truncate("/logs/a.jsonl", 2'000);
  files.hints.touch("/logs/a.jsonl");
  CHECK(files.lines().empty());
  files.disk.overwrite("/logs/a.jsonl", 2, "2\n3\n");
  files.hints.touch("/logs/a.jsonl");
  CHECK(files.lines() == Lines{"2", "3"});
}

TEST_CASE("line ends, byte order mark and blank lines are not part of records", "[watcher][unit]") {
  FilesUnderWatch files;
  files.disk.write("/logs/a.jsonl", "\xef\xbb\xbf{\"a\":1}\r\n\r\n\n{\"b\":2}\n");
  CHECK(files.lines() == Lines{"{\"a\":1}", "{\"b\":2}"});
}

TEST_CASE("the bytes behind every line may be read", "[watcher][unit]") {
  vigil::test::MemoryFileSystem disk;
  ScriptedWatchSource hints;
  disk.write("/logs/a.jsonl", std::string(500, 'x') + "\n" + std::string(3000, 'y') + "\n");
  const WatchLimits limits{.slice_size = 1024};
  vigil::watcher::LogWatcher watcher(disk, hints, {log_root("/logs")}, limits);
  watcher.step(ManualClock::kMonoStart, ManualClock::kWallStart);
  int sum = 0;
  std::size_t count = 0;
  while (const auto slice = watcher.next_slice(ManualClock::kMonoStart)) {
    for (const auto line : slice->lines) {
      ++count;
      for (std::size_t i = 0; i < limits.line_padding; ++i) sum += line.data()[line.size() + i];
    }
  }
  CHECK(count == 2);
  CHECK(sum >= 0);  // the address sanitizer is the judge
}
