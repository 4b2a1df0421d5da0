// Whatever is done to the file from outside: no crash, no wrong event, and a queue that works again
// after at most one set_aside().

#include <SQLiteCpp/Database.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/outbox/database_file.h"
#include "agent/outbox/outbox.h"
#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;
using namespace vigil::agent;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

void spit(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A closed queue of 60 rows, a sealed batch, a quarantined event and a position.
std::string make_queue(OutboxFixture& outbox) {
  outbox.add(0, 61);
  const auto first = outbox->seal(kHub, Lane::live, {1, 1 << 20}, kSource, kNow);
  REQUIRE(outbox->settle(**first, std::array{Refusal{0, "malformed"}}, kNow));
  REQUIRE(outbox->seal(kHub, Lane::live, {20, 1 << 20}, kSource, kNow).value());
  StoredFile file;
  file.position.path = "/log";
  file.parser_state = "state";
  REQUIRE(outbox->store_file(file));
  REQUIRE(outbox->commit(kNow));
  outbox.close();
  return slurp(outbox.path());
}

/// Opens the queue and works it off. Returns whether it was found damaged on the way; every event
/// that comes out must be one that went in.
bool work_off(OutboxFixture& outbox) {
  auto opened = Outbox::open(outbox.files(), outbox.path(), outbox.random(), kNow);
  if (!opened) {
    CHECK(opened.error().code != Errc::not_found);
    return true;
  }
  if (!opened->set_aside.empty()) return true;
  auto& queue = *opened->outbox;
  const auto positions = queue.load_positions();
  if (!positions || !queue.set_sinks(std::array{kHub}) || !queue.commit(kNow)) return true;
  for (int i = 0; i < 100; ++i) {
    auto batch = queue.unsettled(kHub, Lane::live);
    if (batch && !*batch) batch = queue.seal(kHub, Lane::live, {}, kSource, kNow);
    if (!batch) return true;
    if (!*batch) return !queue.retry_quarantined(kNow);
    for (const auto number : numbers_in((*batch)->body)) REQUIRE(number < 61);
    if (!queue.settle(**batch, {}, kNow) || !queue.commit(kNow)) return true;
  }
  return true;
}

void check_new_queue_works(OutboxFixture& outbox) {
  if (std::filesystem::exists(outbox.path())) {
    REQUIRE(set_aside(outbox.files(), outbox.path(), kNow));
  }
  outbox.reopen();
  outbox.add(0, 2);
  CHECK(outbox->backlog(kHub, Lane::live).pending == 2);
  outbox.close();
}

}  // namespace

TEST_CASE("a flipped bit in any page is found or harmless", "[outbox][damage]") {
  OutboxFixture outbox;
  const std::string sound = make_queue(outbox);
  int found = 0;
  for (std::size_t at = 0; at < sound.size(); at += 211) {
    std::string damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    spit(outbox.path(), damaged);
    found += work_off(outbox) ? 1 : 0;
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(outbox.path() + suffix);
  }
  CHECK(found > 0);
  check_new_queue_works(outbox);
}

TEST_CASE("a queue that ends in half a page is set aside", "[outbox][damage]") {
  OutboxFixture outbox;
  const std::string sound = make_queue(outbox);
  constexpr std::size_t kPage = 4'096;
  for (std::size_t left = 512; left < kPage; left += 512) {
    spit(outbox.path(), sound.substr(0, sound.size() - kPage + left));
    const auto opened = Outbox::open(outbox.files(), outbox.path(), outbox.random(), kNow);
    REQUIRE(opened);
    CHECK_FALSE(opened->set_aside.empty());
  }
  check_new_queue_works(outbox);
}

TEST_CASE("a queue that lacks pages is found damaged again by who comes after a crash",
          "[outbox][damage]") {
  OutboxFixture outbox;
  make_queue(outbox);
  outbox.reopen();
  outbox.add(61, 1);
  const std::string cut = outbox.path() + ".cut";
  constexpr std::size_t kPages = 3 * 4'096;
  const std::string bytes = slurp(outbox.path());
  spit(cut, std::string_view(bytes).substr(0, bytes.size() - kPages));
  spit(cut + "-wal", slurp(outbox.path() + "-wal"));
  for (int i = 0; i < 2; ++i) {  // the first one is killed before it can set the file aside
    const auto opened = open_for_writing(cut);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::damaged);
  }
}

TEST_CASE("a bit that renames a column sets the queue aside", "[outbox][damage]") {
  OutboxFixture outbox;
  std::string bytes = make_queue(outbox);
  const auto at = bytes.find("unsealed INTEGER");
  REQUIRE(at != std::string::npos);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  spit(outbox.path(), bytes);
  const auto opened = Outbox::open(outbox.files(), outbox.path(), outbox.random(), kNow);
  REQUIRE(opened);
  CHECK_FALSE(opened->set_aside.empty());
}

TEST_CASE("a queue cut to any length opens, sound or set aside", "[outbox][damage]") {
  OutboxFixture outbox;
  const std::string sound = make_queue(outbox);
  for (std::size_t size = 0; size < sound.size(); size += 1'536) {
    spit(outbox.path(), sound.substr(0, size));
    (void)work_off(outbox);
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(outbox.path() + suffix);
  }
  check_new_queue_works(outbox);
}

TEST_CASE("what is not a queue of this program is set aside, and three such files are kept",
          "[outbox][damage]") {
  OutboxFixture outbox;
  outbox.add(0, 1);
  const std::string instance = outbox->instance();
  for (int round = 0; round < 5; ++round) {
    outbox.close();
    spit(outbox.path(), "This is no database, " + std::string(5'000, 'x'));
    auto opened =
        Outbox::open(outbox.files(), outbox.path(), outbox.random(), kNow + milliseconds(round));
    REQUIRE(opened);
    CHECK(slurp(opened->set_aside).starts_with("This is no database"));
    CHECK_FALSE(opened->reason.empty());
    CHECK(opened->outbox->instance() != instance);
  }
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(outbox.directory())) {
    kept += entry.path().filename().string().find(".corrupt-") != std::string::npos ? 1U : 0U;
  }
  CHECK(kept == kSetAsideMax);
}

TEST_CASE("a queue made by a newer version is refused and left alone", "[outbox][damage]") {
  OutboxFixture outbox;
  std::string bytes = make_queue(outbox);
  bytes[63] = 2;  // the last byte of user_version in the header
  spit(outbox.path(), bytes);
  const auto opened = Outbox::open(outbox.files(), outbox.path(), outbox.random(), kNow);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::denied);
  CHECK((slurp(outbox.path()) == bytes));
}

TEST_CASE("another program's database is set aside", "[outbox][damage]") {
  OutboxFixture outbox;
  std::string bytes = make_queue(outbox);
  bytes[68] = 'A';  // the first byte of application_id
  spit(outbox.path(), bytes);
  const auto opened = Outbox::open(outbox.files(), outbox.path(), outbox.random(), kNow);
  REQUIRE(opened);
  CHECK_FALSE(opened->set_aside.empty());
}

TEST_CASE("a lost log of writes costs transactions, not the queue", "[outbox][damage]") {
  OutboxFixture outbox;
  make_queue(outbox);
  outbox.reopen();
  outbox.add(61, 10);
  const std::string copy = outbox.directory() + "/copy.db";
  std::filesystem::copy_file(outbox.path(), copy);
  auto opened = Outbox::open(outbox.files(), copy, outbox.random(), kNow);
  REQUIRE(opened);
  CHECK(opened->set_aside.empty());
  CHECK(opened->outbox->backlog(kHub, Lane::live).pending == 60);
}

TEST_CASE("a full disk refuses a commit, and the queue goes on when there is room",
          "[outbox][damage]") {
  TemporaryDirectory mount_point;
  if (::geteuid() != 0 ||
      ::mount("tmpfs", mount_point.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    WARN("skipped: needs root to mount a small tmpfs");
    return;
  }
  {
    PosixFileSystem files;
    CountingRandom random;
    auto opened = Outbox::open(files, mount_point.file("agent.db"), random, kNow);
    REQUIRE(opened);
    auto& queue = *opened->outbox;
    REQUIRE(queue.set_sinks(std::array{kHub}));
    REQUIRE(queue.commit(kNow));
    std::size_t kept = 0;
    Result<void> done;
    while (done) {
      const std::string body = event(kept, 2'000);
      done = queue.append(std::array{OutboxEntry{Lane::live, Origin::log, body}}, kNow);
      if (done) done = queue.commit(kNow);
      if (done) ++kept;
    }
    CHECK((done.error().code == Errc::full || done.error().code == Errc::io));
    CHECK(queue.backlog(kHub, Lane::live).pending == kept);
    REQUIRE(::mount("tmpfs", mount_point.path().c_str(), "tmpfs", MS_REMOUNT, "size=8m") == 0);
    const std::string body = event(kept);
    REQUIRE(queue.append(std::array{OutboxEntry{Lane::live, Origin::log, body}}, kNow));
    REQUIRE(queue.commit(kNow));
    CHECK(queue.backlog(kHub, Lane::live).pending == kept + 1);
  }
  REQUIRE(::umount(mount_point.path().c_str()) == 0);
}

TEST_CASE("a write that the system refuses leaves a usable queue", "[outbox][damage]") {
  OutboxFixture outbox;
  outbox.add(0, 2);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{256 * 1024, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  Result<void> done;
  std::size_t kept = 2;
  while (done) {
    const std::string body = event(kept, 2'000);
    done = outbox->append(std::array{OutboxEntry{Lane::live, Origin::log, body}}, kNow);
    if (done) done = outbox->commit(kNow);
    if (done) ++kept;
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, ignored);
  outbox.add(kept, 1);
  CHECK(outbox->backlog(kHub, Lane::live).pending == kept + 1);
}
