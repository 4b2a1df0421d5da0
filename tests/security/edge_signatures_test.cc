// Published signatures on which verifiers disagree, and every special value in every place.

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "crypto/ed25519.h"

namespace vigil::crypto {
namespace {

std::vector<std::byte> bytes(std::string_view hex) {
  const auto out = from_hex(hex);
  REQUIRE(out);
  return *out;
}

PublicKey key_of(std::string_view hex) {
  PublicKey key{};
  const auto from = bytes(hex);
  REQUIRE(from.size() == key.size());
  std::ranges::copy(from, key.begin());
  return key;
}

Signature signature_of(std::string_view hex) {
  Signature signature{};
  const auto from = bytes(hex);
  REQUIRE(from.size() == signature.size());
  std::ranges::copy(from, signature.begin());
  return signature;
}

/// Whether the hub would take a batch with that signature: its key must have been allowed first.
bool is_taken(const PublicKey& key, std::string_view message, const Signature& signature) {
  return is_strong_public_key(key) && verify(signature, message, key);
}

struct Case {
  std::string what;
  std::string message;
  std::string key;
  std::string signature;
};

/// Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (ePrint 2020/1244), table 5 and its
/// vectors. RFC 8032 leaves most of them open; here each is refused.
const std::vector<Case>& disputed() {
  static const std::vector<Case> kCases{
      {"0: S = 0, small-order A and R",
       "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
       "0000000000000000000000000000000000000000000000000000000000000000"},
      {"1: small-order A, mixed-order R",
       "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
       "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43"
       "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"},
      {"2: mixed-order A, small-order R",
       "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
       "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
       "8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e"},
      {"3: mixed-order A and R", "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
       "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
       "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f"
       "87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"},
      {"4: mixed-order A and R, right only times the cofactor",
       "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
       "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
       "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512"
       "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"},
      {"5: the same, where (8h) mod L differs from 8(h mod L)",
       "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
       "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
       "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7"
       "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405"},
      {"6: S > L", "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
       "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
       "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e"
       "547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514"},
      {"7: S far beyond L", "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
       "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
       "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942"
       "7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22"},
      {"8: small-order R in a form that is not canonical, hashed as it came",
       "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
       "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
       "03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f"},
      {"9: the same, hashed in the canonical form",
       "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
       "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
       "ca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908"},
      {"10: small-order A in a form that is not canonical, hashed as it came",
       "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
       "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc"
       "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"},
      {"11: the same, hashed in the canonical form",
       "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
       "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc"
       "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"},
  };
  return kCases;
}

/// Every 32 bytes that some decoder takes for a point whose order divides 8: the eight points, and
/// the six other spellings that reduce to one of them.
const std::vector<std::string>& weak_points() {
  static const std::vector<std::string> kPoints{
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
      // not canonical
      "0100000000000000000000000000000000000000000000000000000000000080",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  return kPoints;
}

}  // namespace

TEST_CASE("no signature on which verifiers disagree is taken", "[security][unit]") {
  for (const auto& [what, message, key, signature] : disputed()) {
    INFO(what);
    const auto text = bytes(message);
    CHECK_FALSE(is_taken(key_of(key), text_of(text), signature_of(signature)));
  }
}

TEST_CASE("no encoding of a point of small order is a key", "[security][unit]") {
  for (const auto& point : weak_points()) {
    INFO(point);
    CHECK_FALSE(is_strong_public_key(key_of(point)));
    CHECK_FALSE(parse_public_key(to_base64(key_of(point))));
  }
}

TEST_CASE("special values for R and S sign nothing, under a good key and under weak ones",
          "[security][unit]") {
  // 0, 1, L - 1, L, L + 1, p, 2^256 - 1 and every weak point.
  std::vector<std::string> values = weak_points();
  values.insert(values.end(), {"ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                               "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                               "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                               "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"});
  const std::string seed(kSeedSize, 's');
  std::vector<PublicKey> keys{KeyPair::from_seed(bytes_of(seed))->public_key()};
  for (const auto& point : weak_points()) keys.push_back(key_of(point));
  for (const auto& key : keys) {
    for (const auto& r : values) {
      for (const auto& s : values) {
        INFO(to_hex(key) << " R " << r << " S " << s);
        CHECK_FALSE(verify(signature_of(r + s), "a batch", key));
      }
    }
  }
}

}  // namespace vigil::crypto
