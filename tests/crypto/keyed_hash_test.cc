#include "crypto/keyed_hash.h"

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

#include "base/encoding.h"

namespace vigil::crypto {
namespace {

static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);

const std::string kSalt(32, 'a');

TEST_CASE("a name follows from key and text alone", "[crypto][unit]") {
  const std::string name = keyed_name(bytes_of(kSalt), "session");
  CHECK(name.size() == 16);
  CHECK(name == keyed_name(bytes_of(kSalt), "session"));
  CHECK(name != keyed_name(bytes_of(kSalt), "session "));
  CHECK(name != keyed_name(bytes_of(std::string(32, 'b')), "session"));
  // BLAKE2b of 16 bytes keyed with 32 times "a", by Python's hashlib: names must never change.
  CHECK(name == "04fe787cae9bdb7c");
}

TEST_CASE("secrets for two purposes differ", "[crypto][unit]") {
  const SecretBytes one = derive_secret(bytes_of(kSalt), "one");
  const SecretBytes two = derive_secret(bytes_of(kSalt), "two");
  CHECK(one.size() == 32);
  CHECK(to_hex(one.bytes()) != to_hex(two.bytes()));
}

TEST_CASE("secret bytes begin as zeros and move without a copy", "[crypto][unit]") {
  SecretBytes first(4);
  CHECK(to_hex(first.bytes()) == "00000000");
  first.bytes()[0] = std::byte{7};
  const std::byte* const place = first.bytes().data();
  const SecretBytes second = std::move(first);
  CHECK(second.bytes().data() == place);
  CHECK(to_hex(second.bytes()) == "07000000");
}

TEST_CASE("wiping leaves nothing of a text", "[crypto][unit]") {
  std::string text = "secret";
  wipe(std::as_writable_bytes(std::span(text)));
  CHECK(text == std::string(6, '\0'));
}

}  // namespace
}  // namespace vigil::crypto
