#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/identity/identity.h"
#include "agent/identity/keys.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// Who this machine is and what it signs with. Apart, since heartbeats need only the identity:
/// while the keys cannot be used they are queued, and `keys` says why.
struct Installation {
  Identity identity;
  Result<Keys> keys;
};

/// Where an installation is looked for.
struct InstallationPlace {
  std::string config_dir;
  std::string source;  ///< the configured name, goes before the stored one
  std::string hostname;
  const crypto::SecretBytes* seed = nullptr;  ///< from take_seed(); null where none was given
};

/// With a seed: its key, and an identity that follows from it, or the stored one where there is one
/// that has the same source. Without: both from files. Errors are those of load_identity(), and
/// `malformed` where a seed came without the name of a source.
[[nodiscard]] Result<Installation> load_installation(const FileSystem& files,
                                                     const InstallationPlace& place);

/// What init_installation() found or did.
enum class Initialised : std::uint8_t {
  made,     ///< a key where there was none
  renewed,  ///< a new key; the old one is set aside
  there,    ///< nothing: there was a key that belongs to the identity
};

struct InitOutcome {
  Identity identity;
  crypto::KeyPair key;
  Initialised what = Initialised::made;
};

/// `agent init`. Keeps what is there and adds what is missing: an identity, a key, the mention of
/// the one in the other. `set_aside` makes a new key in any case; machine, salt and source stay,
/// but for a source that `new_source` names, since event ids depend on it. `exists` where
/// `new_source` is another than the stored one and nothing may be set aside; else the errors of
/// load_identity() and load_keys().
[[nodiscard]] Result<InitOutcome> init_installation(FileSystem& files, Random& random, WallTime now,
                                                    const std::string& config_dir,
                                                    std::string_view new_source,
                                                    std::string_view hostname,
                                                    ExistingKey existing);

}  // namespace vigil::agent
