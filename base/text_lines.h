#pragma once

#include <string_view>
#include <utility>

namespace vigil {

/// Reading of texts by lines. Views into the text.

/// Without blanks, tabs and line ends around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The next line without its end; `rest` goes on behind it.
[[nodiscard]] std::string_view take_line(std::string_view& rest);

/// The first line, trimmed.
[[nodiscard]] std::string_view first_line(std::string_view text);

/// Both sides of the first `separator`, trimmed, the value without quotes around it; an empty key
/// where the line has no separator.
[[nodiscard]] std::pair<std::string_view, std::string_view> key_and_value(std::string_view line,
                                                                          char separator);

/// Whether a text has no control characters, so that it can be a name.
[[nodiscard]] bool is_plain_text(std::string_view text);

}  // namespace vigil
