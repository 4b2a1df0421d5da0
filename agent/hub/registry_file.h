#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agent/hub/registry.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"

namespace vigil::agent {

/// `registry.json` beside hub.db: the same for the hub, which reads it, and for the commands, which
/// change it, whether or not a hub runs. A running hub sees a change with the next request.
/// Thread-safe within a process; two commands at the same moment are told apart by the file's
/// stat and the later one tries again.
class RegistryFile {
 public:
  RegistryFile(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Makes the file, with a fresh cookie key, where there is none.
  Result<void> create_if_missing(Random& random);

  /// The registry as it is now; read again only when the file changed. Shared, since requests hold
  /// on to one while the file changes. `not_found`; `denied` where others may read the file;
  /// `malformed`.
  [[nodiscard]] Result<std::shared_ptr<const Registry>> current();

  /// The registry as it is now, or, where it cannot be read, as it was last: a torn file must not
  /// lock everybody out.
  [[nodiscard]] Result<std::shared_ptr<const Registry>> current_or_last();

  /// Applies a change and writes the file. Fails as `change` does, and then writes nothing.
  Result<void> update(const std::function<Result<void>(Registry&)>& change);

 private:
  [[nodiscard]] Result<std::shared_ptr<const Registry>> load(const FileStat& stat);

  FileSystem& files_;
  std::string path_;
  std::mutex mutex_;
  std::optional<FileStat> seen_;
  std::shared_ptr<const Registry> last_;
};

/// The secret of the token that this machine's own commands use, which may write: read from its
/// 0600 file, or made and registered under the name `cli` when the file is missing or names no
/// token any more.
[[nodiscard]] Result<std::string> ensure_cli_token(RegistryFile& registry, FileSystem& files,
                                                   const std::string& token_path, Random& random,
                                                   const Clock& clock);

inline constexpr std::string_view kCliTokenName = "cli";

}  // namespace vigil::agent
