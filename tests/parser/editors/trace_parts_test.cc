// What the fixtures do not show: names as hashes, odd paths, the forms of other versions.

#include <catch2/catch.hpp>
#include <string>

#include "parser/editors/emacs_auto_saves.h"
#include "parser/editors/gtk_recent.h"
#include "parser/editors/jetbrains.h"
#include "parser/editors/lock_link.h"
#include "parser/editors/micro_backup.h"
#include "parser/editors/trace_path.h"
#include "parser/editors/vim_swap.h"
#include "parser/editors/vscode_git_log.h"
#include "parser/editors/vscode_history.h"
#include "parser/editors/vscode_storage.h"
#include "parser/editors/xml_walk.h"

using namespace vigil;
using namespace vigil::parser;

TEST_CASE("VS Code's names of folders are hashes of URIs", "[parser][editors][unit]") {
  CHECK(vscode_hash("") == "247a9");
  CHECK(vscode_hash("file:///home/u/p/a.py") == "-7a7530bb");
  CHECK(vscode_hash("/home/u/p/a.py") == "-5b390ce7");
}

TEST_CASE("the hash runs over UTF-16 units, broken bytes included", "[parser][editors][unit]") {
  const auto hash_of_units = [](std::u16string_view units) {
    std::uint32_t hash = 149'417;
    for (const char16_t unit : units) hash = hash * 31 + unit;
    return static_cast<std::int32_t>(hash);
  };
  const auto value_of = [](const std::string& text) {
    return static_cast<std::int32_t>(std::stoll(text, nullptr, 16));
  };
  CHECK(value_of(vscode_hash("/ü/€/😀")) == hash_of_units(u"/ü/€/😀"));
  CHECK(value_of(vscode_hash("\xff/a")) == hash_of_units(u"\xfffd/a"));
  CHECK(value_of(vscode_hash("a\xf0\x9f")) == hash_of_units(u"a\xfffd\xfffd"));
}

TEST_CASE("VS Code encodes all but a few marks", "[parser][editors][unit]") {
  CHECK(vscode_uri("/home/u/a b(1),@x+ü~.py") == "file:///home/u/a%20b%281%29%2C%40x%2B%C3%BC~.py");
  CHECK(path_of_vscode_uri(vscode_uri("/a b/ü.py")) == "/a b/ü.py");
  CHECK(path_of_vscode_uri("vscode-remote://127.0.0.1:8080/srv/a%20b.py") == "/srv/a b.py");
  CHECK_FALSE(path_of_vscode_uri("vscode-remote://ssh-remote%2Bbox/srv/a.py"));
  CHECK_FALSE(path_of_vscode_uri("vscode-remote:///srv/a.py"));
  CHECK_FALSE(path_of_vscode_uri("untitled:Untitled-1"));
}

TEST_CASE("only a path passes as one", "[parser][editors][unit]") {
  CHECK(trace_path("/a//b/../c/./d") == "/a/c/d");
  CHECK_FALSE(trace_path(""));
  CHECK_FALSE(trace_path("/"));
  CHECK_FALSE(trace_path("a/b"));
  CHECK_FALSE(trace_path("/a\nb"));
  CHECK_FALSE(trace_path(std::string("/a\0b", 4)));
  CHECK(trace_path("/" + std::string(kPathMax - 1, 'a')));
  CHECK_FALSE(trace_path("/" + std::string(kPathMax, 'a')));
  CHECK(trace_path("~/a.py", "/home/ada") == "/home/ada/a.py");
  CHECK(trace_path("~root/a.py", "/home/ada") == "/home/ada/a.py");
  CHECK_FALSE(trace_path("~/a.py", ""));
  CHECK_FALSE(trace_path("~root", "/home/ada"));
  CHECK(path_of_uri("file://localhost/a%20b?x#y") == "/a b");
  CHECK_FALSE(path_of_uri("file://elsewhere/a"));
  CHECK_FALSE(path_of_uri("file:///a%2"));
  CHECK_FALSE(path_of_uri("file:///a%0Ab"));
  CHECK_FALSE(path_of_uri("sftp://box/a"));
}

TEST_CASE("a lock names who holds it", "[parser][editors][unit]") {
  CHECK(parse_lock_link("ada@box.example.org.4711:1758800000") == LockHolder{4711, false});
  CHECK(parse_lock_link("ada@box.4711") == LockHolder{4711, false});
  CHECK(parse_lock_link("ada@here.4711") == LockHolder{4711, true});
  for (const auto* text : {"", "ada", "@box.1", "ada@box", "ada@box.", "ada@box.x", "ada@box.0",
                           "ada@box.-4", "ada@box.99999999999", "/home/ada/a@b.1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_lock_link(text));
  }
}

TEST_CASE("names of lists and copies tell whose they are", "[parser][editors][unit]") {
  CHECK(pid_of_auto_saves(".saves-8945-vm~") == 8945);
  CHECK_FALSE(pid_of_auto_saves(".saves-vm~"));
  CHECK_FALSE(pid_of_auto_saves(".saves-8945~"));
  CHECK_FALSE(pid_of_auto_saves(".saves-8945-vm"));
  CHECK(owner_of_micro_backup("%home%ada%a.py") == "/home/ada/a.py");
  CHECK(owner_of_micro_backup("%2Fhome%2Fada%2Fa%25b.py") == "/home/ada/a%b.py");
  CHECK_FALSE(owner_of_micro_backup("notes"));
}

TEST_CASE("a swap file's name stands in where its head names no file", "[parser][editors][unit]") {
  SwapHead head;
  CHECK(owner_elsewhere(head, "%srv%dev%..%a.txt.swp", "/home/ada") == "/srv/a.txt");
  CHECK_FALSE(owner_elsewhere(head, "a.txt.swp", "/home/ada"));
  CHECK_FALSE(owner_beside(head, "/srv"));
  head.name = "~ada/a.txt";
  CHECK(owner_elsewhere(head, "%x.swp", "/home/ada") == "/home/ada/a.txt");
  CHECK(owner_beside(head, "/home/ada") == "/home/ada/a.txt");
}

TEST_CASE("a JetBrains folder tells the product", "[parser][editors][unit]") {
  CHECK(editor_of_jetbrains_folder("IntelliJIdea2024.1") == "intellijidea");
  CHECK(editor_of_jetbrains_folder("IdeaIC2023.3") == "intellijidea");
  CHECK(editor_of_jetbrains_folder("PyCharmCE2024.2") == "pycharm");
  CHECK(editor_of_jetbrains_folder("AndroidStudio2024.1") == "androidstudio");
  CHECK(editor_of_jetbrains_folder("CLion2024.2") == "clion");
  CHECK(editor_of_jetbrains_folder("consentOptions").empty());
  CHECK(editor_of_jetbrains_folder("2024.1").empty());
}

TEST_CASE("viewers are no editors", "[parser][editors][unit]") {
  CHECK(editor_of_application("gedit") == "gedit");
  CHECK(editor_of_application("Evince").empty());
  CHECK(parse_gtk_recent(R"(<bookmark href="file:///a"><bookmark:application name="Evince"
      modified="2026-11-21T10:00:00Z"/></bookmark>)")
            .empty());
}

TEST_CASE("a git log's line tells a file only when it is whole and inside",
          "[parser][editors][unit]") {
  VscodeGitLog log;
  CHECK(log.take("x [info] > git show --textconv HEAD:a/b.py [12ms]") == "a/b.py");
  CHECK(log.take("x [info] > git ls-files --stage -- a/./b c.py [12ms]") == "a/b c.py");
  CHECK_FALSE(log.take("x [info] > git show --textconv :src/ma"));
  CHECK_FALSE(log.take("x [info] > git show --textconv :a/../../b.py [12ms]"));
  CHECK_FALSE(log.take("x [info] > git commit -m a.py -- [2ms]"));
  for (std::size_t i = 0; i <= VscodeGitLog::kRepositoriesMax; ++i) {
    (void)log.take("Opened repository (path): /r" + std::to_string(i));
  }
  CHECK(log.repositories().size() == VscodeGitLog::kRepositoriesMax);
}

TEST_CASE("a backup's head that is not a whole line tells nothing", "[parser][editors][unit]") {
  CHECK(owner_of_vscode_backup("file:///a%20b {\"x\":1}\ntext") == "/a b");
  CHECK_FALSE(owner_of_vscode_backup("file:///a {\"x\":1}"));
  CHECK_FALSE(owner_of_vscode_backup("file:///a\n"));
  CHECK_FALSE(owner_of_vscode_backup("file:///a secret\n"));
  CHECK(parse_vscode_workspace(R"({"query":{"folder":"/srv/a"}})") == "/srv/a");
  CHECK(parse_vscode_workspace(R"({"workspace":"file:///srv/a.code-workspace"})") ==
        "/srv/a.code-workspace");
}

TEST_CASE("XML is walked from tag to tag", "[parser][editors][unit]") {
  XmlWalk walk(
      R"(<?xml version="1.0"?><!-- <no a="1"/> --><![CDATA[<no/>]]><a b='x > y' c="&lt;&#252;&#x20AC;&amp;">text<d/></a>)");
  auto tag = walk.next();
  REQUIRE(tag);
  CHECK(tag->name == "a");
  CHECK(tag->attribute("b") == "x > y");
  CHECK(tag->attribute("c") == "<ü€&");
  CHECK_FALSE(tag->attribute("d"));
  tag = walk.next();
  REQUIRE(tag);
  CHECK(tag->kind == XmlTag::Kind::empty);
  tag = walk.next();
  REQUIRE(tag);
  CHECK(tag->kind == XmlTag::Kind::close);
  CHECK_FALSE(walk.next());
  CHECK_FALSE(XmlTag{XmlTag::Kind::open, "a", " b=\"&nbsp;\""}.attribute("b"));
}

TEST_CASE("a split view may nest only so deep", "[parser][editors][unit]") {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += R"({"d":)";
    text += R"({"id":"workbench.editors.files.fileEditorInput",)"
            R"("value":"{\"resourceJSON\":{\"path\":\"/a\",\"scheme\":\"file\"}}"})";
    return text + std::string(depth, '}');
  };
  CHECK(parse_vscode_tabs(nested(64)).size() == 1);
  CHECK(parse_vscode_tabs(nested(65)).empty());
  CHECK(parse_vscode_tabs(nested(100'000)).empty());
}
