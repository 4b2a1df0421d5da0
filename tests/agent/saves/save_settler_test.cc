#include "agent/saves/save_settler.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/agent/saves/changes.h"

namespace vigil::agent {
namespace {

using parser::SideFile;
using test::at_ms;
using test::Changes;
using test::kWritten;
using watcher::TreeChange;

TEST_CASE("One write in place settles once, after it was left alone") {
  SaveSettler settler;
  Changes change;
  CHECK_FALSE(settler.deadline());
  CHECK(settler.add(change(0, "/p", "a", TreeChange::modified)));
  CHECK(settler.add(change(100, "/p", "a", kWritten)));
  CHECK(settler.take(at_ms(349)).empty());
  const auto settled = settler.take(at_ms(350));
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].path == "/p/a");
  CHECK(settled[0].what == kWritten);
  CHECK(settler.take(at_ms(1'000)).empty());
  CHECK_FALSE(settler.deadline());
}

TEST_CASE("What never rests settles after the longest wait") {
  SaveSettler settler;
  Changes change;
  std::size_t settled = 0;
  for (int ms = 0; ms < 4'000; ms += 100) {
    settler.add(change(ms, "/p", "a", kWritten));
    settled += settler.take(at_ms(ms)).size();
  }
  CHECK(settled == 1);  // at 2,000; the rest waits still
}

TEST_CASE("Vim's save is one write with its witnesses") {
  SaveSettler settler;
  Changes change;
  settler.add(
      change(0, "/p", "4913", TreeChange::created | TreeChange::closed | TreeChange::deleted));
  settler.add(change(1, "/p", "a.txt~", TreeChange::moved_in | TreeChange::deleted, "a.txt"));
  settler.add(change(2, "/p", "a.txt", TreeChange::moved_out | TreeChange::created | kWritten));
  settler.add(change(3, "/p", "other.txt", kWritten));
  const auto settled = settler.take(at_ms(400));
  REQUIRE(settled.size() == 2);
  CHECK(settled[0].path == "/p/a.txt");
  bool has_backup = false;
  bool has_probe = false;
  for (const auto& side : settled[0].beside) {
    has_backup = has_backup || side.kind == SideFile::Kind::backup;
    has_probe = has_probe || side.kind == SideFile::Kind::probe;
  }
  CHECK(has_backup);
  CHECK(has_probe);
}

TEST_CASE("A file that a temporary one became") {
  SaveSettler settler;
  Changes change;
  settler.add(change(0, "/p", "sedAb3dEf", TreeChange::created | kWritten | TreeChange::moved_out));
  settler.add(change(1, "/p", "a.txt", TreeChange::moved_in, "sedAb3dEf"));
  bool found = false;
  for (const auto& write : settler.take(at_ms(300))) {
    if (write.path != "/p/a.txt") continue;
    found = true;
    REQUIRE(write.from);
    CHECK(write.from->by == SideFile::By::tool);
  }
  CHECK(found);
}

TEST_CASE("Reading, deleting, renaming away and making directories settle as nothing") {
  SaveSettler settler;
  Changes change;
  settler.add(change(0, "/p", "a", TreeChange::deleted));
  settler.add(change(0, "/p", "b", TreeChange::moved_out));
  settler.add(change(0, "/p", "c", TreeChange::created));
  auto directory = change(0, "/p", "d", TreeChange::created | TreeChange::found);
  directory.kind = FileKind::directory;
  CHECK_FALSE(settler.add(directory));
  CHECK(settler.take(at_ms(5'000)).empty());
}

TEST_CASE("Side files alone are no writes") {
  SaveSettler settler;
  Changes change;
  for (const auto* name : {".a.swp", "a~", ".#a", "#a#", ".a.kate-swp", ".goutputstream-ABC123"}) {
    INFO(name);
    CHECK_FALSE(settler.add(change(0, "/p", name, TreeChange::created | kWritten)));
  }
  CHECK(settler.take(at_ms(5'000)).empty());
}

TEST_CASE("A full settler says so") {
  SaveSettler settler;
  Changes change;
  for (std::size_t i = 0; i < SaveSettler::kWritesMax; ++i) {
    CHECK_FALSE(settler.is_full());
    settler.add(change(0, "/p", "f" + std::to_string(i), kWritten));
  }
  CHECK(settler.is_full());
  CHECK(settler.take(at_ms(250)).size() == SaveSettler::kWritesMax);
  CHECK_FALSE(settler.is_full());
}

}  // namespace
}  // namespace vigil::agent
