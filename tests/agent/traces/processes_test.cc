#include <catch2/catch.hpp>

#include "agent/traces/editor_processes.h"
#include "tests/agent/traces/traces_fixture.h"

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::agent::test;

TEST_CASE("processes are editors by name, servers and IDEs by their arguments",
          "[agent][traces][unit]") {
  CHECK(editor_of_process("nvim", {}) == "neovim");
  CHECK(editor_of_process("vim.basic", {}) == "vim");
  CHECK(editor_of_process("gnome-text-edit", {}) == "gnome-text-editor");
  CHECK(editor_of_process("hx", {}) == "helix");
  CHECK(editor_of_process("node", {"/usr/lib/code-server/lib/node", "x"}) == "code-server");
  CHECK(editor_of_process("node", {"node", "/home/ada/.cursor-server/bin/a/server"}) == "cursor");
  CHECK(editor_of_process("node", {"node", "build.js"}).empty());
  CHECK(editor_of_process("java", {"java", "-Didea.paths.selector=GoLand2024.2"}) == "goland");
  CHECK(editor_of_process("java", {"java", "-jar", "x.jar"}).empty());
  CHECK(editor_of_process("python3", {"python3", "/usr/bin/jupyter-lab"}) == "jupyter");
  CHECK(editor_of_process("python3", {"python3", "a.py"}).empty());
  CHECK(editor_of_process("sed", {"sed", "vim"}).empty());
}

TEST_CASE("an editor that was started on a file is looked up when the file is saved",
          "[agent][traces][unit]") {
  TracesFixture world;
  world.start();
  world.run(11, "kak", std::string("-e\0x\0src/a.py", 13), "/home/ada/demo");
  world.run(12, "bash", "/home/ada/demo/src/a.py");
  CHECK(world.save("src/a.py")->editor == "kakoune");
  CHECK(world.save("src/a.py")->how == How::open_file);
  CHECK(world.save("src/a.py")->pid == 11);
  CHECK(world.save("src/b.py")->how == How::process);
  CHECK(world.save("src/b.py")->confidence == Approx(0.6));
}

TEST_CASE("processes of other users are not looked at", "[agent][traces][unit]") {
  TracesFixture world;
  world.home.user = 1'000;  // on this disk everything is root's
  world.start();
  world.run(11, "kak", "a.py", "/home/ada/demo");
  CHECK_FALSE(world.save("a.py"));
}

TEST_CASE("a look at the processes holds for a while, and who ended is known a little longer",
          "[agent][traces][unit]") {
  TracesFixture world;
  EditorProcesses processes(world.files, world.home, world.limits);
  world.run(11, "kak");
  CHECK(processes.running(world.now).size() == 1);
  world.run(12, "hx");
  world.pass(world.limits.processes_fresh - milliseconds{1});
  CHECK(processes.running(world.now).size() == 1);
  world.pass(milliseconds{1});
  world.end(11);
  CHECK(processes.running(world.now).size() == 2);
  world.pass(kEvidenceWindow);
  CHECK(processes.running(world.now).size() == 1);
  world.end(12);
  world.pass(std::chrono::hours(1));
  CHECK(processes.running(world.now).empty());
}

TEST_CASE("a session that ends tells that its editor ran until now", "[agent][traces][unit]") {
  TracesFixture world;
  world.files.mkdir("/run/user/0/kakoune");
  world.start();
  world.run(11, "kak", "a.py", "/home/ada/demo");
  world.files.write("/run/user/0/kakoune/11", "");
  world.source.touch("/run/user/0/kakoune/11");
  world.step();
  world.pass(std::chrono::hours(1));
  world.end(11);
  world.files.remove_tree("/run/user/0/kakoune/11");
  world.source.touch("/run/user/0/kakoune/11");
  world.step();
  CHECK(world.save("a.py")->editor == "kakoune");
  world.pass(kEvidenceWindow);
  CHECK_FALSE(world.save("a.py"));
}

TEST_CASE("no more processes are looked at than the bound says", "[agent][traces][unit]") {
  TracesFixture world(TraceLimits{.processes_max = 3});
  for (const auto pid : {1, 2, 3, 4}) world.run(pid, "kak");
  EditorProcesses processes(world.files, world.home, world.limits);
  CHECK(processes.running(world.now).size() == 3);
}
