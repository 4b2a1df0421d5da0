#pragma once

#include <string_view>

#include "parser/activity.h"

namespace vigil::agent {

/// What the use of a file is counted as, in WakaTime's words: `writing tests`, `writing docs`,
/// `building` (what describes a build, its dependencies or a machine), `debugging` (a debugger's
/// settings), else `coding`; for an AI tool `ai coding` whatever it touches.
///
/// `path` is relative to the project, so that not everything below `/home/ada/tests` is a test;
/// `language` is as language_of() spells it and may be empty.
[[nodiscard]] std::string_view category_of(parser::Actor actor, std::string_view path,
                                           std::string_view language);

}  // namespace vigil::agent
