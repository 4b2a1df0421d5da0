#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace vigil::parser {

/// A local file as VS Code writes its URI: `file:///home/ada/a%20b.py`.
[[nodiscard]] std::string vscode_uri(std::string_view path);

/// The name under which VS Code keeps what belongs to a text (a URI, a path): a 32-bit hash in
/// hexadecimal, with a sign. It runs over UTF-16 units.
[[nodiscard]] std::string vscode_hash(std::string_view text);

/// A URI of VS Code's that names a file of this machine: `file:`, and `vscode-remote:` of a server
/// in a browser, whose authority is its address. Other remotes' files lie elsewhere.
[[nodiscard]] std::optional<std::string> path_of_vscode_uri(std::string_view uri);

/// The entries.json of one file's local history, without the texts that it names.
struct VscodeHistory {
  enum class Cause : std::uint8_t {
    save,     ///< a plain one
    replace,  ///< search and replace over files
    undo,     ///< undone or redone in one go
    move,     ///< the file was renamed or moved
    other,    ///< named otherwise: another command's work
  };
  struct Entry {
    WallTime time;
    Cause cause = Cause::save;
  };
  std::string uri;  ///< as written
  std::vector<Entry> entries;
};

/// Nothing where it names no resource.
[[nodiscard]] std::optional<VscodeHistory> parse_vscode_history(std::string_view json);

}  // namespace vigil::parser
