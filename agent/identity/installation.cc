#include "agent/identity/installation.h"

#include "agent/config/address.h"
#include "base/encoding.h"

namespace vigil::agent {
namespace {

Result<Identity> identity_beside_seed(const FileSystem& files, const InstallationPlace& place) {
  auto stored = load_identity(files, place.config_dir);
  if (!stored && stored.error().code != Errc::not_found) return stored;
  if (stored && (place.source.empty() || place.source == stored->source.text())) return stored;
  if (place.source.empty()) {
    return fail(Errc::malformed,
                "a key without a key file needs the name of its source; set "
                "VIGIL_SOURCE");
  }
  return identity_of_seed(place.seed->bytes(), SourceId(place.source), place.hostname);
}

Result<Keys> keys_of_seed(const crypto::SecretBytes& seed) {
  return Keys{VIGIL_TRY(crypto::KeyPair::from_seed(seed.bytes())), std::nullopt};
}

}  // namespace

Result<Installation> load_installation(const FileSystem& files, const InstallationPlace& place) {
  if (place.seed != nullptr) {
    return Installation{VIGIL_TRY(identity_beside_seed(files, place)), keys_of_seed(*place.seed)};
  }
  Identity identity = VIGIL_TRY(load_identity(files, place.config_dir));
  if (!place.source.empty()) identity.source = SourceId(place.source);
  auto keys = load_keys(files, place.config_dir, identity);
  return Installation{std::move(identity), std::move(keys)};
}

Result<InitOutcome> init_installation(FileSystem& files, Random& random, WallTime now,
                                      const std::string& config_dir, std::string_view new_source,
                                      std::string_view hostname, ExistingKey existing) {
  VIGIL_TRY(prepare_config_dir(files, config_dir));
  Identity identity = VIGIL_TRY(ensure_identity(files, random, config_dir, new_source, hostname));
  if (!new_source.empty() && new_source != identity.source.text()) {
    if (existing == ExistingKey::keep) {
      return fail(Errc::exists, "this installation is called " + identity.source.text() +
                                    " already; --force renames it, and its logs then count as new");
    }
    if (!is_source_name(new_source)) {
      return fail(Errc::malformed, "a source's name has 1 to 64 of A-Z a-z 0-9 . _ : -");
    }
    identity.source = SourceId(std::string(new_source));
  }
  auto keys = load_keys(files, config_dir, identity);
  const bool is_missing = !keys && keys.error().code == Errc::not_found;
  if (existing == ExistingKey::set_aside || is_missing) {
    auto key = VIGIL_TRY(create_key(files, random, now, config_dir, identity, existing));
    return InitOutcome{std::move(identity), std::move(key),
                       is_missing ? Initialised::made : Initialised::renewed};
  }
  if (!keys) return std::unexpected(std::move(keys).error());
  if (identity.public_key
          .empty()) {  // cut off before its last step, or a key that somebody put there
    identity.public_key = to_base64(keys->current.public_key());
    VIGIL_TRY(store_identity(files, config_dir, identity));
  }
  return InitOutcome{std::move(identity), std::move(keys->current), Initialised::there};
}

}  // namespace vigil::agent
