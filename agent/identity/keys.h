#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/identity/identity.h"
#include "agent/identity/seed.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/secret_bytes.h"

/// Key files in the configuration folder, each a raw 32-byte seed: `key`, during a rotation also
/// `key.previous`, and what was set aside as `key.<time>.old`. A change is a sequence of single
/// durable steps after each of which one of the keys still loads, or `agent init` mends it.
namespace vigil::agent {

/// What batches are signed with: the current key, and during a rotation also the one before.
struct Keys {
  crypto::KeyPair current;
  std::optional<crypto::KeyPair> previous;

  /// Current first. Valid as long as this object stays where it is.
  [[nodiscard]] std::vector<const crypto::KeyPair*> all() const;
};

/// `not_found`: none, `agent init` makes one. `denied`: loose mode of file or folder, wrong owner,
/// a link. `malformed`: another length, or not the key that the identity names. Each message names
/// file and remedy.
[[nodiscard]] Result<Keys> load_keys(const FileSystem& files, const std::string& config_dir,
                                     const Identity& identity);

/// What to do with a key that is there.
enum class ExistingKey : std::uint8_t {
  keep,       ///< it is an error: `exists`
  set_aside,  ///< renamed to `key.<time>.old`, which ends a rotation too
};

/// Makes a key, stores it, and enters it into the identity.
Result<crypto::KeyPair> create_key(FileSystem& files, Random& random, WallTime now,
                                   const std::string& config_dir, Identity& identity,
                                   ExistingKey existing);

/// The same with a seed from elsewhere.
Result<crypto::KeyPair> import_key(FileSystem& files, const crypto::SecretBytes& seed, WallTime now,
                                   const std::string& config_dir, Identity& identity,
                                   ExistingKey existing);

/// A new key becomes current, the old one stays as `key.previous`: until drop_previous_key()
/// batches carry signatures of both, so that hubs may learn the new one meanwhile. `exists` while a
/// rotation is under way: a hub that knows only the oldest key would be locked out.
Result<crypto::KeyPair> rotate_key(FileSystem& files, Random& random, const std::string& config_dir,
                                   Identity& identity);

/// Ends a rotation; the key before is removed. `not_found` where none is under way.
Result<void> drop_previous_key(FileSystem& files, const std::string& config_dir);

/// What a hub's owner allows: `source:base64key`.
[[nodiscard]] std::string registry_line(const SourceId& source, const crypto::PublicKey& key);

}  // namespace vigil::agent
