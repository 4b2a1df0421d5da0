// What comes out of each format, and that nothing else does: whatever becomes of its bytes.

#include "tests/parser/editors/trace_formats.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

using namespace vigil::parser::test;

namespace {

using Words = std::vector<std::string>;

const std::map<std::string_view, Words>& expectations() {
  static const std::map<std::string_view, Words> kExpected{
      {"Vim's swap file with a change",
       {"vim pid 8305 dirty", "beside: /home/ada/code/vim.py",
        "elsewhere: /home/ada/code/demo/src/vim.py"}},
      {"Vim's swap file after saving",
       {"vim pid 8305 clean", "beside: /home/ada/code/vim.py",
        "elsewhere: /home/ada/code/demo/src/vim.py"}},
      {"Neovim's swap file",
       {"vim pid 8345 dirty", "beside: /home/ada/code/nvim.py",
        "elsewhere: /home/ada/code/demo/src/nvim.py"}},
      {"nano's lock",
       {"nano pid 8579 dirty", "beside: /home/ada/code/nano.py", "elsewhere: /home/ada/a.py"}},
      {"Vim's viminfo",
       {"vim open /home/ada/code/demo/src/vim.py:2:36 at 2026-11-21T19:37:52.000Z",
        "vim open /home/ada/code/demo/src/vim.py:2:36 at 2026-11-21T19:37:52.000Z",
        "vim open /home/ada/code/demo/src/vim.py:1:1 at 2026-11-21T19:37:43.000Z",
        "vim open /home/ada/code/demo/src/vim.py:2:36 at 2026-11-21T19:37:51.000Z"}},
      {"Neovim's ShaDa",
       {"neovim open /home/tess/h/code/demo/src/nvim.py:2:36 at 2026-11-21T19:38:01.000Z",
        "neovim open /home/tess/h/code/demo/src/nvim.py:1:1 at 2026-11-21T19:37:52.000Z",
        "neovim open /home/tess/h/code/demo/src/nvim.py:2:36 at 2026-11-21T19:38:01.000Z",
        "neovim open /home/tess/h/code/demo/src/nvim.py:2:36 at 2026-11-21T19:38:01.000Z",
        "neovim open /home/tess/h/code/demo/src/nvim.py:2:37 at 2026-11-21T19:37:55.000Z",
        "neovim open /home/tess/h/code/demo/src/nvim.py:2:36 at 2026-11-21T19:37:54.000Z",
        "neovim open /home/tess/h/code/demo/src/nvim.py:2:36 at 2026-11-21T19:37:54.000Z"}},
      {"nano's positions", {"nano close /home/tess/h/code/demo/src/nano.py:1:37"}},
      {"Emacs' lock", {"emacs pid 8407"}},
      {"joe's lock", {"joe pid 8670"}},
      {"Emacs' list of copies", {"emacs edit /home/tess/h2/code/demo/src/lisp.el"}},
      {"the desktop's recent files",
       {"mousepad open /home/tess/h2/code/demo/src/mousepad ü.py at 2026-11-21T19:39:59.564Z",
        "gedit open /home/tess/h2/code/demo/src/gedit ü.py at 2026-11-21T19:40:09.090Z"}},
      {"GNOME Text Editor's recent files",
       {"gnome-text-editor open /home/tess/h3/code/demo/src/gnome-text-editor x.py at "
        "2026-11-21T19:44:18.904Z"}},
      {"GNOME Text Editor's session",
       {"gnome-text-editor open /home/tess/h3/code/demo/src/gnome-text-editor x.py",
        "gnome-text-editor open /home/tess/h3/code/demo/src/gnome-text-editor x.py"}},
      {"Kate's swap file", {"kate"}},
      {"Kate's session", {"kate open /home/tess/h3/code/demo/src/kate x.py"}},
      {"Geany's files", {"geany open /home/tess/h3/code/demo/src/geany x.py"}},
      {"VS Code's history",
       {"/home/ada/code/demo/src/a b.py", "2026-11-21T19:37:51.123Z 0",
        "2026-11-21T19:39:51.456Z 1", "2026-11-21T19:40:00.000Z 2"}},
      {"VS Code's backup", {"/home/ada/code/demo/src/a b.py"}},
      {"VS Code's workspace", {"/home/ada/code/demo"}},
      {"VS Code's recent paths",
       {"- workspace /home/ada/code/demo", "- open /home/ada/notes.md",
        "- workspace /home/ada/code/all.code-workspace"}},
      {"VS Code's visited files",
       {"- open /home/ada/code/demo/src/a b.py", "- open /home/ada/code/demo/README.md"}},
      {"VS Code's tabs",
       {"- open /home/ada/code/demo/src/a b.py", "- open /home/ada/code/demo/README.md"}},
      {"VS Code's git log", {"src/a b.py", "src/a b.py", "README.md", "in /home/ada/code/demo"}},
      {"JetBrains' projects",
       {"/home/ada/code/demo open <2aBcD9xyZ> 2026-11-21T19:37:51.123Z",
        "/srv/work/other & more closed <> 2026-11-21T16:53:20.000Z"}},
      {"JetBrains' tabs",
       {"pycharm open /home/ada/code/demo/src/Main File.kt:13:5",
        "pycharm open /home/ada/code/demo/README.md"}},
      {"Sublime Text's session",
       {"sublime-text open /home/ada/code/demo/src/main.rs",
        "sublime-text workspace /home/ada/code/demo"}},
      {"Jupyter's server", {"jupyter workspace /home/ada/code/demo pid 4711"}},
  };
  return kExpected;
}

bool tells_canary(const Words& words) {
  return std::ranges::any_of(words, [](const auto& word) { return word.contains(kCanary); });
}

const TraceFormat& any_format() {
  const auto formats = trace_formats();
  return formats[GENERATE_COPY(range<std::size_t>(0, formats.size()))];
}

}  // namespace

TEST_CASE("each format's fixture tells what its editor had open", "[parser][editors][unit]") {
  const TraceFormat& format = any_format();
  CAPTURE(format.name);
  CHECK(format.run(fixture_of(format)) == expectations().at(format.name));
}

TEST_CASE("no typed text comes out of any format", "[parser][editors][unit]") {
  const TraceFormat& format = any_format();
  CAPTURE(format.name);
  CHECK_FALSE(tells_canary(format.run(fixture_of(format))));
}

TEST_CASE("a trace that is cut anywhere tells less, never something else",
          "[parser][editors][unit]") {
  const TraceFormat& format = any_format();
  const std::string whole = fixture_of(format);
  CAPTURE(format.name);
  const std::size_t step = whole.size() > 4'096 ? 7 : 1;
  for (std::size_t size = 0; size < whole.size(); size += step) {
    // A copy of its own, so that a sanitizer sees a read behind its end.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto words = format.run({cut.data(), cut.size()});
    if (tells_canary(words)) FAIL("typed text after a cut at " << size);
  }
}

TEST_CASE("a flipped bit lets no typed text out", "[parser][editors][unit]") {
  const TraceFormat& format = any_format();
  std::string bytes = fixture_of(format);
  CAPTURE(format.name);
  const std::size_t step = bytes.size() > 4'096 ? 5 : 1;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    for (const unsigned flip : {0x01U, 0x04U, 0x20U, 0x80U, 0xffU}) {
      const char before = bytes[at];
      bytes[at] = static_cast<char>(static_cast<unsigned char>(before) ^ flip);
      (void)format.run(bytes);
      bytes[at] = before;
    }
  }
}
