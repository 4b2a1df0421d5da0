#include "parser/language.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "parser/language_table.h"

namespace vigil::parser {
namespace {

TEST_CASE("more than four hundred languages are known", "[parser][language]") {
  CHECK(language_count() >= 800);
  CHECK(kind_of("C++") == LanguageKind::programming);
  CHECK(kind_of("Markdown") == LanguageKind::prose);
  CHECK(kind_of("YAML") == LanguageKind::data);
  CHECK(kind_of("HTML") == LanguageKind::markup);
  CHECK_FALSE(kind_of("c++"));
  CHECK_FALSE(kind_of(""));
}

TEST_CASE("a language is told by the name of a file", "[parser][language]") {
  const auto [path, language] = GENERATE(table<std::string, std::string>({
      {"/home/ada/main.cc", "C++"},
      {"/home/ada/MAIN.PY", "Python"},
      {"FILE.GO", "Go"},
      {"a.ts", "TypeScript"},
      {"a.mts", "TypeScript"},
      {"a.tsx", "TSX"},
      {"a.jsx", "JavaScript"},
      {"a.rs", "Rust"},
      {"a.h", "C"},
      {"a.hpp", "C++"},
      {"a.m", "Objective-C"},
      {"a.pl", "Perl"},
      {"a.t", "Perl"},
      {"a.fs", "F#"},
      {"a.v", "Verilog"},
      {"a.sv", "SystemVerilog"},
      {"a.sql", "SQL"},
      {"a.r", "R"},
      {"a.R", "R"},
      {"a.d", "D"},
      {"a.pp", "Puppet"},
      {"a.pas", "Pascal"},
      {"a.el", "Emacs Lisp"},
      {"a.hrl", "Erlang"},
      {"a.vue", "Vue"},
      {"a.svelte", "Svelte"},
      {"a.zig", "Zig"},
      {"a.f90", "Fortran Free Form"},
      {"README.md", "Markdown"},
      {"notes.rst", "reStructuredText"},
      {"/x/notes.txt", "Text"},
      {"requirements.txt", "Pip Requirements"},
      {"/x/CMakeLists.txt", "CMake"},
      {"Makefile", "Makefile"},
      {"GNUmakefile", "Makefile"},
      {"Makefile.inc", "Makefile"},
      {"Rakefile", "Ruby"},
      {"Gemfile", "Ruby"},
      {"go.mod", "Go Module"},
      {"Cargo.lock", "TOML"},
      {"Dockerfile", "Dockerfile"},
      {"Dockerfile.dev", "Dockerfile"},
      {"Dockerfile.py", "Python"},
      {"BUILD", "Starlark"},
      {"BUILD.bazel", "Starlark"},
      {"build", ""},
      {".gitignore", "Ignore List"},
      {".env.local", "Dotenv"},
      {".env.staging", "Dotenv"},
      {"/x/.bashrc", "Shell"},
      {"PKGBUILD", "Shell"},
      {"page.blade.php", "Blade"},
      {"page.html.erb", "HTML+ERB"},
      {"a.b.c.py", "Python"},
      {"config.h.in", "C"},
      {"settings.json.example", "JSON"},
      {"main.py.orig", "Python"},
      {"main.inc", ""},
      {"trace.log.1", ""},
      {"archive.tar.unknown", ""},
      {"/dir.py/file", ""},
      {"", ""},
      {"/", ""},
      {".", ""},
      {"..", ""},
      {".in", ""},
      {std::string(5000, 'a') + ".rs", "Rust"},
      {std::string(5000, '.'), ""},
  }));
  CAPTURE(path);
  CHECK(language_of(path) == language);
}

TEST_CASE("an interpreter tells the language where the name does not", "[parser][language]") {
  const auto [path, head, language] = GENERATE(table<std::string, std::string, std::string>({
      {"/x/deploy", "#!/bin/sh\nset -eu\n", "Shell"},
      {"/x/deploy", "#!/usr/bin/env bash\n", "Shell"},
      {"/x/tool", "#!/usr/bin/python3.11\nimport os\n", "Python"},
      {"/x/tool", "#!/usr/bin/env -S PYTHONPATH=lib python3 -u\n", "Python"},
      {"/x/tool", "#! /usr/bin/env node\n", "JavaScript"},
      {"/x/tool", "#!/usr/bin/perl -w\n", "Perl"},
      {"/x/tool", "#!/usr/bin/env ruby\r\nputs 1\r\n", "Ruby"},
      {"/x/tool", "#!/usr/bin/env -S deno run\n", "TypeScript"},
      {"/x/tool", "#!/bin/sh\n# next line is for the shell\nexec tclsh \"$0\" \"$@\"\n", "Tcl"},
      {"/x/tool", "#!/bin/sh\nexec java -jar x.jar\n", "Shell"},
      {"/x/form.cgi", "#!/usr/bin/python3\nprint()\n", "Python"},
      {"/x/form.cgi", "#!/usr/bin/perl\nprint 1;\n", "Perl"},
      {"/x/basic.t", "#!/usr/bin/env raku\nuse Test;\n", "Raku"},
      {"/x/run.js", "#!/bin/sh\n", "JavaScript"},
      {"/x/tool", "#!/opt/unheard/of\n", ""},
      {"/x/tool", "#!", ""},
      {"/x/tool", "#!/usr/bin/env", ""},
      {"/x/tool", "#!/usr/bin/env -S\n", ""},
      {"/x/tool", "#!3.11\n", ""},
      {"/x/tool", "\n#!/bin/sh\n", ""},
  }));
  CAPTURE(path, head);
  CHECK(language_of(path, head) == language);
}

TEST_CASE("an editor's modeline has the first word", "[parser][language]") {
  const auto [path, head, language] = GENERATE(table<std::string, std::string, std::string>({
      {"list.h", "// -*- C++ -*-\n#ifndef LIST\n", "C++"},
      {"tool", "#!/bin/sh\n# -*- mode: ruby; coding: utf-8 -*-\n", "Ruby"},
      {"a.inc", "; -*- coding: utf-8; mode: asm -*-\n", "Assembly"},
      {"a.txt", "-*- org-mode -*-\n", "Org"},
      {"a.py", "# -*- coding: utf-8 -*-\n", "Python"},
      {"a.py", "# vim: set fileencoding=utf-8 :\n", "Python"},
      {"conf", "# vim: set ft=nginx ts=4:\n", "Nginx"},
      {"conf", "# vim: ft=nginx\n", "Nginx"},
      {"conf", "a\nb\nc\nd\ne\nf\ng\n# vi:syntax=yaml:ts=2\n", "YAML"},
      {"conf", "# vim: sw=2 filetype=yaml.ansible\n", "YAML"},
      {"conf", "x = 1\n/* vim: set filetype=c : */\n", "C"},
      {"a.h", "int x;\n\n// Local Variables:\n// mode: c++\n// End:\n", "C++"},
      {"notes", "*motion.txt*  For Vim\n vim:tw=78:ts=8:ft=help:norl:\n", "Vim Help File"},
      {"a.js", "// vim: ft=no-such-language\n", "JavaScript"},
      {"a.js", "// minvim: ft=c\n", "JavaScript"},
      {"a.js", "// -*- mode\n", "JavaScript"},
      {"a.js", "// -*-   -*-\n", "JavaScript"},
      {"a.js", "// -*-\n", "JavaScript"},
      {"a.js", "// -*- " + std::string(500, 'c') + " -*-\n", "JavaScript"},
      {"a.js", "// Local Variables:\n// End:\n", "JavaScript"},
  }));
  CAPTURE(path, head);
  CHECK(language_of(path, head) == language);
}

TEST_CASE("a modeline in the middle of a file is text", "[parser][language]") {
  std::string text;
  for (int i = 0; i < 6; ++i) text += "line\n";
  text += "# vim: ft=yaml\n";
  for (int i = 0; i < 6; ++i) text += "line\n";
  CHECK(language_of("conf", text).empty());
}

TEST_CASE("the end of a file that goes on is not taken for its end", "[parser][language]") {
  std::string text = "1\n2\n3\n4\n5\n" + std::string(kLanguageHeadMax - 40, 'x');
  text += "\n# vim: ft=yaml\n";
  CHECK(language_of("conf", text) == "YAML");
  text += std::string(100, 'x');
  CHECK(language_of("conf", text).empty());
}

TEST_CASE("a binary file has no language by a shared extension", "[parser][language]") {
  using namespace std::string_literals;
  CHECK(language_of("film.ts", "G@\0\x10\0\0"s).empty());
  CHECK(language_of("messages.mo", "\xDE\x12\x04\x95\0\0\0\0"s).empty());
  CHECK(language_of("query.sql", "\xFF\xFES\0E\0L\0"s) == "SQL");
}

TEST_CASE("no text and no name stops the search for a language", "[parser][language]") {
  std::mt19937 random(4);
  const std::string letters = "#!/-*:=.vimftmode \n\t()%@;'\"\xFFx";
  for (int round = 0; round < 20000; ++round) {
    std::string head;
    std::string name = "f.";
    for (auto length = random() % 60; length > 0; --length)
      head += letters[random() % letters.size()];
    for (auto length = random() % 4; length > 0; --length) {
      name += static_cast<char>('a' + random() % 26);
    }
    const auto language = language_of(name, head);
    CHECK((language.empty() || kind_of(language)));
  }
}

}  // namespace
}  // namespace vigil::parser
