#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::parser {

/// What a name in a project folder says without being opened: a file that a program put beside
/// another one while it was being edited or written, and that is nobody's work by itself.
struct SideFile {
  enum class Kind : std::uint8_t {
    swap,        ///< lives while the file is open in an editor
    lock,        ///< lives while an editor holds a change that is not saved
    auto_save,   ///< unsaved text, kept for a crash
    backup,      ///< the file as it was
    temporary,   ///< becomes the file by being renamed
    probe,       ///< shows an editor whether it may write here
    checkpoint,  ///< a copy that a tool keeps
  };
  enum class By : std::uint8_t {
    unknown,   ///< many programs use such names
    editor,    ///< a person at work
    tool,      ///< a command: sed, rsync, git
    ai_agent,  ///< an AI tool's command line
  };
  /// Whether the name could be somebody's own file too.
  enum class Surety : std::uint8_t {
    sure,   ///< never a file of its own: a change of it is no save
    guess,  ///< only when it became another file or was gone within seconds
  };

  Kind kind = Kind::temporary;
  By by = By::unknown;
  Surety surety = Surety::sure;
  std::string_view program;  ///< `vim`, `emacs`, `sed`; empty where several use the name
  std::string owner;         ///< name of the file it belongs to; empty where the name does not tell
  std::optional<std::int32_t> pid;  ///< where the name says who wrote it

  friend bool operator==(const SideFile&, const SideFile&) = default;
};

/// Judges the last component of a path. Nothing: the name is a file's own. Allocates only for what
/// it finds, so it may be asked for every change of a tree.
[[nodiscard]] std::optional<SideFile> side_file(std::string_view name);

/// The names under which an editor's swap file or lock of a file would lie beside it.
[[nodiscard]] std::vector<std::string> side_names(std::string_view name);

[[nodiscard]] std::string_view name_of(SideFile::Kind kind);

}  // namespace vigil::parser
