#include "agent/identity/keys.h"

#include "base/encoding.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::uint32_t kKeyMode = 0600;

/// More than a seed is read only to say what is wrong with the file.
constexpr std::size_t kKeyFileMax = 4096;

std::string key_path(const std::string& config_dir) {
  return join_path(config_dir, "key");
}

std::string previous_path(const std::string& config_dir) {
  return join_path(config_dir, "key.previous");
}

std::string public_text(const crypto::KeyPair& key) {
  return to_base64(key.public_key());
}

Result<crypto::KeyPair> load_key_file(const FileSystem& files, const std::string& path) {
  const auto seed = VIGIL_TRY(read_private_file(files, path, "key file", kKeyFileMax));
  const std::string size = std::to_string(seed.size());
  if (seed.size() < crypto::kSeedSize) {
    return fail(Errc::malformed, "key file " + path + ": cut short, " + size +
                                     " bytes of 32; restore it from a backup or make a new key "
                                     "with `agent init --force`");
  }
  if (seed.size() > crypto::kSeedSize) {
    return fail(Errc::malformed, "key file " + path + ": has " + size +
                                     " bytes and not the 32 of a seed; move it away and take it up "
                                     "with `agent keys import`");
  }
  return crypto::KeyPair::from_seed(seed.bytes());
}

/// Nothing where there is no such file.
Result<std::optional<crypto::KeyPair>> load_key_file_if_there(const FileSystem& files,
                                                              const std::string& path) {
  auto key = load_key_file(files, path);
  if (!key && key.error().code == Errc::not_found) return std::optional<crypto::KeyPair>();
  if (!key) return std::unexpected(std::move(key).error());
  return std::optional(std::move(*key));
}

Result<void> set_aside(FileSystem& files, const std::string& path, WallTime now) {
  const std::string to = path + "." + format_rfc3339(now) + ".old";
  if (files.stat(to)) return fail(Errc::exists, to + ": is there already; try again");
  failpoint("keys.set_aside");
  return files.rename(path, to);
}

Result<crypto::KeyPair> store_key(FileSystem& files, const crypto::SecretBytes& seed, WallTime now,
                                  const std::string& config_dir, Identity& identity,
                                  ExistingKey existing) {
  VIGIL_TRY(prepare_config_dir(files, config_dir));
  auto key = VIGIL_TRY(crypto::KeyPair::from_seed(seed.bytes()));
  const std::string path = key_path(config_dir);
  if (existing == ExistingKey::set_aside) {
    for (const std::string& old : {previous_path(config_dir), path}) {
      if (files.stat(old)) VIGIL_TRY(set_aside(files, old, now));
    }
  }
  auto stored = files.create(path, text_of(seed.bytes()), kKeyMode);
  if (!stored && stored.error().code == Errc::exists) {
    return fail(Errc::exists, path + ": there is a key; --force sets it aside");
  }
  if (!stored) return std::unexpected(std::move(stored).error());
  failpoint("keys.stored");
  identity.public_key = public_text(key);
  VIGIL_TRY(store_identity(files, config_dir, identity));
  return key;
}

crypto::SecretBytes new_seed(Random& random) {
  crypto::SecretBytes seed(crypto::kSeedSize);
  random.fill(seed.bytes());
  return seed;
}

}  // namespace

std::vector<const crypto::KeyPair*> Keys::all() const {
  std::vector<const crypto::KeyPair*> keys{&current};
  if (previous) keys.push_back(&*previous);
  return keys;
}

Result<Keys> load_keys(const FileSystem& files, const std::string& config_dir,
                       const Identity& identity) {
  const std::string path = key_path(config_dir);
  auto current = VIGIL_TRY(load_key_file_if_there(files, path));
  if (!current) return fail(Errc::not_found, path + ": there is no key; run `agent init`");
  VIGIL_TRY(check_private_directory(files, config_dir));
  auto previous = VIGIL_TRY(load_key_file_if_there(files, previous_path(config_dir)));
  // A rotation that was cut off before its last step leaves the identity with the key before.
  const bool belongs = identity.public_key.empty() ||
                       identity.public_key == public_text(*current) ||
                       (previous && identity.public_key == public_text(*previous));
  if (!belongs) {
    return fail(Errc::malformed, "key file " + path + ": is not the key of source " +
                                     identity.source.text() +
                                     "; put its own back, or take this one up with `agent keys "
                                     "import --force`");
  }
  // Before its second step, both files hold the same key.
  if (previous && previous->public_key() == current->public_key()) previous.reset();
  return Keys{std::move(*current), std::move(previous)};
}

Result<crypto::KeyPair> create_key(FileSystem& files, Random& random, WallTime now,
                                   const std::string& config_dir, Identity& identity,
                                   ExistingKey existing) {
  return store_key(files, new_seed(random), now, config_dir, identity, existing);
}

Result<crypto::KeyPair> import_key(FileSystem& files, const crypto::SecretBytes& seed, WallTime now,
                                   const std::string& config_dir, Identity& identity,
                                   ExistingKey existing) {
  return store_key(files, seed, now, config_dir, identity, existing);
}

Result<crypto::KeyPair> rotate_key(FileSystem& files, Random& random, const std::string& config_dir,
                                   Identity& identity) {
  const Keys keys = VIGIL_TRY(load_keys(files, config_dir, identity));
  if (keys.previous) {
    return fail(Errc::exists, previous_path(config_dir) +
                                  ": a rotation is under way; end it with `agent keys rotate "
                                  "--drop`");
  }
  const crypto::SecretBytes seed = new_seed(random);
  auto key = VIGIL_TRY(crypto::KeyPair::from_seed(seed.bytes()));
  VIGIL_TRY(files.replace(previous_path(config_dir), text_of(keys.current.seed()), kKeyMode));
  failpoint("keys.rotate.previous");
  VIGIL_TRY(files.replace(key_path(config_dir), text_of(seed.bytes()), kKeyMode));
  failpoint("keys.rotate.current");
  identity.public_key = public_text(key);
  VIGIL_TRY(store_identity(files, config_dir, identity));
  return key;
}

Result<void> drop_previous_key(FileSystem& files, const std::string& config_dir) {
  const std::string previous = previous_path(config_dir);
  if (!files.stat(previous)) return fail(Errc::not_found, previous + ": no rotation is under way");
  // The identity may still name it, see load_keys(): that step comes first.
  Identity identity = VIGIL_TRY(load_identity(files, config_dir));
  const Keys keys = VIGIL_TRY(load_keys(files, config_dir, identity));
  if (identity.public_key != public_text(keys.current)) {
    identity.public_key = public_text(keys.current);
    VIGIL_TRY(store_identity(files, config_dir, identity));
  }
  failpoint("keys.drop");
  return files.remove(previous);
}

std::string registry_line(const SourceId& source, const crypto::PublicKey& key) {
  return source.text() + ":" + to_base64(key);
}

}  // namespace vigil::agent
