#include "parser/language_clues.h"

#include <catch2/catch.hpp>
#include <string>

#include "parser/language.h"
#include "parser/language_table.h"

namespace vigil::parser {
namespace {

void check(const std::string& path, const std::string& text, const std::string& language) {
  CAPTURE(path, text);
  CHECK(language_of(path, text) == language);
}

TEST_CASE("every rule of the clues names a language", "[parser][language]") {
  auto rest = language_clues();
  std::size_t rules = 0;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty() || line.starts_with('#') || line.starts_with('[')) continue;
    const auto language = line.substr(0, line.find("  "));
    CAPTURE(line);
    CHECK(kind_of(language));
    ++rules;
  }
  CHECK(rules > 150);
}

TEST_CASE("every extension of the clues is one that languages share", "[parser][language]") {
  auto rest = language_clues();
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.starts_with('[')) continue;
    auto extensions = line.substr(1, line.size() - 2);
    while (!extensions.empty()) {
      const auto extension = extensions.substr(0, extensions.find(' '));
      extensions.remove_prefix(std::min(extension.size() + 1, extensions.size()));
      CAPTURE(extension);
      CHECK(language_by_extension(extension).shared);
    }
  }
}

TEST_CASE(".h is C, C++ or Objective-C", "[parser][language]") {
  check("list.h", R"(/* A class of lists, template of all others:
class, namespace, std::vector */
#ifndef LIST_H
#define LIST_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
struct list { struct list *next; int class_id; };
typedef int (*compare)(const void *, const void *);
void list_append(struct list *list, void *value);
#ifdef __cplusplus
}
#endif
#endif
)",
        "C");
  check("list.h", "#pragma once\n#include <vector>\n\ninline int count(int n) { return n; }\n",
        "C++");
  check("list.h", "#pragma once\n\nnamespace harbor {\nstruct Ship;\n}\n", "C++");
  check("list.h", "#ifndef A\n#define A\nclass Ship final {\n public:\n  int mass() const;\n};\n",
        "C++");
  check("list.h", "#pragma once\nenum class Side { port, starboard };\n", "C++");
  check("Ship.h", R"(#import <Foundation/Foundation.h>

@interface Ship : NSObject
@property (nonatomic, copy) NSString *name;
- (void)sail;
@end
)",
        "Objective-C");
  check("empty.h", "", "C");
}

TEST_CASE(".m is Objective-C, MATLAB, Mercury, Wolfram, Limbo or M", "[parser][language]") {
  check("Ship.m", "#import \"Ship.h\"\n\n@implementation Ship\n- (void)sail {\n}\n@end\n",
        "Objective-C");
  check("main.m", "#include <stdio.h>\nint main(void) { return 0; }\n", "Objective-C");
  check("decay.m", R"(function y = decay(x, rate)
% DECAY  Exponential decay of a signal.
y = x .* exp(-rate * (0:numel(x)-1));
end
)",
        "MATLAB");
  check("plots.m", "clear all\nx = linspace(0, 1);\nfigure;\nplot(x, sin(x));\n", "MATLAB");
  check("queue.m", R"(:- module queue.
:- interface.
:- type queue(T).
:- pred put(T::in, queue(T)::in, queue(T)::out) is det.
)",
        "Mercury");
  check("Tools.m",
        "(* Tools for tides *)\nBeginPackage[\"Tides`\"]\ntide[t_] := Sin[t]\nEndPackage[]\n",
        "Wolfram Language");
  check("echo.m",
        "Echo: module {\n\tinit: fn(ctxt: ref Draw->Context, argv: list of string);\n};\n",
        "Limbo");
  check("SUM.m", "SUM ;add up\n ; of all\n S X=0\n F I=1:1:10 S X=X+I\n W !,X\n Q\n", "M");
}

TEST_CASE(".v is Verilog, Rocq or V", "[parser][language]") {
  check("counter.v", R"(`timescale 1ns / 1ps
module counter (input clk, output reg [7:0] q);
  always @(posedge clk) q <= q + 1;
endmodule
)",
        "Verilog");
  check("nat.v", R"(From Coq Require Import Arith.
Theorem plus_zero : forall n : nat, n + 0 = n.
Proof.
  induction n; simpl; auto.
Qed.
)",
        "Rocq Prover");
  check("main.v",
        "module main\n\nimport os\n\nfn main() {\n\tname := os.args[1]\n\tprintln(name)\n}\n", "V");
}

TEST_CASE(".pl is Perl, Prolog or Raku", "[parser][language]") {
  check("report.pl",
        "use strict;\nuse warnings;\nmy %seen = ();\nprint \"$_\\n\" for keys %seen;\n", "Perl");
  check("report.pl", "#!/usr/bin/perl\nprint 1;\n", "Perl");
  check("family.pl", "% Who is whose\nparent(tom, bob).\nparent(bob, ann).\n", "Prolog");
  check("family.pl", ":- use_module(library(lists)).\nancestor(X, Y) :-\n    parent(X, Y).\n",
        "Prolog");
  check("grammar.pl", "use v6;\ngrammar Calc {\n  token TOP { \\d+ }\n}\n", "Raku");
}

TEST_CASE(".t is Perl, Raku, Terra or Turing", "[parser][language]") {
  check("basic.t", "use strict;\nuse Test::More tests => 2;\nok(1);\n", "Perl");
  check("basic.t", "use v6;\nuse Test;\nplan 2;\nok True, 'works';\n", "Raku");
  check(
      "saxpy.t",
      "local C = terralib.includec(\"stdio.h\")\nterra add(a: int, b: int)\n  return a + b\nend\n",
      "Terra");
  check("loop.t", "var n : int\nput \"How many? \" ..\nget n\nfor i : 1 .. n\n  put i\nend for\n",
        "Turing");
}

TEST_CASE(".ts is TypeScript, a Qt translation or no text at all", "[parser][language]") {
  check("app.ts", "import { ship } from './ship';\nexport const mass: number = ship.mass;\n",
        "TypeScript");
  check("app.ts", "/** <TS> as Qt writes it */\nexport type A = string;\n", "TypeScript");
  check("app_de.ts",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE TS>\n<TS version=\"2.1\">\n", "XML");
  check("app_de.ts", "<!DOCTYPE TS>\n<TS version=\"2.1\">\n", "XML");
}

TEST_CASE(".fs is F#, GLSL, Forth or Filterscript", "[parser][language]") {
  check("Tides.fs", "module Tides\n\nopen System\n\nlet height t = sin t |> abs\n", "F#");
  check("light.fs",
        "#version 330 core\nin vec3 normal;\nout vec4 color;\nvoid main() { color = vec4(1); }\n",
        "GLSL");
  check("math.fs", "\\ squares and cubes\n: square ( n -- n ) dup * ;\n: cube dup square * ;\n",
        "Forth");
  check("invert.fs", "#pragma version(1)\n#pragma rs java_package_name(com.example)\n",
        "Filterscript");
}

TEST_CASE(".cls is Apex, TeX, VBA, Visual Basic, ObjectScript or ABL", "[parser][language]") {
  check("Billing.cls",
        "public with sharing class Billing {\n  @AuraEnabled\n  public static void bill() {}\n}\n",
        "Apex");
  check(
      "thesis.cls",
      "% A "
      "thesis\n\\NeedsTeXFormat{LaTeX2e}\n\\ProvidesClass{thesis}[2024/01/01]\n\\LoadClass{book}\n",
      "TeX");
  check("Ship.cls",
        "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\nAttribute VB_Name = \"Ship\"\n",
        "VBA");
  check("Ship.cls",
        "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\n  Persistable = 0  'NotPersistable\n"
        "  DataBindingBehavior = 0  'vbNone\nEND\n",
        "Visual Basic 6.0");
  check("Ship.cls", "Class Fleet.Ship Extends %Persistent\n{\nProperty Name As %String;\n}\n",
        "ObjectScript");
  check("Ship.cls",
        "USING Progress.Lang.*.\n\nCLASS Fleet.Ship:\n  DEFINE PUBLIC PROPERTY Name AS "
        "CHARACTER.\nEND CLASS.\n",
        "OpenEdge ABL");
}

TEST_CASE(".inc is whatever includes it", "[parser][language]") {
  check("head.inc", "<?php\nfunction head() { echo 'x'; }\n", "PHP");
  check("menu.inc", "<div class=\"menu\">\n  <ul>\n", "HTML");
  check("ops.inc", "#define OP_ADD 1\n#include \"more.inc\"\n", "C++");
  check("jpeg.inc",
        "SUMMARY = \"Codec\"\nLICENSE = \"BSD\"\ninherit autotools\nSRC_URI = \"file://x\"\n",
        "BitBake");
  check("types.inc", "{$IFDEF FPC}\nconst\n  Max = 10;\ntype\n  TShip = record end;\n", "Pascal");
  check("sky.inc", "#declare Sky = texture {\n  pigment { rgb 1 }\n}\n", "POV-Ray SDL");
  check("players.inc", "#include <sourcemod>\n#pragma newdecls required\nnative int Count();\n",
        "SourcePawn");
  check("players.inc", "#include <a_samp>\nnative Count(id);\nstock Reset() return 1;\n", "Pawn");
  check("macros.inc", "%macro prologue 1\n  push rbp\n  mov rbp, rsp\n%endmacro\n", "Assembly");
  check("sprites.inc", "\tlea     sprite(pc),a0\n\tmove.w  d0,(a0)+\n\trts\n",
        "Motorola 68K Assembly");
  check("schema.inc", "CREATE TABLE ship (id INTEGER);\n", "SQL");
  check("ssl.inc", "if(description)\n{\n script_oid(\"1.3.6\");\n}\n", "NASL");
  check("words.inc", "nothing that tells\n", "");
}

TEST_CASE(".sql is SQL or the dialect of one database", "[parser][language]") {
  check("ships.sql", "SELECT name, mass FROM ship WHERE mass > 10 ORDER BY name;\n", "SQL");
  check("touch.sql",
        "CREATE FUNCTION touch() RETURNS trigger AS $$\nBEGIN\n  NEW.at = now();\n  RETURN "
        "NEW;\nEND;\n"
        "$$ LANGUAGE plpgsql;\n",
        "PLpgSQL");
  check("ships.sql",
        "SET NOCOUNT ON\nDECLARE @count INT\nSELECT @count = COUNT(*) FROM [dbo].[Ship]\nGO\n",
        "TSQL");
  check("ships.sql",
        "CREATE OR REPLACE PROCEDURE bill(p IN VARCHAR2) IS\nBEGIN\n  "
        "DBMS_OUTPUT.PUT_LINE(p);\nEND;\n/\n",
        "PLSQL");
  check("total.sql",
        "CREATE TRIGGER total AFTER INSERT ON ship\nBEGIN ATOMIC\n  UPDATE t SET n = n + 1;\nEND\n",
        "SQLPL");
}

TEST_CASE(".pro is QMake, Prolog, IDL, Proguard or INI", "[parser][language]") {
  check("app.pro", "QT += core gui\nTARGET = app\nSOURCES += main.cpp\n", "QMake");
  check("rules.pro", "likes(mary, food).\nlikes(X, Y) :- friend(X, Y).\n", "Prolog");
  check("plot.pro", "pro plot_it, x, y\n  compile_opt idl2\n  plot, x, y\nend\n", "IDL");
  check("rules.pro", "-keep class com.example.** { *; }\n-dontwarn okio.**\n", "Proguard");
  check("site.pro", "[paths]\nroot=/srv\n", "INI");
}

TEST_CASE(".r is R, Rebol or Rez", "[parser][language]") {
  check("fit.r", "library(stats)\nfit <- lm(y ~ x, data = d)\nprint(fit)\n", "R");
  check("view.r", "REBOL [\n  Title: \"View\"\n]\nprint now\n", "Rebol");
  check("menu.r", "#include \"Types.r\"\nresource 'MENU' (128) {\n  128, textMenuProc\n};\n",
        "Rez");
}

TEST_CASE(".d is D, DTrace or a compiler's dependencies", "[parser][language]") {
  check("app.d", "module app;\nimport std.stdio;\nvoid main() { writeln(1); }\n", "D");
  check("open.d", "syscall::open:entry\n/pid == $target/\n{\n  @[execname] = count();\n}\n",
        "DTrace");
  check("main.d", "build/main.o: src/main.c src/list.h \\\n src/ship.h\n", "Makefile");
}

TEST_CASE(".b is Brainfuck, Limbo or B", "[parser][language]") {
  check("hello.b", "++++++++[>++++[>++>+++<<-]>+>->>+[<]<-]>>.>---.\n", "Brainfuck");
  check("echo.b", "implement Echo;\n\ninclude \"sys.m\";\n\tsys: Sys;\ninclude \"draw.m\";\n",
        "Limbo");
  check("hello.b", "main( ) {\n  extrn a, b;\n  putchar(a); putchar(b);\n}\n", "B");
  check("notes.b", "words\n", "");
}

TEST_CASE("more extensions that languages share", "[parser][language]") {
  check("a.pm", "package Ship;\nuse strict;\n1;\n", "Perl");
  check("a.pm", "unit class Ship;\nhas $.mass;\n", "Raku");
  check("a.pm", "/* XPM */\nstatic char *ship[] = {\n", "X PixMap");
  check("a.pp", "class ntp {\n  package { 'ntp': ensure => installed }\n}\n", "Puppet");
  check("a.pp", "unit Ships;\n\ninterface\n\nuses Classes;\n", "Pascal");
  check("a.hh", "<?hh // strict\nnamespace A;\n", "Hack");
  check("a.hh", "#pragma once\nnamespace a {}\n", "C++");
  check("a.php", "<?hh\nclass A {}\n", "Hack");
  check("a.php", "<?php\nclass A {}\n", "PHP");
  check("a.lean", "import Mathlib.Data.Nat.Basic\ntheorem t : 1 + 1 = 2 := by\n  rfl\n", "Lean 4");
  check("a.lean", "import data.nat.basic\nlemma t : 1 + 1 = 2 :=\nbegin\n  refl\nend\n", "Lean");
  check("a.ml", "let rec sum = function [] -> 0 | x :: r -> x + sum r\n", "OCaml");
  check("a.ml", "structure Ship = struct\n  val mass = 3\nend\n", "Standard ML");
  check("a.cl", "(defun mass (ship) (getf ship :mass))\n", "Common Lisp");
  check("a.cl", "__kernel void add(__global float *a) {\n  int i = get_global_id(0);\n}\n",
        "OpenCL");
  check("a.md", "# Ships\n\nA list.\n", "Markdown");
  check("i386.md", ";; Machine description\n(define_insn \"addsi3\"\n", "GCC Machine Description");
  check("a.rs", "pub fn mass() -> u32 { 3 }\n", "Rust");
  check("a.rs", "#pragma version(1)\n#pragma rs java_package_name(x)\n", "RenderScript");
  check("a.st", "Object subclass: #Ship\n", "Smalltalk");
  check("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nAhoy\n", "SubRip Text");
  check("ship.1", ".TH SHIP 1\n.SH NAME\nship \\- sails\n", "Roff Manpage");
  check("trace.1", "2024-01-01 started\n", "");
  check("a.nu", "def greet [name] { $\"hi ($name)\" }\n", "Nushell");
  check("a.gd", "extends Node\nfunc _ready():\n\tpass\n", "GDScript");
  check("a.json", "{\"openapi\": \"3.0.0\"}\n", "JSON");
  check("api.json", "{\n  \"openapi\": \"3.0.0\",\n  \"info\": {}\n}\n", "OASv3-json");
  check("api.yaml", "openapi: 3.1.0\ninfo:\n  title: Ships\n", "OASv3-yaml");
  check("ci.yml", "on: push\njobs: {}\n", "YAML");
  check("a.cfg", "global\n  daemon\ndefaults\n  mode http\nfrontend web\n", "HAProxy");
  check("a.cfg", "[section]\nkey = value\n", "INI");
  check("a.bas", "Attribute VB_Name = \"Ships\"\nOption Explicit\n", "VBA");
  check("a.bas", "10 PRINT \"AHOY\"\n20 GOTO 10\n", "BASIC");
  check("Info.plist", "<?xml version=\"1.0\"?>\n<plist version=\"1.0\">\n", "XML Property List");
  check("Info.plist", "{\n  Name = Ship;\n}\n", "OpenStep Property List");
  check("a.spec", "Name: ship\nVersion: 1\n%description\n", "RPM Spec");
  check("a.spec", "a = Analysis(['main.py'])\nexe = EXE(a)\n", "Python");
  check("a.s", "\t.text\n\t.globl main\nmain:\n\tmovl $0, %eax\n", "Unix Assembly");
  check("a.sc", "import scala.util.Try\nobject A { def f = 1 }\n", "Scala");
  check("a.gs", "function onOpen() {\n  SpreadsheetApp.getUi();\n}\n", "JavaScript");
  check("a.tpl", "{{- define \"ship.name\" -}}\n", "Go Template");
  check("a.tpl", "{foreach $ships as $ship}{$ship}{/foreach}\n", "Smarty");
}

TEST_CASE("what stands in comments is no clue", "[parser][language]") {
  check("a.h", "/*\n class of its own\n namespace std::\n*/\nint mass(void);\n", "C");
  check("a.h", "// namespace\nint mass(void);\n", "C");
  check("a.h", "/* never closed\nclass A;\n", "C");
}

}  // namespace
}  // namespace vigil::parser
