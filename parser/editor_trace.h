#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace vigil::parser {

/// What an editor's own files tell of its use: at this time, this editor had this file open, or an
/// unsaved change of it. There is no field for anything that a person wrote.
struct EditorTrace {
  enum class Kind : std::uint8_t {
    open,       ///< the file is open, or came to the front
    edit,       ///< it has a change that is not saved
    save,       ///< it was written
    close,      ///< it is open no more
    workspace,  ///< `path` is a folder that the editor works in
    presence,   ///< the editor runs; `path` is its folder or empty
  };
  std::string editor;  ///< as WakaTime's user agents spell it, in lower case: `vim`, `vscode`
  Kind kind = Kind::open;
  std::string path;                ///< absolute, without `.` and `..`
  std::optional<WallTime> time{};  ///< as the trace itself says; nothing: when it was seen
  std::optional<std::int32_t> pid{};
  std::optional<std::int64_t> lineno{};     ///< from 1
  std::optional<std::int64_t> cursorpos{};  ///< in the line, from 1
  double confidence = 1.0;                  ///< that it was so, and that it was this editor

  friend bool operator==(const EditorTrace&, const EditorTrace&) = default;
};

[[nodiscard]] std::string_view name_of(EditorTrace::Kind kind);

}  // namespace vigil::parser
