// Editors that keep a file beside the one that they edit: what is seen of them, and who saved.

#include <catch2/catch.hpp>

#include "agent/traces/side_file_book.h"
#include "tests/agent/traces/traces_fixture.h"

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::agent::test;

namespace {

/// A head as Vim and nano write it.
std::string swap_of(const std::string& program, std::int32_t pid, const std::string& name,
                    bool dirty) {
  std::string head(1'024, '\0');
  head.replace(0, 2, "b0");
  head.replace(2, program.size(), program);
  for (std::size_t i = 0; i < 4; ++i) {
    head[24 + i] = static_cast<char>(static_cast<std::uint32_t>(pid) >> (8 * i));
  }
  head.replace(108, name.size(), name);
  if (dirty) head[1'007] = 0x55;
  return head + "CANARY the text";
}

const std::string kFile = "/home/ada/demo/a.py";
const std::string kSwap = "/home/ada/demo/.a.py.swp";

}  // namespace

TEST_CASE("Vim's swap file tells opening, edits, saves and closing", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.run(7, "vim");
  world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", false));
  world.beside(".a.py.swp");
  CHECK(world.taken() == Words{"vim open " + kFile});
  world.pass(milliseconds{10'000});
  world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", true));
  world.beside(".a.py.swp");
  CHECK(world.taken() == Words{"vim edit " + kFile});
  CHECK(world.traces->open_in(kFile)->kind == parser::EditorTrace::Kind::edit);

  SECTION("a save cleans the swap file") {
    world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", false));
    const auto who = world.save("a.py");
    REQUIRE(who);
    CHECK(who->editor == "vim");
    CHECK(who->how == How::side_file);
    CHECK(who->pid == 7);
    CHECK(who->confidence == Approx(0.95));
  }
  SECTION("who types on leaves it with changes again") {
    world.files.write(kFile, "x");
    const Save save{kFile, world.wall, "/home/ada/demo", {}};
    world.pass(milliseconds{200});
    world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", true));
    world.pass(milliseconds{50});
    CHECK(world.traces->saved_by(save, world.now)->how == How::open_file);
  }
  SECTION("a write by another program leaves it as it is") {
    world.pass(milliseconds{1'000});
    const auto who = world.save("a.py");
    REQUIRE(who);
    CHECK(who->how == How::held);
    CHECK(who->confidence < 0.3);
  }
  SECTION("saving and quitting takes it away") {
    world.files.remove_tree(kSwap);
    world.end(7);
    const auto who = world.save("a.py");
    REQUIRE(who);
    CHECK(who->editor == "vim");
    CHECK(who->how == How::side_file);
    CHECK(world.taken() == Words{"vim close " + kFile});
    CHECK_FALSE(world.traces->open_in(kFile));
  }
  SECTION("what is gone for long says nothing") {
    world.files.remove_tree(kSwap);
    world.end(7);
    world.beside(".a.py.swp");
    world.pass(milliseconds{3'000});
    CHECK_FALSE(world.save("a.py"));
  }
}

TEST_CASE("a file that was opened a moment ago is not therefore saved by its editor",
          "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.run(7, "vim", "a.py", "/home/ada/demo");
  world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", false));
  world.beside(".a.py.swp");
  world.pass(milliseconds{1'500});
  CHECK(world.save("a.py")->how == How::held);
}

TEST_CASE("a swap file that a crash left is no open file", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", true));
  world.pass(milliseconds{60'000});
  world.beside(".a.py.swp");
  CHECK(world.taken().empty());
  CHECK_FALSE(world.traces->open_in(kFile));
  CHECK_FALSE(world.save("a.py"));
}

TEST_CASE("nobody need tell of a swap file that is there when its file is saved",
          "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.run(7, "nvim");
  world.files.write(kSwap, swap_of("VIM 8.0", 7, "~ada/demo/a.py", false));
  const auto who = world.save("a.py");
  REQUIRE(who);
  CHECK(who->editor == "neovim");
  CHECK(who->how == How::side_file);
}

TEST_CASE("changes of a swap file are seen when nobody tells of them", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.run(7, "vim");
  world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", false));
  world.beside(".a.py.swp");
  (void)world.taken();
  world.step();
  world.pass(world.limits.recheck_every);
  world.files.write(kSwap, swap_of("VIM 9.0", 7, "~ada/demo/a.py", true));
  CHECK(world.traces->deadline() <= world.now);
  world.step();
  CHECK(world.taken() == Words{"vim edit " + kFile});
}

TEST_CASE("a lock is an edit, and goes with the save", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  const auto* const host = GENERATE("vm", "here");
  const std::string editor = std::string(host) == "here" ? "joe" : "emacs";
  world.run(9, editor);
  world.files.symlink("ada@" + std::string(host) + ".9", "/home/ada/demo/.#a.py");
  world.beside(".#a.py");
  CHECK(world.taken() == Words{editor + " edit " + kFile});
  SECTION("its editor's") {
    world.files.remove_tree("/home/ada/demo/.#a.py");
    const auto who = world.save("a.py");
    REQUIRE(who);
    CHECK(who->editor == editor);
    CHECK(who->how == How::side_file);
    CHECK(who->pid == 9);
    CHECK(world.taken().empty());
  }
  SECTION("not another program's") {
    CHECK(world.save("a.py")->how == How::held);
  }
}

TEST_CASE("nano's lock tells that the file is open, whoever writes it", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.run(5, "nano");
  world.files.write(kSwap, swap_of("nano 7.2", 5, "src/../a.py", true));
  world.beside(".a.py.swp");
  CHECK(world.taken() == Words{"nano edit " + kFile});
  CHECK(world.save("a.py")->editor == "nano");
  CHECK(world.save("a.py")->how == How::open_file);
  world.files.write(kSwap, swap_of("nano 7.2", 5, "src/../a.py", false));
  CHECK(world.save("a.py")->how == How::held);
}

TEST_CASE("Kate's swap file goes with the save", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  const std::string swap = "/home/ada/demo/.a.py.kate-swp";
  world.files.write(swap, TracesFixture::fixture("kate/edited.kate-swp"));
  world.beside(".a.py.kate-swp");
  CHECK(world.taken() == Words{"kate edit " + kFile});
  world.files.remove_tree(swap);
  CHECK(world.save("a.py")->editor == "kate");
  CHECK(world.save("a.py")->how == How::side_file);
}

TEST_CASE("names that stand for no side file are not looked at", "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  for (const auto* name : {"a.py", "a.py~", ".a.py.swx", "4913", ".goutputstream-K3N9V2"}) {
    world.files.write("/home/ada/demo/" + std::string(name), swap_of("VIM 9.0", 7, "a.py", true));
    world.beside(name);
  }
  CHECK(world.taken().empty());
  CHECK(world.files.opens() == 0);
}

TEST_CASE("the book of side files is bounded, what is gone and old goes first",
          "[agent][traces][unit]") {
  SideFileBook book(2);
  SideReading reading{.owner = "/a", .editor = "vim", .pid = 1};
  const auto at = [](int seconds) { return MonoTime{std::chrono::seconds(seconds)}; };
  CHECK(book.observe("/1", reading, at(1)));
  CHECK(book.observe("/2", reading, at(2)));
  CHECK(book.observe("/2", std::nullopt, at(3)));
  CHECK(book.observe("/3", reading, at(4)));
  CHECK(book.existing() == Words{"/1", "/3"});
  CHECK(book.observe("/4", reading, at(5)));
  CHECK(book.existing() == Words{"/3", "/4"});
  CHECK(book.side_files_of("/a") == Words{"/3", "/4"});
  (void)book.observe("/3", std::nullopt, at(6));
  book.forget_old(at(60));
  CHECK(book.size() == 1);
}
