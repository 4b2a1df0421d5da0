// Places outside of projects: found, watched or polled, read, and what that says about saves.

#include <algorithm>
#include <catch2/catch.hpp>

#include "parser/editors/vscode_history.h"
#include "tests/agent/traces/traces_fixture.h"

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::agent::test;

namespace {

const std::string kFile = "/home/ada/demo/a.py";
const std::string kRecent = "/home/ada/.local/share/recently-used.xbel";
const std::string kCode = "/home/ada/.config/Code";

std::string bookmark(const std::string& path, const std::string& application, WallTime time) {
  return R"(<bookmark href="file://)" + path + R"("><bookmark:application name=")" + application +
         R"(" modified=")" + format_rfc3339(time) + R"("/></bookmark>)";
}

PlaceStatus status_of(const TracesFixture& world, const std::string& path) {
  const auto all = world.traces->status();
  const auto found = std::ranges::find(all, path, &PlaceStatus::path);
  return found == all.end() ? PlaceStatus{} : *found;
}

std::string backup_of(const std::string& path) {
  return "file://" + path + " {\"mtime\":1}\nCANARY the text\n";
}

}  // namespace

TEST_CASE("places that are not there are named as such, and found when they appear",
          "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  const std::string swap = "/home/ada/.local/state/nvim/swap";
  CHECK(status_of(world, swap).why_not == "not there");
  world.run(8345, "nvim");
  world.files.write(swap + "/%home%tess%h%code%demo%src%nvim.py.swp",
                    TracesFixture::fixture("neovim/edited.swp"));
  world.source.touch("/home/ada/.local/state/nvim");
  world.step();
  world.pass(milliseconds{500});
  CHECK(world.traces->deadline() <= world.now);
  world.step();
  CHECK(world.taken() == Words{"neovim edit /home/ada/code/demo/src/nvim.py"});
  CHECK(status_of(world, swap).why_not.empty());
  CHECK(status_of(world, swap).traces == 1);
  CHECK(status_of(world, swap).last == world.wall);
}

TEST_CASE("a place that appears step by step is followed from its first step",
          "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  const std::string backups = "/home/ada/.config/micro/backups";
  world.files.mkdir("/home/ada/.config/micro");
  world.source.touch("/home/ada/.config/micro");
  world.step();
  world.pass(milliseconds{500});
  world.step();
  CHECK(world.source.watched().contains("/home/ada/.config/micro"));
  world.pass(milliseconds{10'000});
  world.step();
  world.files.write(backups + "/%home%ada%demo%a.py", "");
  world.source.touch(backups);
  world.step();
  world.pass(milliseconds{500});
  world.step();
  CHECK(world.taken() == Words{"micro edit " + kFile});
}

TEST_CASE("who saved is found in a folder of swap files without any hint",
          "[agent][traces][unit]") {
  TracesFixture world;
  const std::string swap = "/home/ada/.local/state/nvim/swap";
  world.files.mkdir(swap);
  world.start();
  world.run(8345, "nvim");
  auto head = TracesFixture::fixture("neovim/edited.swp");
  head.replace(108, 18, "~ada/demo/a.py\0\0\0\0", 18);
  head[1'007] = 0;
  world.files.write(swap + "/%home%ada%demo%a.py.swp", head);
  CHECK(world.save("a.py")->how == How::side_file);
  CHECK(world.save("a.py")->editor == "neovim");
}

TEST_CASE("a list's past is told once, with its own times, and what is new as it comes",
          "[agent][traces][unit]") {
  TracesFixture world;
  const auto hour = std::chrono::hours(1);
  world.files.write(kRecent, bookmark("/home/ada/old.py", "gedit", world.wall - hour) +
                                 bookmark("/home/ada/older.py", "gedit", world.wall - 2 * hour) +
                                 bookmark("/home/ada/book.pdf", "Evince", world.wall - hour));
  world.start();
  CHECK(world.taken().empty());
  const auto past = world.traces->take_past();
  REQUIRE(past.size() == 2);
  CHECK(past[0].path == "/home/ada/older.py");
  CHECK(past[1].time == world.wall - hour);
  CHECK(world.traces->take_past().empty());

  world.files.write(kRecent, bookmark("/home/ada/old.py", "gedit", world.wall - hour) +
                                 bookmark(kFile, "Mousepad", world.wall));
  world.source.touch(kRecent);
  world.step();
  CHECK(world.taken() == Words{"mousepad open " + kFile});
  CHECK(world.traces->take_past().empty());

  SECTION("and an entry in the second of a save is evidence") {
    const auto who = world.save("a.py");
    REQUIRE(who);
    CHECK(who->editor == "mousepad");
    CHECK(who->how == How::recent_files);
  }
  SECTION("an older one is none") {
    world.pass(milliseconds{10'000});
    CHECK_FALSE(world.save("a.py"));
  }
}

TEST_CASE("the list of recent files is looked at when somebody saves as GTK does",
          "[agent][traces][unit]") {
  TracesFixture world;
  world.files.write(kRecent, "<xbel/>");
  world.start();
  world.run(3, "gedit");
  world.files.write(kRecent, bookmark(kFile, "gedit", world.wall + milliseconds{200}));
  const auto who = world.save("a.py", {*parser::side_file(".goutputstream-K3N9V2")});
  REQUIRE(who);
  CHECK(who->how == How::recent_files);
  CHECK(who->editor == "gedit");
}

TEST_CASE("marks of Vim and Neovim are of the past", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.write("/home/ada/.viminfo", TracesFixture::fixture("vim/viminfo"));
  world.files.write("/home/ada/.local/state/nvim/shada/main.shada",
                    TracesFixture::fixture("neovim/main.shada"));
  world.start();
  CHECK(world.taken().empty());
  const auto past = world.traces->take_past();
  CHECK(past.size() >= 4);
  CHECK(std::ranges::is_sorted(past, {}, [](const auto& trace) { return *trace.time; }));
}

TEST_CASE("of a list without times only what is new counts", "[agent][traces][unit]") {
  TracesFixture world;
  const std::string session = "/home/ada/.local/share/kate/anonymous.katesession";
  world.files.write(session, "[Document 0]\nURL=file:///home/ada/before.py\n");
  world.start();
  CHECK(world.taken().empty());
  world.files.write(
      session,
      "[Document 0]\nURL=file:///home/ada/before.py\n[Document 1]\nURL=file://" + kFile + "\n");
  world.source.touch(session);
  world.step();
  CHECK(world.taken() == Words{"kate open " + kFile});
  world.source.touch(session);
  world.step();
  CHECK(world.taken().empty());
}

TEST_CASE("each auto-save of Emacs is an edit", "[agent][traces][unit]") {
  TracesFixture world;
  const std::string list = "/home/ada/.emacs.d/auto-save-list/.saves-77-vm~";
  world.files.mkdir("/home/ada/.emacs.d/auto-save-list");
  world.start();
  for (int i = 0; i < 2; ++i) {
    world.files.write(list, kFile + "\n/home/ada/demo/#a.py#\n");
    world.source.touch(list);
    world.step();
    const auto traces = world.traces->take();
    REQUIRE(traces.size() == 1);
    CHECK(traces[0].kind == parser::EditorTrace::Kind::edit);
    CHECK(traces[0].pid == 77);
  }
}

TEST_CASE("micro's backup is an edit by its name alone", "[agent][traces][unit]") {
  TracesFixture world;
  const std::string backups = "/home/ada/.config/micro/backups";
  world.files.mkdir(backups);
  world.start();
  const auto opens = world.files.opens();
  world.files.write(backups + "/%home%ada%demo%a.py", "CANARY");
  world.source.touch(backups + "/%home%ada%demo%a.py");
  world.step();
  CHECK(world.taken() == Words{"micro edit " + kFile});
  CHECK(world.files.opens() == opens);
  CHECK(world.save("a.py")->editor == "micro");
}

TEST_CASE("VS Code's history of a file shows its saves", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.mkdir(kCode + "/User/History");
  world.start();
  const std::string folder =
      kCode + "/User/History/" + parser::vscode_hash("file://" + kFile) + "/";
  world.files.write(folder + "entries.json", "{}");
  world.files.write(folder + "Ab1c.py", "CANARY");
  CHECK(world.save("a.py")->editor == "vscode");
  CHECK(world.save("a.py")->how == How::history);
  CHECK(world.save("a.py")->confidence == Approx(0.95));
  world.pass(milliseconds{10'000});
  world.files.write(folder + "entries.json", "{\"later\":1}");
  CHECK_FALSE(world.save("a.py"));
}

TEST_CASE("a server in a browser is known by the URIs of its own history",
          "[agent][traces][unit]") {
  TracesFixture world;
  const std::string history = "/home/ada/.local/share/code-server/User/History/";
  const std::string front = "vscode-remote://127.0.0.1:8080";
  const auto folder_of = [&](const std::string& path) {
    return history + parser::vscode_hash(front + path) + "/";
  };
  world.files.write(folder_of("/home/ada/demo/b.py") + "entries.json",
                    "{\"resource\":\"" + front + "/home/ada/demo/b.py\",\"entries\":[]}");
  world.files.write(history + "12345/entries.json",
                    "{\"resource\":\"vscode-remote://elsewhere/home/ada/demo/a.py\"}");
  world.start();
  world.files.write(folder_of(kFile) + "Ab1c.py", "CANARY");
  CHECK(world.save("a.py")->editor == "code-server");
}

TEST_CASE("VS Code's copy of unsaved text is an edit, and vanishes with the save",
          "[agent][traces][unit]") {
  TracesFixture world;
  const std::string backups = kCode + "/Backups/17/file";
  world.files.mkdir(kCode + "/User/globalStorage");
  world.files.mkdir(backups);
  world.start();
  world.files.write(backups + "/-5b390ce7", backup_of(kFile));
  world.source.touch(backups + "/-5b390ce7");
  world.step();
  CHECK(world.taken() == Words{"vscode edit " + kFile});
  SECTION("its own save") {
    world.files.remove_tree(backups + "/-5b390ce7");
    CHECK(world.save("a.py")->how == How::backup);
  }
  SECTION("another program's") {
    CHECK(world.save("a.py")->how == How::held);
  }
}

TEST_CASE("VS Code's git log tells which file came to the front", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.mkdir(kCode + "/User/globalStorage");
  const std::string log = kCode + "/logs/20261121T100000/window1/exthost/vscode.git/Git.log";
  const auto shown = [](const std::string& name) {
    return "x [info] > git show --textconv :" + name + " [5ms]\n";
  };
  world.files.write(kFile, "x");
  world.files.write("/home/ada/demo/b.py", "x");
  world.files.write(log, "x [info] Opened repository (path): /home/ada/demo\n" + shown("b.py"));
  world.start();
  CHECK(world.taken().empty());
  world.files.add(log, shown("a.py") + "x [info] > git ls-files --stage -- a.py [4ms]\n" +
                           shown("gone.py") + "x [info] > git sh");
  world.source.touch(log);
  world.step();
  CHECK(world.taken() == Words{"vscode open " + kFile});
  world.pass(milliseconds{5'000});
  world.files.add(log, "ow --textconv :b.py [5ms]\n");
  world.source.touch(log);
  world.step();
  CHECK(world.taken() == Words{"vscode open /home/ada/demo/b.py"});
  CHECK(world.save("a.py")->how == How::git_log);
  world.pass(std::chrono::minutes(11));
  CHECK_FALSE(world.save("a.py"));
}

TEST_CASE("folders that editors work in are told", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.write(kCode + "/User/workspaceStorage/0a1b/workspace.json",
                    TracesFixture::fixture("vscode/workspace.json"));
  world.files.write("/home/ada/.config/JetBrains/PyCharmCE2024.2/options/recentProjects.xml",
                    TracesFixture::fixture("jetbrains/recentProjects.xml"));
  world.files.write("/home/ada/.local/share/jupyter/runtime/jpserver-4711.json",
                    TracesFixture::fixture("jupyter/jpserver.json"));
  world.start();
  auto words = world.taken();
  std::ranges::sort(words);
  CHECK(words ==
        Words{"jupyter workspace /home/ada/code/demo", "pycharm workspace /home/ada/code/demo",
              "pycharm workspace /srv/work/other & more", "vscode workspace /home/ada/code/demo"});
}

TEST_CASE("where no watch can be had places are polled", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.write(kRecent, "<xbel/>");
  world.source.refuse(Errc::full);
  world.start();
  world.pass(world.limits.poll_every);
  world.files.write(kRecent, bookmark(kFile, "gedit", world.wall));
  CHECK(world.traces->deadline() <= world.now);
  world.step();
  CHECK(world.taken() == Words{"gedit open " + kFile});
}

TEST_CASE("after an overflow every place is looked at", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.write(kRecent, "<xbel/>");
  world.start();
  world.files.write(kRecent, bookmark(kFile, "gedit", world.wall));
  world.source.overflow();
  world.step();
  CHECK(world.taken() == Words{"gedit open " + kFile});
}

TEST_CASE("a place that went is given up, and taken up again", "[agent][traces][unit]") {
  TracesFixture world;
  const std::string backups = "/home/ada/.config/micro/backups";
  world.files.mkdir(backups);
  world.start();
  CHECK(world.source.watched().contains(backups));
  world.files.remove_tree(backups);
  world.source.directory_gone(backups);
  world.step();
  CHECK(status_of(world, backups).why_not == "not there");
  world.files.write(backups + "/%home%ada%demo%a.py", "");
  world.pass(world.limits.search_every);
  world.step();
  CHECK(world.taken() == Words{"micro edit " + kFile});
}

TEST_CASE("a list that cannot be read says why", "[agent][traces][unit]") {
  TracesFixture world(TraceLimits{.file_max = 100});
  world.files.write(kRecent, std::string(101, ' '));
  world.files.write("/home/ada/.viminfo", "");
  world.files.deny("/home/ada/.viminfo");
  world.start();
  CHECK(status_of(world, kRecent).why_not.contains("larger than 100 bytes"));
  CHECK(status_of(world, "/home/ada/.viminfo").why_not.contains("denied"));
}

TEST_CASE("of a long past the newest is told", "[agent][traces][unit]") {
  TracesFixture world(TraceLimits{.past_max = 3});
  std::string list;
  for (int i = 0; i < 4; ++i) {
    list += bookmark("/home/ada/" + std::to_string(i), "gedit", world.wall - std::chrono::hours(i));
  }
  world.files.write(kRecent, list);
  world.start();
  const auto past = world.traces->take_past();
  REQUIRE(past.size() == 3);
  CHECK(past.front().path == "/home/ada/2");
}

TEST_CASE("traces that nobody takes are bounded", "[agent][traces][unit]") {
  TracesFixture world(TraceLimits{.waiting_max = 2});
  world.files.write(kRecent, "<xbel/>");
  world.start();
  std::string list;
  for (int i = 0; i < 3; ++i) {
    list += bookmark("/home/ada/" + std::to_string(i), "gedit", world.wall + milliseconds(i));
  }
  world.files.write(kRecent, list);
  world.source.touch(kRecent);
  world.step();
  CHECK(world.taken() == Words{"gedit open /home/ada/1", "gedit open /home/ada/2"});
}

TEST_CASE("a home full of windows costs no more than the bound", "[agent][traces][unit]") {
  TracesFixture world(TraceLimits{.places_max = 40});
  for (int i = 0; i < 100; ++i) {
    world.files.mkdir(kCode + "/User/workspaceStorage/" + std::to_string(i));
    world.files.mkdir(kCode + "/Backups/" + std::to_string(i) + "/file");
  }
  world.start();
  CHECK(world.traces->status().size() == 40);
  CHECK(world.source.watched().size() <= 2 * 40);
}

TEST_CASE("all watches are given back in the end", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.write(kRecent, "<xbel/>");
  world.start();
  CHECK_FALSE(world.source.watched().empty());
  world.traces.reset();
  CHECK(world.source.watched().empty());
}

TEST_CASE("where there is no home nothing is looked at", "[agent][traces][unit]") {
  TracesFixture world;
  world.home.home.clear();
  world.start();
  CHECK(world.traces->status().empty());
  CHECK(world.source.watched().empty());
}
