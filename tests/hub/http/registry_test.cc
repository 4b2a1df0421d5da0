#include "agent/hub/registry.h"

#include <catch2/catch.hpp>

#include "agent/hub/registry_file.h"
#include "agent/hub/strict_sources.h"
#include "base/encoding.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent::test {
namespace {

using vigil::test::ManualClock;
using vigil::test::MemoryFileSystem;
constexpr WallTime kNow = ManualClock::kWallStart;

Registry sample() {
  Registry registry;
  registry.cookie_key.fill(std::byte{3});
  REQUIRE(allow_source(registry, Sender(1).line(), kNow));
  REQUIRE(allow_source(registry, Sender(2, "ci:runner").line(), kNow));
  REQUIRE(revoke_source(registry, SourceId("laptop")));
  const std::array<std::byte, 20> randomness{std::byte{9}};
  REQUIRE(new_token(registry, "grafana", randomness, kNow));
  return registry;
}

TEST_CASE("a registry is read back as it was written", "[hub][unit]") {
  const Registry registry = sample();
  const auto read = parse_registry(registry_text(registry));
  REQUIRE(read);
  CHECK(*read == registry);
}

TEST_CASE("no beginning of a registry is a registry", "[hub][unit]") {
  const std::string text = registry_text(sample());
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    REQUIRE_FALSE(parse_registry(text.substr(0, length)));
  }
}

TEST_CASE("a registry of another version is refused", "[hub][unit]") {
  std::string text = registry_text(sample());
  text.replace(text.find("\"v\": 1"), 6, "\"v\": 2");
  const auto read = parse_registry(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().message.contains("another version"));
}

TEST_CASE("lines that allow nobody are refused", "[hub][unit]") {
  Registry registry;
  const std::string zeros(43, 'A');
  const std::string line = GENERATE_COPY(as<std::string>(), "", "laptop",
                                         "laptop:", ":" + zeros + "=", "lap top:" + zeros + "=",
                                         "laptop:" + zeros, "laptop:AAAA", "laptop:" + zeros + "=");
  INFO(line);
  const auto allowed = allow_source(registry, line, kNow);
  REQUIRE_FALSE(allowed);
  CHECK(allowed.error().code == Errc::malformed);
  CHECK(registry.keys.empty());
}

TEST_CASE("allowing what was revoked takes it up again, and a second key stands beside the first",
          "[hub][unit]") {
  Registry registry = sample();
  REQUIRE(allow_source(registry, Sender(1).line(), kNow));
  CHECK(registry.keys.size() == 2);
  CHECK(registry.keys[0].state == KeyState::active);
  REQUIRE(allow_source(registry, Sender(5).line(), kNow));
  CHECK(registry.keys.size() == 3);
  CHECK(revoke_source(registry, SourceId("laptop")).value() == 2);
  CHECK(revoke_source(registry, SourceId("laptop")).error().code == Errc::not_found);
}

TEST_CASE("tokens have one name each and are revoked by name or id", "[hub][unit]") {
  Registry registry = sample();
  const std::array<std::byte, 20> randomness{std::byte{1}};
  CHECK(new_token(registry, "grafana", randomness, kNow).error().code == Errc::exists);
  CHECK(new_token(registry, "", randomness, kNow).error().code == Errc::malformed);
  CHECK(new_token(registry, "a\x1b[31m", randomness, kNow).error().code == Errc::malformed);
  const auto token = new_token(registry, "ci", randomness, kNow);
  REQUIRE(token);
  CHECK(find_token(registry, token->secret)->name == "ci");
  CHECK(find_token(registry, "vigil_") == nullptr);
  REQUIRE(revoke_token(registry, token->entry.id));
  CHECK(find_token(registry, token->secret) == nullptr);
  CHECK(revoke_token(registry, "grafana"));
  CHECK(revoke_token(registry, "grafana").error().code == Errc::not_found);
}

TEST_CASE("a registry takes no key or token past its bound", "[hub][unit]") {
  Registry registry;
  registry.keys.resize(kSourceKeysMax);
  registry.tokens.resize(kReadTokensMax);
  CHECK(allow_source(registry, Sender(1).line(), kNow).error().code == Errc::full);
  CHECK(new_token(registry, "one", std::array<std::byte, 20>{}, kNow).error().code == Errc::full);
}

struct RegistryOnDisk {
  MemoryFileSystem files;
  CountingRandom random;
  ManualClock clock;
  RegistryFile file{files, "/data/registry.json"};
};

TEST_CASE("a change by somebody else is seen with the next request", "[hub][unit]") {
  RegistryOnDisk disk;
  REQUIRE(disk.file.create_if_missing(disk.random));
  CHECK((*disk.file.current())->keys.empty());
  RegistryFile other(disk.files, "/data/registry.json");
  REQUIRE(other.update([](Registry& to) -> Result<void> {
    VIGIL_TRY(allow_source(to, Sender(1).line(), kNow));
    return {};
  }));
  CHECK((*disk.file.current())->keys.size() == 1);
  CHECK(disk.files.stat("/data/registry.json")->mode == 0600);
}

TEST_CASE("a change that fails writes nothing", "[hub][unit]") {
  RegistryOnDisk disk;
  REQUIRE(disk.file.create_if_missing(disk.random));
  const auto before = *disk.files.stat("/data/registry.json");
  const auto changed = disk.file.update([](Registry& to) -> Result<void> {
    to.keys.clear();
    return fail(Errc::not_found, "no");
  });
  CHECK(changed.error().code == Errc::not_found);
  CHECK(disk.files.stat("/data/registry.json")->inode == before.inode);
}

TEST_CASE("a torn registry locks nobody out of a hub that runs", "[hub][unit]") {
  RegistryOnDisk disk;
  REQUIRE(disk.file.create_if_missing(disk.random));
  REQUIRE(disk.file.current());
  disk.files.write("/data/registry.json", "{");
  CHECK(disk.file.current().error().code == Errc::malformed);
  CHECK(disk.file.current_or_last());
}

TEST_CASE("a registry that others may read is refused", "[hub][unit]") {
  RegistryOnDisk disk;
  REQUIRE(disk.files.make_directories("/data", 0700));
  REQUIRE(disk.files.create("/data/registry.json", registry_text(Registry{}), 0640));
  CHECK(disk.file.current().error().code == Errc::denied);
}

TEST_CASE("the commands' own token is made once, and again when it was revoked", "[hub][unit]") {
  RegistryOnDisk disk;
  const auto token = [&] {
    return ensure_cli_token(disk.file, disk.files, "/config/token", disk.random, disk.clock);
  };
  const auto first = token();
  REQUIRE(first);
  CHECK(token().value() == *first);
  CHECK(disk.files.stat("/config/token")->mode == 0600);
  REQUIRE(disk.file.update([](Registry& to) -> Result<void> {
    VIGIL_TRY(revoke_token(to, kCliTokenName));
    return {};
  }));
  const auto second = token();
  REQUIRE(second);
  CHECK(*second != *first);
  CHECK((*disk.file.current())->tokens.size() == 1);
}

TEST_CASE("sources that used v1 are remembered over a torn write", "[hub][unit]") {
  MemoryFileSystem files;
  files.write("/hub/v1-sources", "desk\nlap");
  StrictSources first(files, "/hub/v1-sources");
  REQUIRE(first.load());
  CHECK(first.contains(SourceId("desk")));
  CHECK_FALSE(first.contains(SourceId("lap")));
  REQUIRE(first.mark(SourceId("laptop")));
  REQUIRE(first.mark(SourceId("laptop")));
  StrictSources second(files, "/hub/v1-sources");
  REQUIRE(second.load());
  CHECK(second.contains(SourceId("laptop")));
  CHECK(read_file(files, "/hub/v1-sources", 100).value() == "desk\nlap\nlaptop\n");
}

}  // namespace
}  // namespace vigil::agent::test
