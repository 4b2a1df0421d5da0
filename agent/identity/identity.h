#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/identity/private_file.h"
#include "base/file_system.h"
#include "base/id.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/secret_bytes.h"

namespace vigil::agent {

/// Who this installation is: `identity.json` in the configuration folder, beside its key. Event
/// ids and session names follow from it, so it outlives every key and every state directory.
struct Identity {
  SourceId source;
  MachineId machine;
  std::string machine_name;          ///< for people; may repeat
  crypto::SecretBytes session_salt;  ///< 32 bytes; never leaves the machine
  std::string public_key;            ///< base64 of the key that belongs to it; empty before `init`

  /// The name under which a session leaves the machine: 16 hex digits.
  [[nodiscard]] std::string session_name(std::string_view session) const;

  /// The name of a project whose own is not told: `project-` and 16 hex digits.
  [[nodiscard]] std::string project_name(std::string_view project) const;
};

/// `not_found`: none yet, `agent init` makes one. `denied`: the file is open to others, belongs to
/// somebody else, is a link, or a newer version wrote it. `malformed`: damaged.
[[nodiscard]] Result<Identity> load_identity(const FileSystem& files,
                                             const std::string& config_dir);

/// A new identity without a key, stored. `source` may be empty: then it is made of the host's name
/// and six random characters. `exists` where there is one, `malformed` for an impossible name.
[[nodiscard]] Result<Identity> create_identity(FileSystem& files, Random& random,
                                               const std::string& config_dir,
                                               std::string_view source, std::string_view hostname);

/// The one that is stored, else a new one; also where another command makes one at the same moment.
[[nodiscard]] Result<Identity> ensure_identity(FileSystem& files, Random& random,
                                               const std::string& config_dir,
                                               std::string_view source, std::string_view hostname);

/// Replaces the stored file.
Result<void> store_identity(FileSystem& files, const std::string& config_dir,
                            const Identity& identity);

/// The identity of a machine that keeps no files: machine and salt follow from the key's seed, so
/// that the same key names sessions the same way on every run. With another key they change.
[[nodiscard]] Identity identity_of_seed(std::span<const std::byte> seed, SourceId source,
                                        std::string_view hostname);

}  // namespace vigil::agent
