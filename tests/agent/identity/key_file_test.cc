#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "agent/identity/keys.h"
#include "base/encoding.h"
#include "tests/agent/identity/disk_with_faults.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

using test::ManualClock;

/// An installation with a key, and what loading it says after somebody has touched it.
struct Installed {
  test::TemporaryDirectory home;
  test::DiskWithFaults disk;
  test::CountingRandom random;
  std::string folder = home.file("vigil");
  std::string key_file = folder + "/key";
  Identity identity;

  Installed() {
    auto made = create_identity(disk, random, folder, "laptop", "laptop");
    REQUIRE(made);
    identity = std::move(*made);
    REQUIRE(create_key(disk, random, ManualClock::kWallStart, folder, identity, ExistingKey::keep));
  }

  [[nodiscard]] Error refusal() const {
    const auto keys = load_keys(disk, folder, identity);
    return keys ? Error{Errc::io, "loaded"} : keys.error();
  }
  void write_key(std::string_view bytes) { REQUIRE(disk.replace(key_file, bytes, 0600)); }
};

bool says(const Error& error, const std::string& path, std::string_view words) {
  return error.message.find(path) != std::string::npos &&
         error.message.find(words) != std::string::npos;
}

TEST_CASE("a key file is the raw seed, 0600 in a 0700 folder whatever the umask",
          "[identity][io]") {
  const mode_t before = ::umask(0);
  const Installed there;
  ::umask(before);
  const auto file = there.disk.stat(there.key_file);
  REQUIRE(file);
  CHECK(file->mode == 0600);
  CHECK(file->size == crypto::kSeedSize);
  CHECK(there.disk.stat(there.folder)->mode == 0700);
  CHECK(there.disk.stat(there.folder + "/identity.json")->mode == 0600);
  const auto keys = load_keys(there.disk, there.folder, there.identity);
  REQUIRE(keys);
  CHECK(registry_line(there.identity.source, keys->current.public_key()) ==
        "laptop:" + there.identity.public_key);
  CHECK(keys->all().size() == 1);
}

TEST_CASE("a missing key file names the command that makes one", "[identity][io]") {
  Installed there;
  REQUIRE(there.disk.remove(there.key_file));
  CHECK(there.refusal().code == Errc::not_found);
  CHECK(says(there.refusal(), there.key_file, "agent init"));
}

TEST_CASE("a key file that others could know or swap is refused", "[identity][io]") {
  Installed there;
  SECTION("any bit for group or others") {
    for (const mode_t bit : {040U, 020U, 010U, 04U, 02U, 01U}) {
      REQUIRE(::chmod(there.key_file.c_str(), 0600U | bit) == 0);
      CHECK(says(there.refusal(), there.key_file, "open to others"));
    }
  }
  SECTION("another owner") {
    there.disk.pretend_owner(there.key_file, ::geteuid() + 1);
    CHECK(says(there.refusal(), there.key_file, "belongs to user"));
  }
  SECTION("a symbolic link") {
    REQUIRE(there.disk.rename(there.key_file, there.home.file("elsewhere")));
    REQUIRE(::symlink(there.home.file("elsewhere").c_str(), there.key_file.c_str()) == 0);
    CHECK(says(there.refusal(), there.key_file, "is a link"));
  }
  SECTION("a second name") {
    REQUIRE(::link(there.key_file.c_str(), there.home.file("elsewhere").c_str()) == 0);
    CHECK(says(there.refusal(), there.key_file, "hard link"));
  }
  SECTION("a folder") {
    REQUIRE(there.disk.remove(there.key_file));
    REQUIRE(::mkdir(there.key_file.c_str(), 0700) == 0);
    CHECK(says(there.refusal(), there.key_file, "not a regular file"));
  }
  SECTION("a pipe, without waiting for its writer") {
    REQUIRE(there.disk.remove(there.key_file));
    REQUIRE(::mkfifo(there.key_file.c_str(), 0600) == 0);
    CHECK(says(there.refusal(), there.key_file, "not a regular file"));
  }
  SECTION("a folder that others may write to") {
    REQUIRE(::chmod(there.folder.c_str(), 0770) == 0);
    CHECK(says(there.refusal(), there.folder, "others may put other keys there"));
  }
  SECTION("a folder of another user") {
    there.disk.pretend_owner(there.folder, ::geteuid() + 1);
    CHECK(says(there.refusal(), there.folder, "belongs to user"));
  }
  CHECK(there.refusal().code == Errc::denied);
}

TEST_CASE("a key file with other bytes than its seed is refused", "[identity][io]") {
  Installed there;
  SECTION("cut short at every length") {
    for (std::size_t length = 0; length < crypto::kSeedSize; ++length) {
      there.write_key(std::string(length, 's'));
      CHECK(says(there.refusal(), there.key_file, "cut short"));
    }
  }
  SECTION("one byte too long") {
    there.write_key(std::string(crypto::kSeedSize + 1, 's'));
    CHECK(says(there.refusal(), there.key_file, "has 33 bytes"));
  }
  SECTION("far too long") {
    there.write_key(std::string(1 << 20, 's'));
    CHECK(says(there.refusal(), there.key_file, "longer than 4096"));
  }
  SECTION("another source's key") {
    there.write_key(std::string(crypto::kSeedSize, 's'));
    CHECK(says(there.refusal(), there.key_file, "is not the key of source laptop"));
  }
  CHECK(there.refusal().code == Errc::malformed);
}

TEST_CASE("no refusal shows what is in the key file", "[identity][io]") {
  Installed there;
  for (const std::size_t length : {7U, 32U, 33U, 5000U}) {
    there.write_key(std::string(length, '~'));
    CHECK(there.refusal().message.find("~~") == std::string::npos);
  }
}

TEST_CASE("a key that is there is overwritten only when told, and kept aside", "[identity][io]") {
  Installed there;
  const std::string before = there.identity.public_key;
  const auto refused = create_key(there.disk, there.random, ManualClock::kWallStart, there.folder,
                                  there.identity, ExistingKey::keep);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::exists);
  CHECK(there.identity.public_key == before);

  REQUIRE(create_key(there.disk, there.random, ManualClock::kWallStart, there.folder,
                     there.identity, ExistingKey::set_aside));
  CHECK(there.identity.public_key != before);
  const std::string aside = there.key_file + ".2023-11-14T22:13:20.000Z.old";
  CHECK(there.disk.stat(aside)->mode == 0600);
  const auto old_seed = read_file(there.disk, aside, crypto::kSeedSize);
  REQUIRE(old_seed);
  CHECK(to_base64(crypto::KeyPair::from_seed(bytes_of(*old_seed))->public_key()) == before);

  // Once more in the same millisecond: what is aside stays there.
  const auto again = create_key(there.disk, there.random, ManualClock::kWallStart, there.folder,
                                there.identity, ExistingKey::set_aside);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::exists);
  CHECK(load_keys(there.disk, there.folder, there.identity));
}

TEST_CASE("an imported key is the one that its seed gives", "[identity][io]") {
  Installed there;
  const crypto::SecretBytes seed(bytes_of(std::string(crypto::kSeedSize, 'i')));
  REQUIRE(import_key(there.disk, seed, ManualClock::kWallStart, there.folder, there.identity,
                     ExistingKey::set_aside));
  const auto stored = load_identity(there.disk, there.folder);
  REQUIRE(stored);
  const auto keys = load_keys(there.disk, there.folder, *stored);
  REQUIRE(keys);
  CHECK(keys->current.public_key() == crypto::KeyPair::from_seed(seed.bytes())->public_key());
}

}  // namespace
}  // namespace vigil::agent
