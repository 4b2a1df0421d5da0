// OpenSSL's command line as an independent witness: it takes our signatures, and we take its.

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "base/encoding.h"
#include "base/posix_file_system.h"
#include "crypto/batch_signature.h"
#include "tests/support/temporary_directory.h"

namespace vigil::crypto {
namespace {

// RFC 8410: what stands before the 32 bytes in SubjectPublicKeyInfo and in PKCS #8.
constexpr std::string_view kPublicPrefix = "302a300506032b6570032100";
constexpr std::string_view kSecretPrefix = "302e020100300506032b657004220420";

std::string der(std::string_view prefix, std::span<const std::byte> key) {
  const auto head = *from_hex(prefix);
  return std::string(text_of(head)) + std::string(text_of(key));
}

std::string decoded(std::string_view base64) {
  const auto bytes = from_base64(base64);
  REQUIRE(bytes);
  return std::string(text_of(*bytes));
}

/// A folder in which openssl works on files `key`, `message` and `signature`.
class Openssl {
 public:
  void write(const std::string& name, std::string_view bytes) {
    REQUIRE(files_.replace(folder_.file(name), bytes, 0600));
  }
  std::string read(const std::string& name) {
    const auto text = read_file(files_, folder_.file(name), 4096);
    REQUIRE(text);
    return *text;
  }
  bool pkeyutl(const std::string& arguments) {
    const std::string command = "cd '" + folder_.path() +
                                "' && openssl pkeyutl -rawin -keyform DER " +
                                "-inkey key -in message " + arguments + " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
  }
  bool verifies(const PublicKey& key, std::string_view message, std::string_view signature) {
    write("key", der(kPublicPrefix, key));
    write("message", message);
    write("signature", signature);
    return pkeyutl("-verify -pubin -sigfile signature");
  }

 private:
  test::TemporaryDirectory folder_;
  PosixFileSystem files_;
};

KeyPair key_of(char letter) {
  const std::string seed(kSeedSize, letter);
  auto pair = KeyPair::from_seed(bytes_of(seed));
  REQUIRE(pair);
  return std::move(*pair);
}

TEST_CASE("openssl verifies both signatures of a batch", "[crypto][io]") {
  Openssl openssl;
  const KeyPair key = key_of('k');
  const std::array keys{&key};
  const std::string body = R"({"v":1,"source":"laptop","events":[]})";
  SignedRequest request{"POST", "[::1]:4821", "/api/v1/ingest", "laptop", "b-1", 1'795'238'000, {}};
  const auto headers = sign_batch(keys, request, body);
  REQUIRE(headers);
  CHECK(openssl.verifies(key.public_key(), body, decoded(headers->signature_v0)));
  CHECK_FALSE(openssl.verifies(key.public_key(), body + " ", decoded(headers->signature_v0)));

  request.body_digest = sha256(body);
  const std::string text = signing_text(request, headers->key_id);
  REQUIRE(headers->signature_v1.starts_with("v1a,"));
  CHECK(openssl.verifies(key.public_key(), text, decoded(headers->signature_v1.substr(4))));
}

TEST_CASE("a signature that openssl made with our seed is ours", "[crypto][io]") {
  Openssl openssl;
  const KeyPair key = key_of('k');
  openssl.write("key", der(kSecretPrefix, key.seed()));
  openssl.write("message", "a batch of heartbeats");
  REQUIRE(openssl.pkeyutl("-sign -out signature"));
  const std::string signature = openssl.read("signature");
  CHECK(signature == text_of(key.sign("a batch of heartbeats")));
  CHECK(verify_v0(to_base64(bytes_of(signature)), "a batch of heartbeats", key.public_key()));
}

}  // namespace
}  // namespace vigil::crypto
