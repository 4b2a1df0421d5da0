#pragma once

#include <memory>
#include <string>

#include "base/file_system.h"
#include "base/result.h"
#include "base/time.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own name
class Database;
}

namespace vigil::agent {

/// The version of agent.db that this program writes (docs/formats/agent-db.md).
inline constexpr int kSchemaVersion = 1;

/// Damaged databases that are kept beside the good one; older ones are removed.
inline constexpr std::size_t kSetAsideMax = 3;

/// Opens or creates agent.db for its one writer, brought to kSchemaVersion. `malformed`: damaged,
/// or another program's database; `denied`: written by a newer version of this program.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_for_writing(const std::string& path);

/// The same for readers, of whom there may be many, with or without a writer: changes nothing,
/// never checkpoints. `not_found` where there is none.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_for_reading(const std::string& path);

/// Renames a damaged database to `<path>.corrupt-<time>` and takes away what belonged to it, so
/// that a new one can be made. Returns the new name.
[[nodiscard]] Result<std::string> set_aside(FileSystem& files, const std::string& path,
                                            WallTime now);

}  // namespace vigil::agent
