#include "agent/outbox/fallback_file.h"

#include <catch2/catch.hpp>

#include "tests/support/memory_file_system.h"

namespace {

using namespace vigil;
using agent::FallbackFile;
using test::MemoryFileSystem;

const std::string kPath = "/state/fallback";

/// Somebody takes the file away right after a frame was written, having read it before.
class TakenAway final : public MemoryFileSystem {
 public:
  Result<void> append(const std::string& path, std::string_view bytes,
                      std::uint32_t mode) override {
    auto done = MemoryFileSystem::append(path, bytes, mode);
    if (takes_next > 0) {
      --takes_next;
      (void)MemoryFileSystem::remove(path);
    }
    return done;
  }

  int takes_next = 0;
};

std::string bytes_of_file(MemoryFileSystem& files) {
  return read_file(files, kPath, agent::kFallbackMax).value();
}

}  // namespace

TEST_CASE("what was appended to the fallback file is read back in order", "[outbox][unit]") {
  test::MemoryFileSystem files;
  files.mkdir("/state");
  FallbackFile fallback(files, kPath);
  CHECK(fallback.read()->bodies.empty());
  REQUIRE(fallback.append("{\"a\":1}"));
  REQUIRE(fallback.append("{}"));
  const auto content = fallback.read();
  REQUIRE(content);
  CHECK(content->bodies == std::vector<std::string>{"{\"a\":1}", "{}"});
  CHECK(content->damaged_bytes == 0);
  CHECK(fallback.take().value()->bodies == content->bodies);
  CHECK(fallback.read()->bodies.empty());
  REQUIRE(fallback.append("{\"later\":1}"));
  CHECK(fallback.take().value()->bodies == content->bodies);  // not removed yet: it comes first
  REQUIRE(fallback.remove_taken());
  CHECK(fallback.take().value()->bodies == std::vector<std::string>{"{\"later\":1}"});
  REQUIRE(fallback.remove_taken());
  CHECK_FALSE(fallback.take().value());
  CHECK(fallback.remove_taken());  // nothing there: nothing to do
}

TEST_CASE("a frame that went into a file just taken away is written once more", "[outbox][unit]") {
  TakenAway files;
  files.mkdir("/state");
  FallbackFile fallback(files, kPath);
  REQUIRE(fallback.append("{\"a\":1}"));
  files.takes_next = 1;
  REQUIRE(fallback.append("{\"b\":2}"));
  CHECK(fallback.read()->bodies == std::vector<std::string>{"{\"b\":2}"});
  files.takes_next = 1000;
  CHECK(fallback.append("{\"c\":3}").error().code == Errc::busy);
}

TEST_CASE("a fallback file torn at any byte keeps the whole frames before and after", "[outbox]") {
  test::MemoryFileSystem files;
  files.mkdir("/state");
  FallbackFile fallback(files, kPath);
  REQUIRE(fallback.append("{\"first\":1}"));
  const std::size_t whole = bytes_of_file(files).size();
  REQUIRE(fallback.append("{\"second\":2}"));
  const std::string all = bytes_of_file(files);
  for (std::size_t size = whole; size < all.size(); ++size) {
    files.write(kPath, all.substr(0, size));
    CHECK(fallback.read()->bodies == std::vector<std::string>{"{\"first\":1}"});
    CHECK(fallback.read()->damaged_bytes == size - whole);
    REQUIRE(fallback.append("{\"third\":3}"));
    CHECK(fallback.read()->bodies == std::vector<std::string>{"{\"first\":1}", "{\"third\":3}"});
  }
}

TEST_CASE("a flipped byte costs the fallback file no other frame", "[outbox]") {
  test::MemoryFileSystem files;
  files.mkdir("/state");
  FallbackFile fallback(files, kPath);
  for (const char* body : {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}) REQUIRE(fallback.append(body));
  const std::string all = bytes_of_file(files);
  for (std::size_t at = 0; at < all.size(); ++at) {
    std::string damaged = all;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    files.write(kPath, damaged);
    const auto content = fallback.read();
    REQUIRE(content);
    CHECK(content->bodies.size() == 2);
    CHECK(content->damaged_bytes == all.size() / 3);
  }
}

TEST_CASE("the fallback file takes nothing beyond its bound", "[outbox]") {
  test::MemoryFileSystem files;
  files.mkdir("/state");
  FallbackFile fallback(files, kPath);
  constexpr std::size_t kHead = 16;
  REQUIRE(fallback.append(std::string(agent::kFallbackMax - kHead, 'x')));
  const auto refused = fallback.append("y");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::full);
}
