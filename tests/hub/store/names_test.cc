#include "agent/hub/store/names.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/store_database.h"
#include "base/posix_file_system.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

class Store {
 public:
  Store() : db(std::move(*open_store_for_writing(folder_.file("hub.db"), files_))) {}

 private:
  test::TemporaryDirectory folder_;
  PosixFileSystem files_;

 public:
  std::unique_ptr<SQLite::Database> db;
};

std::string long_text(int n) {
  return std::to_string(n) + std::string(4'000, 'x');
}

}  // namespace

TEST_CASE("a text has one number, for all who look it up", "[hub][io]") {
  const Store store;
  Names names(*store.db);
  CHECK_FALSE(names.find("vigil"));
  const auto number = names.number_of("vigil");
  CHECK(names.number_of("vigil") == number);
  CHECK(Names(*store.db).find("vigil") == number);
  CHECK(names.text_of(number) == "vigil");
}

TEST_CASE("no text has the number 0, and bytes that are no text keep their own", "[hub][io]") {
  const Store store;
  Names names(*store.db);
  CHECK(names.number_of("") == 0);
  CHECK(names.text_of(0).empty());
  CHECK_THROWS_AS(names.text_of(12'345), SQLite::Exception);
  const std::string odd("a\0b\xFF", 4);
  const auto number = names.number_of(odd);
  CHECK(names.number_of(std::string("a\0c", 3)) != number);
  CHECK(Names(*store.db).text_of(number) == odd);
}

TEST_CASE("more texts than may be kept are looked up again", "[hub][io]") {
  const Store store;
  Names names(*store.db);
  const SQLite::Transaction transaction(*store.db);
  std::vector<std::int64_t> numbers;
  for (int i = 0; static_cast<std::size_t>(i) * 4'000 <= kNameCacheBytes; ++i) {
    numbers.push_back(names.number_of(long_text(i)));
  }
  CHECK(names.number_of(long_text(0)) == numbers.front());
  CHECK(names.text_of(numbers.back()) == long_text(static_cast<int>(numbers.size()) - 1));
}

TEST_CASE("where heartbeats were made is stored once per place", "[hub][io]") {
  const Store store;
  Names names(*store.db);
  Heartbeat heartbeat;
  heartbeat.machine = "m";
  heartbeat.app = "codex";
  const auto here = names.origin_of(heartbeat);
  CHECK(names.origin_of(heartbeat) == here);
  heartbeat.app_version = "2";
  const auto there = names.origin_of(heartbeat);
  CHECK(there != here);
  Names fresh(*store.db);
  CHECK(fresh.origin_of(heartbeat) == there);
  CHECK(fresh.text_of(fresh.origin(there).at(static_cast<std::size_t>(OriginPart::app))) ==
        "codex");
  CHECK(fresh.origin(999) == Origin{});
}

}  // namespace vigil::agent
