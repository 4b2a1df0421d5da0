#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "agent/identity/keys.h"
#include "base/encoding.h"
#include "crypto/batch_signature.h"
#include "tests/agent/identity/disk_with_faults.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

struct Installed {
  test::TemporaryDirectory home;
  test::DiskWithFaults disk;
  test::CountingRandom random;
  std::string folder = home.file("vigil");
  std::string old_key;

  Installed() {
    auto identity = create_identity(disk, random, folder, "laptop", "laptop");
    REQUIRE(identity);
    REQUIRE(create_key(disk, random, test::ManualClock::kWallStart, folder, *identity,
                       ExistingKey::keep));
    old_key = identity->public_key;
  }

  [[nodiscard]] Identity identity() const {
    auto read = load_identity(disk, folder);
    REQUIRE(read);
    return std::move(*read);
  }
  [[nodiscard]] Keys keys() const {
    auto read = load_keys(disk, folder, identity());
    INFO((read ? std::string() : read.error().message));
    REQUIRE(read);
    return std::move(*read);
  }
  Result<void> rotate() {
    Identity now = identity();
    VIGIL_TRY(rotate_key(disk, random, folder, now));
    return {};
  }
};

std::string text_of_key(const crypto::KeyPair& key) {
  return to_base64(key.public_key());
}

TEST_CASE("during a rotation a batch is good for either key's hub", "[identity][io]") {
  Installed there;
  REQUIRE(there.rotate());
  const Keys keys = there.keys();
  REQUIRE(keys.previous);
  CHECK(text_of_key(*keys.previous) == there.old_key);
  CHECK(text_of_key(keys.current) == there.identity().public_key);
  CHECK(keys.all().front() == &keys.current);

  crypto::SignedRequest request{"POST", "hub:1", "/api/v1/ingest", "laptop", "b-1", 1, {}};
  const auto headers = crypto::sign_batch(keys.all(), request, "body");
  REQUIRE(headers);
  request.body_digest = sha256("body");
  CHECK(crypto::verify_v1(headers->signature_v1, request, keys.current.public_key()));
  CHECK(crypto::verify_v1(headers->signature_v1, request, keys.previous->public_key()));
}

TEST_CASE("a dropped key signs no more", "[identity][io]") {
  Installed there;
  REQUIRE(there.rotate());
  const std::string fresh = text_of_key(there.keys().current);
  REQUIRE(drop_previous_key(there.disk, there.folder));
  CHECK_FALSE(there.keys().previous);
  CHECK(text_of_key(there.keys().current) == fresh);
  const auto again = drop_previous_key(there.disk, there.folder);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::not_found);
}

TEST_CASE("a rotation does not begin while another is under way", "[identity][io]") {
  Installed there;
  REQUIRE(there.rotate());
  const auto second = there.rotate();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::exists);
  CHECK(text_of_key(*there.keys().previous) == there.old_key);
}

TEST_CASE("a new key by force ends a rotation and keeps both keys aside", "[identity][io]") {
  Installed there;
  REQUIRE(there.rotate());
  Identity identity = there.identity();
  REQUIRE(create_key(there.disk, there.random, test::ManualClock::kWallStart, there.folder,
                     identity, ExistingKey::set_aside));
  CHECK_FALSE(there.keys().previous);
  CHECK(there.disk.stat(there.folder + "/key.2023-11-14T22:13:20.000Z.old"));
  CHECK(there.disk.stat(there.folder + "/key.previous.2023-11-14T22:13:20.000Z.old"));
}

TEST_CASE("a previous key that others may read is refused like any other", "[identity][io]") {
  Installed there;
  REQUIRE(there.rotate());
  REQUIRE(::chmod((there.folder + "/key.previous").c_str(), 0640) == 0);
  const auto keys = load_keys(there.disk, there.folder, there.identity());
  REQUIRE_FALSE(keys);
  CHECK(keys.error().code == Errc::denied);
  CHECK(keys.error().message.find("key.previous") != std::string::npos);
}

TEST_CASE("wherever a rotation is cut off, a key loads and the rotation can be finished",
          "[identity][io]") {
  std::size_t cut = 0;
  for (bool is_whole = false; !is_whole; ++cut) {
    Installed there;
    there.disk.lose_power_after(cut);
    is_whole = there.rotate().has_value();
    there.disk.restore_power();
    const Keys keys = there.keys();
    const bool old_still_signs =
        text_of_key(*keys.all().back()) == there.old_key;  // what hubs know goes on being valid
    CHECK(old_still_signs);

    if (!keys.previous) REQUIRE(there.rotate());
    REQUIRE(there.keys().previous);
    const std::string fresh = text_of_key(there.keys().current);
    CHECK(fresh != there.old_key);
    REQUIRE(drop_previous_key(there.disk, there.folder));
    CHECK(text_of_key(there.keys().current) == fresh);
    CHECK(there.identity().public_key == fresh);
  }
  CHECK(cut == 4);  // three changes, and the run that had all of them
}

TEST_CASE("wherever the end of a rotation is cut off, it can be ended again", "[identity][io]") {
  for (std::size_t cut = 0; cut < 2; ++cut) {
    Installed there;
    there.disk.lose_power_after(2);
    REQUIRE_FALSE(there.rotate());  // the identity still names the old key
    there.disk.lose_power_after(cut);
    REQUIRE_FALSE(drop_previous_key(there.disk, there.folder));
    there.disk.restore_power();
    CHECK(there.keys().previous);
    REQUIRE(drop_previous_key(there.disk, there.folder));
    CHECK_FALSE(there.keys().previous);
  }
}

}  // namespace
}  // namespace vigil::agent
