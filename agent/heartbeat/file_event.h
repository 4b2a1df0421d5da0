#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"
#include "parser/activity.h"

namespace vigil::agent {

/// What makes one state of a file's content another than the one before.
struct FileStamp {
  std::int64_t modified_ns = 0;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Something that was seen to happen to a file, before it is a heartbeat. Never a text of it.
struct FileEvent {
  parser::Action action = parser::Action::save;  ///< open, edit or save
  parser::Actor actor = parser::Actor::unknown;
  std::uint32_t revision = 0;
  std::string path;  ///< absolute
  WallTime time{};
  FileStamp stamp;  ///< of a save; what its identity is made of
  std::string app;  ///< the editor; empty where none is known
  double confidence = 0;
  std::string language;  ///< by name and content; empty where unknown
  std::optional<std::int64_t> lines;
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_removed;
  std::optional<std::int64_t> lineno;
  std::optional<std::int64_t> cursorpos;
  bool is_observed = false;  ///< found by a look: nobody saw it happen
  EventId same_as;           ///< the tool call that says the same, where one does
  std::string session;       ///< keyed hash, of the AI session that it belongs to
  std::string model;

  friend bool operator==(const FileEvent&, const FileEvent&) = default;
};

}  // namespace vigil::agent
