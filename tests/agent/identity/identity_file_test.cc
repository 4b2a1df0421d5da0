#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "agent/identity/identity.h"
#include "base/encoding.h"
#include "tests/agent/identity/disk_with_faults.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

struct Folder {
  test::TemporaryDirectory home;
  test::DiskWithFaults disk;
  test::CountingRandom random;
  std::string path = home.file("vigil");
  std::string file = path + "/identity.json";

  Result<Identity> create(std::string_view source, std::string_view hostname) {
    return create_identity(disk, random, path, source, hostname);
  }
  void write(std::string_view text) {
    REQUIRE(disk.make_directories(path, 0700));
    REQUIRE(disk.replace(file, text, 0600));
  }
  [[nodiscard]] Error refusal() const {
    const auto identity = load_identity(disk, path);
    return identity ? Error{Errc::io, "loaded"} : identity.error();
  }
};

const std::string kSaltHex(64, 'a');

std::string text_with(const std::string& version, const std::string& source,
                      const std::string& salt) {
  return R"({"v":)" + version + R"(,"source":")" + source + R"(","machine":"m","session_salt":")" +
         salt + R"("})";
}

TEST_CASE("an identity is read back as it was made", "[identity][io]") {
  Folder folder;
  const auto made = folder.create("laptop", "host.example");
  REQUIRE(made);
  const auto read = load_identity(folder.disk, folder.path);
  REQUIRE(read);
  CHECK(read->source == SourceId("laptop"));
  CHECK(read->machine == made->machine);
  CHECK(read->machine.text().size() == 16);
  CHECK(read->machine_name == "host.example");
  CHECK(to_hex(read->session_salt.bytes()) == to_hex(made->session_salt.bytes()));
  CHECK(read->public_key.empty());
  CHECK(folder.disk.stat(folder.file)->mode == 0600);
}

/// Another command makes the identity while this one draws its random numbers.
class FasterCommand final : public Random {
 public:
  explicit FasterCommand(Folder& folder) : folder_(folder) {}

  void fill(std::span<std::byte> out) override {
    if (!std::exchange(done_, true)) REQUIRE(folder_.create("faster", "h"));
    random_.fill(out);
  }

 private:
  Folder& folder_;
  test::CountingRandom random_;
  bool done_ = false;
};

TEST_CASE("of two commands that make the first identity both get the same", "[identity][io]") {
  Folder folder;
  FasterCommand random(folder);
  const auto second = ensure_identity(folder.disk, random, folder.path, "slower", "h");
  REQUIRE(second);
  CHECK(second->source == SourceId("faster"));
  const auto third = ensure_identity(folder.disk, random, folder.path, "slower", "h");
  REQUIRE(third);
  CHECK(third->source == SourceId("faster"));
}

TEST_CASE("an identity is never made in place of another", "[identity][io]") {
  Folder folder;
  REQUIRE(folder.create("laptop", "h"));
  const auto again = folder.create("desk", "h");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::exists);
  CHECK(load_identity(folder.disk, folder.path)->source == SourceId("laptop"));
}

TEST_CASE("a source without a name is called after its host", "[identity][io]") {
  const auto named_after = [](const std::string& hostname) {
    Folder folder;
    auto made = folder.create("", hostname);
    REQUIRE(made);
    std::string name = made->source.text();
    CHECK(name.size() <= 64);
    return name.substr(0, name.size() - 6);
  };
  CHECK(named_after("laptop") == "laptop-");
  CHECK(named_after("Mia's b\xC3\xBCro_1") == "Mia-s-b--ro-1-");
  CHECK(named_after("") == "agent-");
  CHECK(named_after(std::string(300, 'h')) == std::string(40, 'h') + "-");
}

TEST_CASE("an impossible source name makes no identity", "[identity][io]") {
  Folder folder;
  for (const std::string& name : {std::string("a b"), std::string("a\nb"), std::string(65, 'a')}) {
    const auto made = folder.create(name, "h");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::malformed);
  }
  CHECK_FALSE(folder.disk.stat(folder.file));
}

TEST_CASE("a damaged identity file is refused, never replaced", "[identity][io]") {
  Folder folder;
  const std::string good = text_with("1", "laptop", kSaltHex);
  folder.write(good);
  REQUIRE(load_identity(folder.disk, folder.path));
  SECTION("cut short anywhere") {
    for (std::size_t length = 0; length < good.size(); ++length) {
      folder.write(std::string_view(good).substr(0, length));
      CHECK(folder.refusal().code == Errc::malformed);
    }
  }
  SECTION("fields of other types or contents") {
    for (const std::string& text :
         {text_with("\"1\"", "laptop", kSaltHex), text_with("0", "laptop", kSaltHex),
          text_with("null", "laptop", kSaltHex), text_with("1", "", kSaltHex),
          text_with("1", "a b", kSaltHex), text_with("1", "laptop", kSaltHex + "aa"),
          text_with("1", "laptop", "xyz"), std::string("[]"), std::string("7"),
          std::string("{}")}) {
      folder.write(text);
      CHECK(folder.refusal().code == Errc::malformed);
    }
  }
  SECTION("larger than any identity") {
    folder.write(std::string(16 * 1024 + 1, ' '));
    CHECK(folder.refusal().code == Errc::malformed);
  }
}

TEST_CASE("an identity of a newer version is left alone", "[identity][io]") {
  Folder folder;
  folder.write(text_with("2", "laptop", kSaltHex));
  CHECK(folder.refusal().code == Errc::denied);
  CHECK(folder.refusal().message.find("newer version") != std::string::npos);
}

TEST_CASE("an identity that others may read is refused, for its salt", "[identity][io]") {
  Folder folder;
  REQUIRE(folder.create("laptop", "h"));
  REQUIRE(::chmod(folder.file.c_str(), 0644) == 0);
  CHECK(folder.refusal().code == Errc::denied);
  CHECK(folder.refusal().message.find(folder.file) != std::string::npos);
}

TEST_CASE("a missing identity names the command that makes one", "[identity][io]") {
  const Folder folder;
  CHECK(folder.refusal().code == Errc::not_found);
  CHECK(folder.refusal().message.find("agent init") != std::string::npos);
}

TEST_CASE("a session has one name per installation, and another elsewhere", "[identity][io]") {
  Folder here;
  Folder elsewhere;
  elsewhere.random.fill({});
  const auto identity = here.create("laptop", "h");
  const auto other = elsewhere.create("laptop", "h");
  REQUIRE((identity && other));
  const std::string name = identity->session_name("0d6a-session");
  CHECK(name.size() == 16);
  CHECK(name == identity->session_name("0d6a-session"));
  CHECK(name != identity->session_name("0d6b-session"));
  CHECK(name != other->session_name("0d6a-session"));
}

TEST_CASE("a seed always gives the same identity, another seed another", "[identity][unit]") {
  const std::string seed(32, 's');
  const Identity one = identity_of_seed(bytes_of(seed), SourceId("ci"), "runner-1");
  const Identity same = identity_of_seed(bytes_of(seed), SourceId("ci"), "runner-2");
  const Identity other =
      identity_of_seed(bytes_of(std::string(32, 't')), SourceId("ci"), "runner-1");
  CHECK(one.machine == same.machine);
  CHECK(one.session_name("x") == same.session_name("x"));
  CHECK(one.machine != other.machine);
  CHECK(one.session_name("x") != other.session_name("x"));
  CHECK(one.machine.text().find(to_hex(bytes_of(seed)).substr(0, 8)) == std::string::npos);
}

}  // namespace
}  // namespace vigil::agent
