#pragma once

#include <cstdint>
#include <string_view>

namespace vigil::parser {

/// Who wrote the text of a `user` record.
enum class ClaudeText : std::uint8_t {
  typed,         ///< a person
  wrapper,       ///< Claude Code itself: commands and their output, reminders, notices, summaries
  interruption,  ///< Claude Code, saying that a person stopped it
};

/// Told by how the text begins. `escaped` is what stands between the quotes of a JSON string.
[[nodiscard]] ClaudeText classify_claude_text(std::string_view escaped);

}  // namespace vigil::parser
