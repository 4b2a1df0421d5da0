#include "base/digest.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

using namespace vigil;

TEST_CASE("SHA-256 gives the published digests", "[base][unit]") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a digest does not depend on how the message came in, and a hasher is reusable",
          "[base][unit]") {
  Sha256 hasher;
  hasher.add("a").add("").add("bc");
  CHECK(hasher.finish() == sha256("abc"));
  hasher.add("abc");
  CHECK(hasher.finish() == sha256("abc"));
}

TEST_CASE("fields that are cut differently differ", "[base][unit]") {
  Sha256 hasher;
  const Digest one = hasher.add_field("ab").add_field("c").finish();
  const Digest other = hasher.add_field("a").add_field("bc").finish();
  CHECK(one != other);
  CHECK(one == hasher.add_field("ab").add_field("c").finish());
}
