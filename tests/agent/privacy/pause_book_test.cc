#include "agent/privacy/pause_book.h"

#include <catch2/catch.hpp>

#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

using std::chrono::minutes;

const WallTime kNoon = *parse_rfc3339("2026-11-01T12:00:00Z");

TEST_CASE("A pause covers its time and no other") {
  PauseBook book;
  CHECK_FALSE(book.covers(kNoon));
  book.pause(kNoon, kNoon + minutes(30));
  CHECK_FALSE(book.covers(kNoon - milliseconds(1)));
  CHECK(book.covers(kNoon));
  CHECK(book.covers(kNoon + minutes(29)));
  CHECK_FALSE(book.covers(kNoon + minutes(30)));
}

TEST_CASE("An open pause lasts until it is ended") {
  PauseBook book;
  book.pause(kNoon, {});
  CHECK(book.covers(kNoon + minutes(10'000)));
  CHECK(book.resume(kNoon + minutes(5)));
  CHECK_FALSE(book.covers(kNoon + minutes(5)));
  CHECK(book.covers(kNoon + minutes(4)));
  CHECK_FALSE(book.resume(kNoon + minutes(6)));
}

TEST_CASE("Pausing again within a pause changes its end") {
  PauseBook book;
  book.pause(kNoon, kNoon + minutes(30));
  book.pause(kNoon + minutes(10), kNoon + minutes(20));
  REQUIRE(book.pauses().size() == 1);
  CHECK_FALSE(book.covers(kNoon + minutes(25)));
  CHECK(book.covers(kNoon));
}

TEST_CASE("A clock that was set back keeps the order") {
  PauseBook book;
  book.pause(kNoon, kNoon + minutes(30));
  book.pause(kNoon - minutes(60), {});
  REQUIRE(PauseBook::parse(book.text()));
  CHECK(book.covers(kNoon + minutes(31)));
}

TEST_CASE("The file says what the book says") {
  test::MemoryFileSystem disk;
  disk.mkdir("/c");
  CHECK(PauseBook::load(disk, "/c/pauses")->pauses().empty());
  PauseBook book;
  book.pause(kNoon, kNoon + minutes(30));
  book.pause(kNoon + minutes(60), {});
  REQUIRE(book.save(disk, "/c/pauses"));
  CHECK(PauseBook::load(disk, "/c/pauses")->pauses() == book.pauses());
  CHECK(disk.stat("/c/pauses")->mode == 0600);
}

TEST_CASE("A file that is not a book is named with its line") {
  CHECK_FALSE(PauseBook::parse(""));
  CHECK_FALSE(PauseBook::parse("something else\n"));
  const auto bad = PauseBook::parse("vigil pauses 1\n2026-11-01T12:00:00.000Z -\nnoon\n");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.find("line 3") != std::string::npos);
  CHECK_FALSE(PauseBook::parse("vigil pauses 1\n2026-11-01T12:00:00Z 2026-11-01T11:00:00Z\n"));
  CHECK_FALSE(PauseBook::parse("vigil pauses 1\n2026-11-01T12:00:00Z -\n2026-11-01T13:00:00Z -\n"));
}

}  // namespace
}  // namespace vigil::agent
