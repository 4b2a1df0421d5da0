#include "agent/daemon/key_signer.h"

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "crypto/batch_signature.h"
#include "crypto/ed25519.h"

namespace vigil::agent {
namespace {

crypto::KeyPair key(unsigned char fill) {
  std::array<std::byte, crypto::kSeedSize> seed{};
  seed.fill(std::byte{fill});
  return crypto::KeyPair::from_seed(seed).value();
}

std::string value_of(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

constexpr std::string_view kBody = R"({"v":1})";
const SigningRequest kRequest{.batch = BatchId("bat_01"),
                              .authority = "hub.test:4821",
                              .path = "/api/v1/ingest",
                              .timestamp = from_unix_ms(1'700'000'000'900)};

TEST_CASE("what a batch carries verifies in both ways, with each key of a rotation", "[daemon]") {
  KeySigner signer(SourceId("laptop"), [] { return Result<Keys>(Keys{key(2), key(1)}); });
  const auto headers = signer.signer_of(kRequest).value()(kBody);
  CHECK(value_of(headers, "X-Source-ID") == "laptop");
  CHECK(value_of(headers, "X-Key-ID") == crypto::key_id(key(2).public_key()));
  CHECK(value_of(headers, "X-Timestamp") == "1700000000");
  CHECK(value_of(headers, "Idempotency-Key") == "bat_01");
  CHECK(crypto::verify_v0(value_of(headers, "X-Signature"), kBody, key(2).public_key()));
  const auto digest = crypto::parse_content_digest(value_of(headers, "Content-Digest")).value();
  CHECK(digest == sha256(kBody));
  crypto::SignedRequest covered{.method = "POST",
                                .authority = "hub.test:4821",
                                .path = "/api/v1/ingest",
                                .source = "laptop",
                                .batch = "bat_01",
                                .timestamp = 1'700'000'000,
                                .body_digest = digest};
  const std::string v1 = value_of(headers, "X-Signature-V1");
  CHECK(crypto::verify_v1(v1, covered, key(2).public_key()));
  CHECK_FALSE(crypto::verify_v1(v1, covered, key(3).public_key()));
  covered.path = "/elsewhere";
  CHECK_FALSE(crypto::verify_v1(v1, covered, key(2).public_key()));
}

TEST_CASE("keys that cannot be used are looked for again at each try", "[daemon]") {
  int asked = 0;
  std::optional<unsigned char> there;
  KeySigner signer(SourceId("laptop"), [&]() -> Result<Keys> {
    ++asked;
    if (!there) return fail(Errc::denied, "key: open to others");
    return Keys{key(*there), std::nullopt};
  });
  CHECK_FALSE(signer.signer_of(kRequest));
  CHECK(signer.signer_of(kRequest).error().message == "key: open to others");
  there = 1;
  CHECK(signer.signer_of(kRequest));
  CHECK(signer.signer_of(kRequest));
  CHECK(asked == 3);
  there = 2;
  signer.forget_keys();
  CHECK(value_of(signer.signer_of(kRequest).value()(kBody), "X-Key-ID") ==
        crypto::key_id(key(2).public_key()));
}

}  // namespace
}  // namespace vigil::agent
