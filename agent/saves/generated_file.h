#pragma once

#include <string_view>

namespace vigil::agent {

/// Whether a file is what a tool makes, told by its name: lock files of package managers, minified
/// scripts, source maps, outputs of protocol compilers, compiled code, and the like.
[[nodiscard]] bool is_generated_name(std::string_view name);

/// The same by its first lines: "DO NOT EDIT", `@generated` and their kin, within the first 4 KiB.
[[nodiscard]] bool has_generated_mark(std::string_view head);

/// A NUL within the first 8 KiB: no text that somebody wrote.
[[nodiscard]] bool is_binary(std::string_view head);

}  // namespace vigil::agent
