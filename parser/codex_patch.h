#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What an edit of Codex touches, in the three forms it is logged in: the text that apply_patch is
/// given, that text inside a shell command, and a unified diff. Only paths and line counts come
/// out. Pure functions.
namespace vigil::parser {

enum class PatchKind : std::uint8_t { add, update, erase };

/// One file of an edit. `path` is as written: absolute, or relative to where the patch ran.
struct PatchedFile {
  std::string path;      ///< the file before the edit: what the edit is told apart by
  std::string moved_to;  ///< empty where it kept its name
  PatchKind kind = PatchKind::update;
  std::int64_t added = 0;
  std::int64_t removed = 0;

  friend bool operator==(const PatchedFile&, const PatchedFile&) = default;
};

/// More files than this in one patch are counted with none.
inline constexpr std::size_t kPatchFilesMax = 256;

/// The files that a patch in apply_patch's own format names, each once; empty where it names none.
[[nodiscard]] std::vector<PatchedFile> read_patch(std::string_view text);

/// The same for JavaScript that calls `tools.apply_patch("...")`: line ends are written `\n` there.
/// Nothing is evaluated, so there are paths but no line counts.
[[nodiscard]] std::vector<PatchedFile> read_scripted_patch(std::string_view script);

/// A patch that a shell command hands to apply_patch; `text` is empty where the command does not.
struct ShellPatch {
  std::string_view text;
  std::string_view directory;  ///< of a leading `cd X &&`; empty without one
};
[[nodiscard]] ShellPatch find_shell_patch(std::string_view command);

struct LineDelta {
  std::int64_t added = 0;
  std::int64_t removed = 0;
};

/// Lines that a unified diff adds and removes; what stands before its first `@@` is no line of it.
[[nodiscard]] LineDelta count_diff(std::string_view unified_diff);

/// Lines of a file's content; a last line without a line end counts.
[[nodiscard]] std::int64_t count_lines(std::string_view content);

/// `path` as seen from the absolute `directory`, with `.` and `..` resolved by name alone. A
/// `file://` URL gives its path. Empty where nothing absolute comes out.
[[nodiscard]] std::string resolve_path(std::string_view directory, std::string_view path);

}  // namespace vigil::parser
