#include "agent/traces/attribution.h"

#include <catch2/catch.hpp>
#include <vector>

#include "agent/traces/save_evidence.h"

using namespace vigil;
using namespace vigil::agent;

namespace {

Evidence fact(How how, const std::string& editor, milliseconds apart = milliseconds{0}) {
  return {how, editor, {}, apart};
}

std::vector<Evidence> of_processes(const Save& save, const std::vector<EditorProcess>& running) {
  std::vector<Evidence> evidence;
  pattern_evidence(save, running, evidence);
  process_evidence(save, running, evidence);
  return evidence;
}

parser::SideFile way(std::string_view name) {
  return *parser::side_file(name);
}

}  // namespace

TEST_CASE("without a fact nobody saved", "[agent][traces][unit]") {
  CHECK_FALSE(attribute({}));
}

TEST_CASE("the strongest fact says who saved", "[agent][traces][unit]") {
  const std::vector<Evidence> facts{fact(How::process, "kakoune"), fact(How::side_file, "vim"),
                                    fact(How::history, "vscode")};
  const auto result = attribute(facts);
  REQUIRE(result);
  CHECK(result->editor == "vim");
  CHECK(result->how == How::side_file);
  CHECK(result->confidence == Approx(0.95));
}

TEST_CASE(
    "among equal facts the editor with more of them wins, then the nearer, and less is made "
    "of it",
    "[agent][traces][unit]") {
  std::vector<Evidence> facts{fact(How::history, "vscode", milliseconds{20}),
                              fact(How::history, "cursor", milliseconds{10})};
  CHECK(attribute(facts)->editor == "cursor");
  CHECK(attribute(facts)->confidence == Approx(0.95 * 0.7));
  facts.push_back(fact(How::process, "vscode"));
  CHECK(attribute(facts)->editor == "vscode");
}

TEST_CASE("several processes of one editor do not contend", "[agent][traces][unit]") {
  const std::vector<Evidence> facts{fact(How::process, "vim"), fact(How::process, "vim")};
  CHECK(attribute(facts)->confidence == Approx(0.6));
}

TEST_CASE("an editor that holds a file without having written it gains nothing by running",
          "[agent][traces][unit]") {
  std::vector<Evidence> facts{fact(How::held, "vim"), fact(How::open_file, "vim"),
                              fact(How::process, "vim"), fact(How::only_editor, "vim")};
  CHECK(attribute(facts)->how == How::held);
  CHECK(attribute(facts)->confidence == Approx(0.2));
  facts.push_back(fact(How::process, "kakoune"));
  CHECK(attribute(facts)->editor == "kakoune");
  facts.push_back(fact(How::save_pattern, "vim"));
  CHECK(attribute(facts)->editor == "vim");
}

TEST_CASE("two editors that merely run say nothing", "[agent][traces][unit]") {
  const std::vector<Evidence> facts{fact(How::only_editor, "vim"), fact(How::only_editor, "mg")};
  CHECK_FALSE(attribute(facts));
}

TEST_CASE("what a process was started on tells what it has open", "[agent][traces][unit]") {
  const Save save{"/home/ada/demo/src/a.py", WallTime{}, "/home/ada/demo", {}};
  const auto how_of = [&](const EditorProcess& process) {
    return of_processes(save, {process}).at(0).how;
  };
  CHECK(how_of({1, "kakoune", "/home/ada/demo", {"src/a.py"}, {}}) == How::open_file);
  CHECK(how_of({1, "kakoune", "/", {"/home/ada/demo/./src/a.py"}, {}}) == How::open_file);
  CHECK(how_of({1, "kakoune", "/home/ada/demo/src", {}, {}}) == How::process);
  CHECK(how_of({1, "helix", "/home/ada", {"demo"}, {}}) == How::process);
  CHECK(how_of({1, "vscode", "/", {"/home/ada/demo"}, {}}) == How::process);
  CHECK(how_of({1, "kakoune", "/home/ada/demonstration", {}, {}}) == How::only_editor);
  CHECK(how_of({1, "kakoune", "/", {"/home/ada/demo/src/a"}, {}}) == How::only_editor);

  SECTION("also where nobody can see in which folder it works") {
    CHECK(how_of({1, "kakoune", "", {"src/a.py"}, {}}) == How::open_file);
    CHECK(how_of({1, "kakoune", "", {"./a.py"}, {}}) == How::open_file);
    CHECK(how_of({1, "kakoune", "", {"c/a.py"}, {}}) == How::only_editor);
  }
}

TEST_CASE("that an editor runs says nothing where its saves would leave other facts",
          "[agent][traces][unit]") {
  const Save save{"/p/a.py", WallTime{}, "/p", {}};
  CHECK(of_processes(save, {{1, "vim", "/p", {}, {}}, {2, "gedit", "/p", {}, {}}}).empty());
  CHECK(of_processes(save, {{1, "emacs", "/", {}, {}}}).empty());
  CHECK(of_processes(save, {{1, "emacs", "/p", {}, {}}}).at(0).how == How::process);
  CHECK(of_processes(save, {{1, "joe", "/p", {"a.py"}, {}}}).empty());
  CHECK(of_processes(save, {{1, "vim", "/p", {"a.py"}, {}}}).at(0).how == How::open_file);
  CHECK(of_processes(save, {{1, "emacs", "/", {"/p/a.py"}, {}}}).at(0).how == How::open_file);
  const std::vector<EditorProcess> two{{1, "vim", "/", {}, {}}, {2, "kakoune", "/", {}, {}}};
  CHECK(attribute(of_processes(save, two))->editor == "kakoune");
}

TEST_CASE("a way of writing names the editor, or the family of which one runs",
          "[agent][traces][unit]") {
  Save save{"/p/a.py", WallTime{}, "/p", {way("lib.rsX8d2Qa.bck")}};
  CHECK(attribute(of_processes(save, {}))->editor == "helix");
  save.beside = {way(".goutputstream-K3N9V2")};
  CHECK_FALSE(attribute(of_processes(save, {})));
  const std::vector<EditorProcess> running{{1, "gedit", "/", {}, {}}, {2, "vim", "/", {}, {}}};
  CHECK(attribute(of_processes(save, running))->editor == "gedit");
  CHECK(attribute(of_processes(save, running))->confidence == Approx(0.85));
  save.beside = {way("sedK3N9V2"), way("a.py.tmp.12.34")};
  CHECK_FALSE(attribute(of_processes(save, running)));
}
