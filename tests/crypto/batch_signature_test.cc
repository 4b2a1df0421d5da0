#include "crypto/batch_signature.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "base/encoding.h"

namespace vigil::crypto {
namespace {

KeyPair key_of(char letter) {
  const std::string seed(32, letter);
  auto pair = KeyPair::from_seed(bytes_of(seed));
  REQUIRE(pair);
  return std::move(*pair);
}

SignedRequest request() {
  return {"POST", "127.0.0.1:4821", "/api/v1/ingest", "laptop",
          "b-1",  1'795'238'000,    sha256("body")};
}

TEST_CASE("a v1 signature covers each of its parts", "[crypto][unit]") {
  const KeyPair key = key_of('a');
  const std::array keys{&key};
  const std::string header = sign_v1(keys, request());
  CHECK(verify_v1(header, request(), key.public_key()));

  const auto changed = [&](auto change) {
    SignedRequest other = request();
    change(other);
    return verify_v1(header, other, key.public_key());
  };
  CHECK_FALSE(changed([](auto& r) { r.method = "PUT"; }));
  CHECK_FALSE(changed([](auto& r) { r.authority = "other:4821"; }));
  CHECK_FALSE(changed([](auto& r) { r.path = "/events"; }));
  CHECK_FALSE(changed([](auto& r) { r.source = "desk"; }));
  CHECK_FALSE(changed([](auto& r) { r.batch = "b-2"; }));
  CHECK_FALSE(changed([](auto& r) { ++r.timestamp; }));
  CHECK_FALSE(changed([](auto& r) { r.body_digest = sha256("other"); }));
  CHECK_FALSE(verify_v1(header, request(), key_of('b').public_key()));
}

TEST_CASE("during a rotation either key's signature is enough", "[crypto][unit]") {
  const KeyPair fresh = key_of('n');
  const KeyPair old = key_of('o');
  const std::array keys{&fresh, &old};
  const std::string header = sign_v1(keys, request());
  CHECK(verify_v1(header, request(), fresh.public_key()));
  CHECK(verify_v1(header, request(), old.public_key()));
}

TEST_CASE("more signatures than the bound are not looked at", "[crypto][unit]") {
  const KeyPair key = key_of('a');
  const std::array keys{&key};
  std::string header;
  for (std::size_t i = 0; i < kSignaturesMax; ++i) header += "v1a,AAAA ";
  CHECK_FALSE(verify_v1(header + sign_v1(keys, request()), request(), key.public_key()));
  CHECK(verify_v1("v9z,x " + sign_v1(keys, request()), request(), key.public_key()));
}

TEST_CASE("neither signature passes for the other", "[crypto][unit]") {
  const KeyPair key = key_of('a');
  const std::array keys{&key};
  const std::string text = signing_text(request(), key_id(key.public_key()));
  CHECK_FALSE(verify_v0(sign_v1(keys, request()), text, key.public_key()));
  CHECK(text.front() != '{');
  CHECK(text.front() != '[');
  CHECK_FALSE(verify_v1("v1a," + sign_v0(key, "body"), request(), key.public_key()));
  CHECK(verify_v0(sign_v0(key, "body"), "body", key.public_key()));
  CHECK_FALSE(verify_v0(sign_v0(key, "body"), "body ", key.public_key()));
}

TEST_CASE("a signed batch carries headers that a hub can check", "[crypto][unit]") {
  const KeyPair fresh = key_of('n');
  const KeyPair old = key_of('o');
  const std::array keys{&fresh, &old};
  const auto headers = sign_batch(keys, request(), "body");
  REQUIRE(headers);
  CHECK(headers->source == "laptop");
  CHECK(headers->key_id == key_id(fresh.public_key()));
  CHECK(headers->timestamp == "1795238000");
  CHECK(headers->idempotency_key == "b-1");
  CHECK(headers->content_digest == content_digest(sha256("body")));
  CHECK(verify_v0(headers->signature_v0, "body", fresh.public_key()));
  CHECK(verify_v1(headers->signature_v1, request(), fresh.public_key()));
  CHECK(verify_v1(headers->signature_v1, request(), old.public_key()));
}

TEST_CASE("a request with a part that could end a line is not signed", "[crypto][unit]") {
  const KeyPair key = key_of('a');
  const std::array keys{&key};
  const auto refused = [&](auto change) {
    SignedRequest other = request();
    change(other);
    const auto headers = sign_batch(keys, other, "body");
    return headers ? std::string("signed") : headers.error().message;
  };
  CHECK(refused([](auto& r) { r.method = ""; }) == "method cannot be signed");
  CHECK(refused([](auto& r) { r.authority = "a\nb"; }) == "authority cannot be signed");
  CHECK(refused([](auto& r) { r.path = "/a b"; }) == "path cannot be signed");
  CHECK(refused([](auto& r) { r.source = "a\rb"; }) == "source cannot be signed");
  CHECK(refused([](auto& r) { r.batch = "\"b\""; }) == "batch cannot be signed");
}

TEST_CASE("every changed character of a signature header is noticed", "[crypto][unit]") {
  const KeyPair key = key_of('a');
  const std::array keys{&key};
  const std::string v1 = sign_v1(keys, request());
  for (std::size_t at = 0; at < v1.size(); ++at) {
    std::string changed = v1;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verify_v1(changed, request(), key.public_key()));
  }
  for (std::size_t length = 0; length < v1.size(); ++length) {
    CHECK_FALSE(verify_v1(v1.substr(0, length), request(), key.public_key()));
  }
  CHECK_FALSE(verify_v1(v1 + "A", request(), key.public_key()));
}

TEST_CASE("nothing that could end a line may stand in a signed request", "[crypto][unit]") {
  CHECK(is_signable("laptop-1.x:2_/"));
  CHECK(is_signable("[::1]:4821"));
  CHECK_FALSE(is_signable(""));
  CHECK_FALSE(is_signable("a\nb"));
  CHECK_FALSE(is_signable("a b"));
  CHECK_FALSE(is_signable("a\"b"));
  CHECK_FALSE(is_signable("\xC3\xBC"));
}

TEST_CASE("a content digest is read as it is written, and nothing else is", "[crypto][unit]") {
  const Digest digest = sha256("body");
  const auto back = parse_content_digest(content_digest(digest));
  REQUIRE(back);
  CHECK(*back == digest);
  CHECK_FALSE(parse_content_digest("sha-512=:AAAA:"));
  CHECK_FALSE(parse_content_digest("sha-256=:AAAA:"));
  CHECK_FALSE(parse_content_digest("sha-256=:"));
  CHECK_FALSE(parse_content_digest(""));
}

}  // namespace
}  // namespace vigil::crypto
