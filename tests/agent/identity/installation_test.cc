#include "agent/identity/installation.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>

#include "base/encoding.h"
#include "tests/agent/identity/disk_with_faults.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

struct Machine {
  test::TemporaryDirectory home;
  test::DiskWithFaults disk;
  test::CountingRandom random;
  test::ManualClock clock;
  std::string folder = home.file("vigil");

  Result<InitOutcome> init(std::string_view source = {}, ExistingKey existing = ExistingKey::keep) {
    clock.advance(milliseconds(1));
    return init_installation(disk, random, clock.wall_now(), folder, source, "host", existing);
  }
  [[nodiscard]] Result<Installation> load(const std::string& source = {},
                                          const crypto::SecretBytes* seed = nullptr) const {
    return load_installation(disk, {folder, source, "host", seed});
  }
};

TEST_CASE("init makes an installation that loads", "[identity][io]") {
  Machine machine;
  const auto made = machine.init();
  REQUIRE(made);
  CHECK(made->what == Initialised::made);
  const auto loaded = machine.load();
  REQUIRE(loaded);
  REQUIRE(loaded->keys);
  CHECK(loaded->keys->current.public_key() == made->key.public_key());
  CHECK(loaded->identity.public_key == to_base64(made->key.public_key()));
}

TEST_CASE("init a second time changes nothing", "[identity][io]") {
  Machine machine;
  REQUIRE(machine.init("laptop"));
  const std::size_t changes = machine.disk.changes();
  const auto again = machine.init("laptop");
  REQUIRE(again);
  CHECK(again->what == Initialised::there);
  CHECK(machine.disk.changes() == changes);
  const auto renamed = machine.init("desk");
  REQUIRE_FALSE(renamed);
  CHECK(renamed.error().code == Errc::exists);
  CHECK(machine.disk.changes() == changes);
}

TEST_CASE("init by force renews the key and nothing that ids depend on", "[identity][io]") {
  Machine machine;
  const auto first = machine.init();
  REQUIRE(first);
  const auto second = machine.init({}, ExistingKey::set_aside);
  REQUIRE(second);
  CHECK(second->what == Initialised::renewed);
  CHECK(second->key.public_key() != first->key.public_key());
  CHECK(second->identity.source == first->identity.source);
  CHECK(second->identity.machine == first->identity.machine);
  CHECK(second->identity.session_name("s") == first->identity.session_name("s"));

  const auto renamed = machine.init("desk", ExistingKey::set_aside);
  REQUIRE(renamed);
  CHECK(machine.load()->identity.source == SourceId("desk"));
  CHECK(machine.load()->identity.machine == first->identity.machine);
  CHECK_FALSE(machine.init("de sk", ExistingKey::set_aside));
}

TEST_CASE("init by force mends keys that are refused, init alone does not", "[identity][io]") {
  Machine machine;
  REQUIRE(machine.init());
  const std::string key = machine.folder + "/key";
  SECTION("cut short") {
    REQUIRE(machine.disk.replace(key, "short", 0600));
  }
  SECTION("open to others") {
    REQUIRE(::chmod(key.c_str(), 0644) == 0);
  }
  SECTION("another's") {
    REQUIRE(machine.disk.replace(key, std::string(32, 'x'), 0600));
  }
  const auto loaded = machine.load();
  REQUIRE(loaded);  // heartbeats are queued meanwhile
  CHECK_FALSE(loaded->keys);
  CHECK_FALSE(machine.init());
  REQUIRE(machine.init({}, ExistingKey::set_aside));
  CHECK(machine.load()->keys);
}

TEST_CASE("a lost key is replaced by init without force", "[identity][io]") {
  Machine machine;
  const auto first = machine.init();
  REQUIRE(first);
  REQUIRE(machine.disk.remove(machine.folder + "/key"));
  CHECK(machine.load()->keys.error().code == Errc::not_found);
  const auto second = machine.init();
  REQUIRE(second);
  CHECK(second->what == Initialised::made);
  CHECK(second->identity.source == first->identity.source);
  CHECK(machine.load()->keys);
}

TEST_CASE("a key that was put there without an identity is taken up", "[identity][io]") {
  Machine machine;
  REQUIRE(machine.disk.make_directories(machine.folder, 0700));
  REQUIRE(machine.disk.create(machine.folder + "/key", std::string(32, 'x'), 0600));
  const auto made = machine.init("laptop");
  REQUIRE(made);
  CHECK(made->what == Initialised::there);
  CHECK(machine.load()->identity.public_key == to_base64(made->key.public_key()));
}

TEST_CASE("wherever init is cut off, init again makes it whole", "[identity][io]") {
  const ExistingKey existing = GENERATE(ExistingKey::keep, ExistingKey::set_aside);
  std::size_t cut = 0;
  for (bool is_whole = false; !is_whole; ++cut) {
    Machine machine;
    if (existing == ExistingKey::set_aside) REQUIRE(machine.init("laptop"));
    machine.disk.lose_power_after(cut);
    is_whole = machine.init("laptop", existing).has_value();
    machine.disk.restore_power();
    REQUIRE(machine.init("laptop", existing));
    const auto loaded = machine.load();
    REQUIRE(loaded);
    CHECK(loaded->keys);
    CHECK(loaded->identity.source == SourceId("laptop"));
  }
  CHECK(cut > 3);
}

TEST_CASE("a seed needs no files", "[identity][io]") {
  const Machine machine;
  const crypto::SecretBytes seed(bytes_of(std::string(32, 's')));
  const auto nameless = machine.load("", &seed);
  REQUIRE_FALSE(nameless);
  CHECK(nameless.error().message.find("VIGIL_SOURCE") != std::string::npos);

  const auto loaded = machine.load("ci", &seed);
  REQUIRE(loaded);
  CHECK(loaded->identity.source == SourceId("ci"));
  REQUIRE(loaded->keys);
  CHECK(loaded->keys->current.public_key() ==
        crypto::KeyPair::from_seed(seed.bytes())->public_key());
  CHECK(machine.load("ci", &seed)->identity.machine == loaded->identity.machine);
  CHECK_FALSE(machine.disk.stat(machine.folder));
}

TEST_CASE("a seed beside files signs for the identity in them, if it is that source",
          "[identity][io]") {
  Machine machine;
  const auto made = machine.init("laptop");
  REQUIRE(made);
  const crypto::SecretBytes seed(bytes_of(std::string(32, 's')));
  CHECK(machine.load("", &seed)->identity.machine == made->identity.machine);
  CHECK(machine.load("laptop", &seed)->identity.machine == made->identity.machine);
  CHECK(machine.load("ci", &seed)->identity.machine != made->identity.machine);
  CHECK(machine.load("", &seed)->keys->current.public_key() != made->key.public_key());
}

TEST_CASE("a configured source goes before the stored one", "[identity][io]") {
  Machine machine;
  REQUIRE(machine.init("laptop"));
  const auto loaded = machine.load("desk");
  REQUIRE(loaded);
  CHECK(loaded->identity.source == SourceId("desk"));
  CHECK(loaded->keys);
}

}  // namespace
}  // namespace vigil::agent
