#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// Facts about texts that must not be kept, read where they lie in a line: `raw` is a JSON string
/// as written, from its opening quote on. Nothing is unescaped or copied, and a text with broken
/// escapes can be measured too. Pure functions.
namespace vigil::parser {

/// Whether Codex itself made this "user" message: environment, project instructions, an abort
/// notice.
[[nodiscard]] bool is_wrapper_text(std::string_view raw);

/// Code points that the person typed. Where an editor put its context before the request, only the
/// request counts.
[[nodiscard]] std::int64_t prompt_length(std::string_view raw);

/// How a tool ended, by the head and the tail of its answer; nothing where it does not say.
[[nodiscard]] std::optional<bool> output_success(std::string_view raw);

/// The directory named in an environment message of the oldest files; empty without one.
[[nodiscard]] std::string_view environment_directory(std::string_view raw);

}  // namespace vigil::parser
