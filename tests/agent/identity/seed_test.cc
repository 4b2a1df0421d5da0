#include "agent/identity/seed.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "base/encoding.h"
#include "base/posix_file_system.h"
#include "base/unique_fd.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

const std::string kSeed = "0123456789abcdefghijklmnopqrstuv";
const std::string kSeedBase64 = to_base64(bytes_of(kSeed));
const std::string kSeedHex = to_hex(bytes_of(kSeed));

Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return {std::move(variables), "/", "host"};
}

/// What was taken: the seed's text, nothing, or the error.
std::string taken(Environment& environment) {
  const auto seed = take_seed(environment);
  if (!seed) return "error: " + seed.error().message;
  return *seed ? std::string(text_of((*seed)->bytes())) : "nothing";
}

/// A descriptor from which `bytes` can be read once.
int descriptor_with(std::string_view bytes) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd writer(ends[1]);
  REQUIRE(::write(writer.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return ends[0];
}

TEST_CASE("a seed is understood raw, in hex and in base64", "[identity][unit]") {
  for (const std::string& text : {kSeed, kSeedHex, kSeedBase64, kSeedBase64 + "\n",
                                  " " + kSeedHex + "\r\n", std::string(32, '\n')}) {
    CHECK(parse_seed(text));
  }
  CHECK(text_of(parse_seed(kSeedBase64 + "\n")->bytes()) == kSeed);
  CHECK(text_of(parse_seed(kSeedHex)->bytes()) == kSeed);
}

TEST_CASE("what is no seed is refused without being repeated", "[identity][unit]") {
  for (const std::string& text :
       {std::string(), std::string("\n"), kSeed + "w", kSeed.substr(1), kSeedHex + "00",
        kSeedBase64.substr(1), "-_" + kSeedBase64.substr(2), std::string(64, 'g')}) {
    const auto seed = parse_seed(text);
    REQUIRE_FALSE(seed);
    CHECK(seed.error().code == Errc::malformed);
    if (text.size() > 4) CHECK(seed.error().message.find(text) == std::string::npos);
  }
}

TEST_CASE("without any of the variables there is no seed", "[identity][unit]") {
  Environment environment = environment_of({{"VIGIL_KEY", ""}, {"HOME", "/"}});
  CHECK(taken(environment) == "nothing");
}

TEST_CASE("a seed in a variable is taken out of the environment", "[identity][unit]") {
  Environment environment = environment_of({{"VIGIL_KEY", kSeedBase64}, {"HOME", "/"}});
  CHECK(taken(environment) == kSeed);
  CHECK_FALSE(environment.variables.contains("VIGIL_KEY"));
  CHECK(taken(environment) == "nothing");
}

TEST_CASE("a bad seed in a variable is taken out too, and named", "[identity][unit]") {
  Environment environment = environment_of({{"VIGIL_KEY", "hunter2"}});
  const std::string outcome = taken(environment);
  CHECK(outcome.starts_with("error: VIGIL_KEY: not a key"));
  CHECK(outcome.find("hunter2") == std::string::npos);
  CHECK(environment.variables.empty());
}

TEST_CASE("a seed is read from a descriptor, which is then closed", "[identity][io]") {
  for (const std::string& text : {kSeed, kSeedHex + "\n", kSeedBase64}) {
    const int fd = descriptor_with(text);
    Environment environment = environment_of({{"VIGIL_KEY_FD", std::to_string(fd)}});
    CHECK(taken(environment) == kSeed);
    CHECK(::fcntl(fd, F_GETFD) == -1);
  }
}

TEST_CASE("a descriptor that cannot be used is an error, and no other key is taken",
          "[identity][io]") {
  const auto outcome = [](const std::string& number) {
    Environment environment = environment_of({{"VIGIL_KEY_FD", number}, {"VIGIL_KEY", kSeedHex}});
    std::string text = taken(environment);
    CHECK_FALSE(environment.variables.contains("VIGIL_KEY"));
    return text;
  };
  CHECK(outcome("three").starts_with("error: VIGIL_KEY_FD=three: not the number"));
  CHECK(outcome("-1").starts_with("error: VIGIL_KEY_FD=-1: not the number"));
  CHECK(outcome("3 ").starts_with("error: VIGIL_KEY_FD=3 : not the number"));
  CHECK(outcome("99999").starts_with("error: VIGIL_KEY_FD=99999: Bad file"));
  CHECK(outcome(std::to_string(descriptor_with(""))).ends_with("base64 are expected"));
  CHECK(outcome(std::to_string(descriptor_with(std::string(128, 's')))).ends_with("are expected"));
  CHECK(outcome(std::to_string(descriptor_with(std::string(129, 's'))))
            .ends_with("too long for a key"));
}

TEST_CASE("a seed is found in a credentials folder, links allowed", "[identity][io]") {
  const test::TemporaryDirectory folder;
  const test::TemporaryDirectory empty;
  PosixFileSystem disk;
  REQUIRE(disk.create(folder.file("..data"), kSeedBase64 + "\n", 0400));
  REQUIRE(::symlink("..data", folder.file("vigil-key").c_str()) == 0);

  Environment own = environment_of({{"CREDENTIALS_DIRECTORY", folder.path()}});
  CHECK(taken(own) == kSeed);
  Environment named = environment_of(
      {{"VIGIL_CREDENTIALS_DIRECTORY", folder.path()}, {"CREDENTIALS_DIRECTORY", empty.path()}});
  CHECK(taken(named) == kSeed);
  // A service manager's folder for other secrets says nothing about ours.
  Environment other = environment_of({{"CREDENTIALS_DIRECTORY", empty.path()}});
  CHECK(taken(other) == "nothing");
}

TEST_CASE("a descriptor goes before a folder, a folder before a variable", "[identity][io]") {
  const test::TemporaryDirectory folder;
  PosixFileSystem disk;
  REQUIRE(disk.create(folder.file("vigil-key"), std::string(32, 'f'), 0400));
  const int fd = descriptor_with(std::string(32, 'd'));
  Environment all = environment_of({{"VIGIL_KEY_FD", std::to_string(fd)},
                                    {"CREDENTIALS_DIRECTORY", folder.path()},
                                    {"VIGIL_KEY", kSeedHex}});
  CHECK(taken(all) == std::string(32, 'd'));
  CHECK_FALSE(all.variables.contains("VIGIL_KEY"));
  Environment two =
      environment_of({{"CREDENTIALS_DIRECTORY", folder.path()}, {"VIGIL_KEY", kSeedHex}});
  CHECK(taken(two) == std::string(32, 'f'));
}

TEST_CASE("a wiped variable leaves no byte in the block, its neighbours stay", "[identity][unit]") {
  std::string before = "VIGIL_KEY_FD=3";
  std::string secret = "VIGIL_KEY=" + kSeedHex;
  std::string twice = "VIGIL_KEY=again";
  std::string bare = "VIGIL_KEY";
  std::array<char*, 5> block{before.data(), secret.data(), bare.data(), twice.data(), nullptr};
  wipe_variable(block.data(), "VIGIL_KEY");
  CHECK(before == "VIGIL_KEY_FD=3");
  CHECK(bare == "VIGIL_KEY");
  CHECK(secret == "VIGIL_KEY=" + std::string(kSeedHex.size(), '\0'));
  CHECK(twice == "VIGIL_KEY=" + std::string(5, '\0'));
}

}  // namespace
}  // namespace vigil::agent
