#include "watcher/plain_reader.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "tests/support/memory_file_system.h"

using namespace vigil;
using namespace vigil::watcher;

namespace {

/// All lines of a text, read in turns of the given size.
std::string read_all(const std::string& text, std::size_t slice_size) {
  test::MemoryFileSystem disk;
  disk.write("/a", text);
  const auto handle = disk.open("/a");
  TrackedFile file;
  PlainReader reader(slice_size, 300, 64);
  std::string out;
  for (;;) {
    const auto reading = reader.read(file, **handle);
    REQUIRE(reading);
    REQUIRE(reading->outcome != Reading::Outcome::other_file);
    for (const auto line : reading->lines) out.append(line).append("\n");
    if (reading->outcome == Reading::Outcome::caught_up) return out;
  }
}

}  // namespace

TEST_CASE("lines do not depend on where turns end", "[watcher][unit]") {
  std::mt19937 dice(7);
  std::string text;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string line(1 + dice() % 290, static_cast<char>('a' + i % 26));
    text += line + "\n";
    expected += line + "\n";
  }
  for (const std::size_t slice_size : {1U, 2U, 17U, 255U, 256U, 257U, 1'024U, 100'000U}) {
    CAPTURE(slice_size);
    CHECK(read_all(text, slice_size) == expected);
  }
}

TEST_CASE("each position holds what tells its generation from another", "[watcher][unit]") {
  test::MemoryFileSystem disk;
  std::string text;
  for (int i = 0; i < 300; ++i) text += "line " + std::to_string(i) + "\n";
  disk.write("/a", text);
  const auto handle = disk.open("/a");
  TrackedFile file;
  PlainReader reader(100, 1'000, 64);
  for (;;) {
    const auto reading = reader.read(file, **handle);
    REQUIRE(reading);
    CHECK(matches_position(**handle, file.read).value());
    if (reading->outcome == Reading::Outcome::caught_up) break;
  }
  CHECK(file.read.offset == text.size());
  CHECK(file.read.head_hash == fingerprint(text.substr(0, kHeadBytes)));
  CHECK(file.read.tail_hash == fingerprint(text.substr(text.size() - kTailBytes)));
  disk.overwrite("/a", text.size() - 256, "#");
  CHECK_FALSE(matches_position(**handle, file.read).value());
}
