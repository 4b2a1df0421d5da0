#include "parser/editors/side_file.h"

#include <catch2/catch.hpp>
#include <string>

using namespace vigil::parser;
using Kind = SideFile::Kind;
using By = SideFile::By;

namespace {

struct Row {
  std::string name;
  std::string program;
  Kind kind;
  By by;
  std::string owner;
};

}  // namespace

TEST_CASE("what stands beside a file says what it is by its name", "[parser][editors][unit]") {
  const auto row = GENERATE(values<Row>({
      {"4913", "vim", Kind::probe, By::editor, ""},
      {".main.py.swp", "", Kind::swap, By::editor, "main.py"},
      {".main.py.swo", "", Kind::swap, By::editor, "main.py"},
      {".main.py.swx", "", Kind::swap, By::editor, "main.py"},
      {".main.py.swpx", "", Kind::swap, By::editor, "-"},
      {".swp", "vim", Kind::swap, By::editor, ""},
      {".a.txt.un~", "vim", Kind::backup, By::editor, "a.txt"},
      {"main.py~", "", Kind::backup, By::editor, "main.py"},
      {".#main.py", "", Kind::lock, By::editor, "main.py"},
      {"#main.py#", "emacs", Kind::auto_save, By::editor, "main.py"},
      {"#1837264", "", Kind::temporary, By::unknown, ""},
      {".main.cc.kate-swp", "kate", Kind::swap, By::editor, "main.cc"},
      {".notes.md.kak.x81AbZ", "kakoune", Kind::temporary, By::editor, "notes.md"},
      {".notes.md.vis.x81AbZ", "vis", Kind::temporary, By::editor, "notes.md"},
      {".goutputstream-K3N9V2", "gio", Kind::temporary, By::editor, ""},
      {"A.java___jb_tmp___", "jetbrains", Kind::temporary, By::editor, "A.java"},
      {"A.java___jb_old___", "jetbrains", Kind::backup, By::editor, "A.java"},
      {"settings.json.vsctmp", "vscode", Kind::temporary, By::editor, "settings.json"},
      {"lib.rsX8d2Qa.bck", "helix", Kind::backup, By::editor, "lib.rs"},
      {"old.bck", "", Kind::backup, By::unknown, "old"},
      {"plan-checkpoint.ipynb", "jupyter", Kind::checkpoint, By::editor, "plan.ipynb"},
      {".~plan.ipynb", "jupyter", Kind::temporary, By::editor, "plan.ipynb"},
      {".~lock.plan.odt#", "libreoffice", Kind::lock, By::editor, "plan.odt"},
      {"sedK3N9V2", "sed", Kind::temporary, By::tool, ""},
      {"XXab3Defgh", "perl", Kind::temporary, By::tool, ""},
      {".x.py.Zk31aB", "rsync", Kind::temporary, By::tool, "x.py"},
      {"x.cc-0a1b2c3d", "llvm", Kind::temporary, By::tool, "x.cc"},
      {"x.cc-0a1b2c3d.tmp", "llvm", Kind::temporary, By::tool, "x.cc"},
      {"main.py.tmp.4711.18c3f0a2", "claude-code", Kind::temporary, By::ai_agent, "main.py"},
      {"main.py.tmp.4711.1758800000123", "claude-code", Kind::temporary, By::ai_agent, "main.py"},
      {"main.py.tmp", "", Kind::temporary, By::unknown, "main.py"},
      {"main.go.1234567890", "gofmt", Kind::temporary, By::tool, "main.go"},
      {"a.c.rej", "patch", Kind::backup, By::tool, "a.c"},
      {"m.cpython-311.pyc.140235", "python", Kind::temporary, By::tool, "m.cpython-311"},
  }));
  CAPTURE(row.name);
  const auto found = side_file(row.name);
  if (row.owner == "-") {
    CHECK_FALSE(found);
    return;
  }
  REQUIRE(found);
  CHECK(found->program == row.program);
  CHECK(found->kind == row.kind);
  CHECK(found->by == row.by);
  CHECK(found->owner == row.owner);
}

TEST_CASE("files of one's own are no side files", "[parser][editors][unit]") {
  const auto* name = GENERATE(
      "main.py", "README", ".bashrc", "a", "", "sedation", "sedentary", "sediment", "XXL-sizes",
      "template.txt", ".eslintrc.json", ".babelrc.module", ".env.sample", "my-project",
      "page-deadbee", "x.swift", "archive.tar.gz", "Makefile", "tmpfiles.conf", ".gitignore", "~",
      "#", "##", ".#", "a.tmpl", "Cargo.lock", "notes.configured", ".swan", ".x.sw", "#12a");
  CAPTURE(name);
  CHECK_FALSE(side_file(name));
}

TEST_CASE("a temporary name tells the process that made it", "[parser][editors][unit]") {
  CHECK(side_file("a.py.tmp.4711.18c3f0a2")->pid == 4711);
  CHECK(side_file("a.py.tmp.4711")->pid == 4711);
  CHECK_FALSE(side_file("a.py.tmp.99999999999.18c3f0a2")->pid);
  CHECK_FALSE(side_file("main.go.12345")->pid);
}

TEST_CASE("only what nobody would call a file is sure", "[parser][editors][unit]") {
  CHECK(side_file(".a.swp")->surety == SideFile::Surety::sure);
  CHECK(side_file("sedK3N9V2")->surety == SideFile::Surety::guess);
  CHECK(side_file("commit-0a1b2c3d")->surety == SideFile::Surety::guess);
  CHECK(side_file("x.bak")->surety == SideFile::Surety::guess);
}

TEST_CASE("any name is judged in no time", "[parser][editors][unit]") {
  const auto length = GENERATE(254U, 255U, 256U, 4096U);
  for (const char c : {'a', '.', '#', '~', '?', '*', '0', '\0', '\xff'}) {
    const auto found = side_file(std::string(length, c));
    if (length > 255) CHECK_FALSE(found);
  }
}
