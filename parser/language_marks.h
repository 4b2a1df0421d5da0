#pragma once

#include <string_view>

namespace vigil::parser {

/// The language that an editor's modeline names: Emacs' `-*- mode: ruby -*-` in the first line (the
/// second below `#!`), Vim's `vim: set ft=ruby:` in the first and last five lines, Emacs' `Local
/// Variables:` at the end. The end of a file that is longer than `head` is not seen. Empty where
/// there is none or it names no language.
[[nodiscard]] std::string_view language_by_modeline(std::string_view head);

/// The language of the interpreter that the first line names (`#!/usr/bin/env -S python3 -u`), and
/// of the program that a shell's first lines hand the file to (`exec tclsh "$0"`).
[[nodiscard]] std::string_view language_by_shebang(std::string_view head);

}  // namespace vigil::parser
