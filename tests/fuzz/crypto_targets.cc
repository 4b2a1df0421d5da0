#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "agent/hub/registry.h"
#include "agent/identity/identity.h"
#include "agent/identity/keys.h"
#include "agent/identity/seed.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/posix_file_system.h"
#include "crypto/batch_signature.h"
#include "tests/fuzz/targets.h"
#include "tests/support/temporary_directory.h"

namespace vigil::fuzz {
namespace {

crypto::KeyPair key_of(char seed) {
  return *crypto::KeyPair::from_seed(bytes_of(std::string(crypto::kSeedSize, seed)));
}

void write_private(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
  std::filesystem::permissions(path, std::filesystem::perms(0600));
}

}  // namespace

/// Whoever made the input may have the seeds' signatures by the sender's key, but over one body and
/// by one key: the same header must not hold for another body, time or key.
void signature_headers(std::string_view bytes) {
  static const crypto::KeyPair sender = key_of('s');
  static const crypto::KeyPair other = key_of('o');
  Input input(bytes);
  const std::string_view header = input.piece();
  const std::string_view batch = input.piece();
  const std::string_view stated = input.piece();
  const std::string_view body = input.rest();

  crypto::SignedRequest request{.method = "POST",
                                .authority = "127.0.0.1:4821",
                                .path = "/api/v1/ingest",
                                .source = "laptop",
                                .batch = batch,
                                .timestamp = 1'795'238'000,
                                .body_digest = sha256(body)};
  const bool holds_v1 =
      crypto::is_signable(batch) && crypto::verify_v1(header, request, sender.public_key());
  const bool holds_v0 = crypto::verify_v0(header, body, sender.public_key());
  check(!(holds_v0 && holds_v1));
  if (holds_v1) {
    check(!crypto::verify_v1(header, request, other.public_key()));
    request.timestamp += 1;
    check(!crypto::verify_v1(header, request, sender.public_key()));
  }
  if (holds_v0) {
    check(!crypto::verify_v0(header, body, other.public_key()));
    check(!crypto::verify_v0(header, std::string(body) + " ", sender.public_key()));
  }
  if (const auto digest = crypto::parse_content_digest(stated)) {
    check(*crypto::parse_content_digest(crypto::content_digest(*digest)) == *digest);
  }
}

void key_texts(std::string_view input) {
  if (const auto seed = agent::parse_seed(input)) {
    check(seed->size() == crypto::kSeedSize);
    check(crypto::KeyPair::from_seed(seed->bytes()).has_value());
  }
  if (const auto key = crypto::parse_public_key(input)) {
    check(crypto::is_strong_public_key(*key));
    check(*crypto::parse_public_key(to_base64(*key)) == *key);
  }
  agent::Registry registry;
  if (const auto allowed = agent::allow_source(registry, input, WallTime{})) {
    check(agent::is_source_id(allowed->source.text()));
    check(crypto::is_strong_public_key(allowed->key));
    check(registry.keys.size() == 1);
  } else {
    check(registry.keys.empty());
  }
}

/// identity.json, a NUL, and the bytes of the key file.
void identity_files(std::string_view bytes) {
  static const test::TemporaryDirectory home;
  static PosixFileSystem files;
  static const std::string folder = home.file("vigil");
  check(files.make_directories(folder, 0700).has_value());
  Input input(bytes);
  const std::string_view identity_text = input.piece();
  const std::string_view key = input.rest();
  write_private(folder + "/identity.json", identity_text);
  write_private(folder + "/key", key);
  auto identity = agent::load_identity(files, folder);
  if (!identity) {
    check(identity.error().code != Errc::io && !identity.error().message.empty());
    return;
  }
  check(agent::is_source_id(identity->source.text()));
  const auto keys = agent::load_keys(files, folder, *identity);
  if (!keys) check(key.size() < 8 || !keys.error().message.contains(key));
  if (keys) check(keys->current.seed().size() == key.size());
  const std::string name = identity->session_name("s");
  check(agent::store_identity(files, folder, *identity).has_value());
  const auto again = agent::load_identity(files, folder);
  check(again.has_value());
  check(again->source == identity->source && again->machine == identity->machine);
  check(again->session_name("s") == name);
}

}  // namespace vigil::fuzz
