#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::parser {

/// No parser of an editor's traces gives more than this of one file.
inline constexpr std::size_t kTracesMax = 10'000;
inline constexpr std::size_t kPathMax = 4'096;

/// A path as a trace may carry it: absolute, without `.` and `..`, no control characters, at most
/// kPathMax bytes. Nothing for any other text, so that none can pass as a path.
[[nodiscard]] std::optional<std::string> trace_path(std::string_view text);

/// The same with `~/` and `~account/` standing for `home` (editors write the account's name even
/// where $HOME is another folder).
[[nodiscard]] std::optional<std::string> trace_path(std::string_view text, std::string_view home);

/// The same for a name as typed, seen from `directory`.
[[nodiscard]] std::optional<std::string> path_from(std::string_view directory,
                                                   std::string_view name);

/// The path of a `file:` URI on this machine.
[[nodiscard]] std::optional<std::string> path_of_uri(std::string_view uri);

/// Percent signs and two digits become bytes; nothing where one is broken.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace vigil::parser
