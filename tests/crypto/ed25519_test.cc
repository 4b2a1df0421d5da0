#include "crypto/ed25519.h"

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

#include "base/encoding.h"

namespace vigil::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<KeyPair>);

PublicKey public_key(std::string_view hex) {
  PublicKey key{};
  const auto bytes = from_hex(hex);
  REQUIRE(bytes);
  REQUIRE(bytes->size() == key.size());
  std::ranges::copy(*bytes, key.begin());
  return key;
}

struct Vector {
  std::string seed;
  std::string key;
  std::string message;
  std::string signature;
};

TEST_CASE("the vectors of RFC 8032 hold", "[crypto][unit]") {
  // RFC 8032 section 7.1, tests 1 to 3 and SHA(abc).
  const auto vector =
      GENERATE(Vector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a3"
                      "3bacc61e39701"
                      "cf9b46bd25bf5f0595bbe24655141438e7a100b"},
               Vector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15"
                      "996e458f3613d"
                      "0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
               Vector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16"
                      "f290ae67f7609"
                      "84dc6594a7c15e9716ed28dc027beceea1ec40a"},
               Vector{"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
                      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
                      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274f"
                      "c1a836ba3c23a"
                      "3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90"
                      "b3ecfdfbc7c66"
                      "431e0303dca179c138ac17ad9bef1177331a704"});
  const auto pair = KeyPair::from_seed(*from_hex(vector.seed));
  REQUIRE(pair);
  const auto message_bytes = *from_hex(vector.message);
  const std::string message(text_of(message_bytes));
  CHECK(to_hex(pair->public_key()) == vector.key);
  CHECK(to_hex(pair->sign(message)) == vector.signature);
  CHECK(verify(pair->sign(message), message, pair->public_key()));
}

TEST_CASE("a message of any length is signed alike", "[crypto][unit]") {
  const std::string seed(32, 's');
  const auto pair = KeyPair::from_seed(bytes_of(seed));
  REQUIRE(pair);
  for (const std::size_t size : {32U * 1024 - 1, 32U * 1024, 900U * 1024}) {
    const std::string message(size, 'm');
    CHECK(verify(pair->sign(message), message, pair->public_key()));
  }
}

TEST_CASE("every changed bit of message or signature is noticed", "[crypto][unit]") {
  const std::string seed(32, 's');
  const auto pair = KeyPair::from_seed(bytes_of(seed));
  REQUIRE(pair);
  std::string message = "a batch of heartbeats";
  const Signature good = pair->sign(message);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::string changed = message;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(verify(good, changed, pair->public_key()));
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Signature changed = good;
    changed[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    CHECK_FALSE(verify(changed, message, pair->public_key()));
  }
}

TEST_CASE("a scalar that is not reduced is refused", "[crypto][unit]") {
  // S + L verifies under the plain equation; accepting it would give a signature two forms.
  const auto order = *from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const std::string seed(32, 's');
  const auto pair = KeyPair::from_seed(bytes_of(seed));
  Signature signature = pair->sign("m");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += std::to_integer<unsigned>(signature[32 + i]) + std::to_integer<unsigned>(order[i]);
    signature[32 + i] = static_cast<std::byte>(carry & 255);
    carry >>= 8;
  }
  CHECK_FALSE(verify(signature, "m", pair->public_key()));
}

TEST_CASE("keys for which anybody could sign are refused", "[crypto][unit]") {
  // The points of small order, in every encoding that fits 32 bytes.
  const std::string weak = GENERATE(
      as<std::string>{}, "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000080");
  const PublicKey key = public_key(weak);
  CHECK_FALSE(is_strong_public_key(key));
  CHECK_FALSE(parse_public_key(to_base64(key)));
}

TEST_CASE("a key that is no 32 bytes is refused", "[crypto][unit]") {
  const std::string bytes(33, 's');
  CHECK_FALSE(KeyPair::from_seed(bytes_of(bytes)));
  CHECK_FALSE(KeyPair::from_seed(bytes_of(bytes).first(31)));
  CHECK_FALSE(parse_public_key(""));
  CHECK_FALSE(parse_public_key("AAAA"));
}

}  // namespace
}  // namespace vigil::crypto
