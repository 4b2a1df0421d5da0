// What every FileSystem promises, held against the machine's own and against the fake.
#include "base/file_system.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "base/posix_file_system.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/temporary_directory.h"

using namespace vigil;
using namespace vigil::test;

namespace {

struct OnDisk {
  TemporaryDirectory directory;
  PosixFileSystem files;
  std::string root = directory.path();
  void symlink(const std::string& target, const std::string& path) {
    std::filesystem::create_symlink(target, path);
  }
  void hard_link(const std::string& from, const std::string& path) {
    std::filesystem::create_hard_link(from, path);
  }
};

struct InMemory {
  InMemory() { files.mkdir(root); }
  MemoryFileSystem files;
  std::string root = "/tmp/test";
  void symlink(const std::string& target, const std::string& path) { files.symlink(target, path); }
  void hard_link(const std::string& from, const std::string& path) { files.link(from, path); }
};

}  // namespace

TEMPLATE_TEST_CASE("a created file has its bytes and its mode, and is created once", "[base][io]",
                   OnDisk, InMemory) {
  TestType disk;
  const std::string path = disk.root + "/a";
  REQUIRE(disk.files.create(path, "one", 0600));
  CHECK(disk.files.create(path, "two", 0644).error().code == Errc::exists);
  CHECK(*read_file(disk.files, path, 100) == "one");
  const auto stat = disk.files.stat(path);
  REQUIRE(stat);
  CHECK(stat->kind == FileKind::regular);
  CHECK(stat->mode == 0600);
  CHECK(stat->size == 3);
  CHECK(stat->modified_ns > 0);
}

TEMPLATE_TEST_CASE("a replaced file is another file, an appended one the same", "[base][io]",
                   OnDisk, InMemory) {
  TestType disk;
  const std::string path = disk.root + "/a";
  REQUIRE(disk.files.append(path, "one", 0600));
  const auto first = disk.files.stat(path);
  REQUIRE(disk.files.append(path, "two", 0600));
  CHECK(disk.files.stat(path)->inode == first->inode);
  CHECK(*read_file(disk.files, path, 100) == "onetwo");
  const auto old = disk.files.open(path);
  REQUIRE(disk.files.replace(path, "three", 0640));
  CHECK(disk.files.stat(path)->inode != first->inode);
  CHECK(disk.files.stat(path)->mode == 0640);
  CHECK(*read_file(disk.files, path, 100) == "three");
  std::array<char, 10> room{};
  CHECK((*old)->read_at(3, room).value() == 3);  // an open file outlives its name
  CHECK((*old)->stat()->inode == first->inode);
}

TEMPLATE_TEST_CASE("reading stops at the end and at the limit", "[base][io]", OnDisk, InMemory) {
  TestType disk;
  const std::string path = disk.root + "/a";
  REQUIRE(disk.files.create(path, "12345", 0600));
  std::array<char, 10> room{};
  const auto file = disk.files.open(path);
  REQUIRE(file);
  CHECK((*file)->read_at(0, room).value() == 5);
  CHECK((*file)->read_at(5, room).value() == 0);
  CHECK((*file)->read_at(50, room).value() == 0);
  CHECK(read_file(disk.files, path, 5).has_value());
  CHECK(read_file(disk.files, path, 4).error().code == Errc::malformed);
}

TEMPLATE_TEST_CASE("what does not exist is not found", "[base][io]", OnDisk, InMemory) {
  TestType disk;
  const std::string path = disk.root + "/none";
  CHECK(disk.files.open(path).error().code == Errc::not_found);
  CHECK(disk.files.stat(path).error().code == Errc::not_found);
  CHECK(disk.files.list(path).error().code == Errc::not_found);
  CHECK(disk.files.canonical(path).error().code == Errc::not_found);
  CHECK(disk.files.remove(path).error().code == Errc::not_found);
  CHECK(disk.files.rename(path, path + "2").error().code == Errc::not_found);
  CHECK(disk.files.create(path + "/x", "", 0600).error().code == Errc::not_found);
}

TEMPLATE_TEST_CASE("directories are made with their parents and listed by kind", "[base][io]",
                   OnDisk, InMemory) {
  TestType disk;
  REQUIRE(disk.files.make_directories(disk.root + "/a/b/c", 0700));
  REQUIRE(disk.files.make_directories(disk.root + "/a/b/c", 0755));
  CHECK(disk.files.stat(disk.root + "/a/b")->mode == 0700);
  REQUIRE(disk.files.create(disk.root + "/a/file", "", 0600));
  disk.symlink("file", disk.root + "/a/link");
  CHECK(disk.files.make_directories(disk.root + "/a/file", 0700).error().code == Errc::exists);
  auto entries = disk.files.list(disk.root + "/a");
  REQUIRE(entries);
  std::ranges::sort(*entries, {}, &DirectoryEntry::name);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].kind == FileKind::directory);
  CHECK((*entries)[1].kind == FileKind::regular);
  CHECK((*entries)[2].kind == FileKind::symlink);
  CHECK(disk.files.list(disk.root + "/a/file").error().code == Errc::not_found);
}

TEMPLATE_TEST_CASE("a link in the last place is not opened, one before it is followed",
                   "[base][io]", OnDisk, InMemory) {
  TestType disk;
  REQUIRE(disk.files.make_directories(disk.root + "/real", 0700));
  REQUIRE(disk.files.create(disk.root + "/real/file", "x", 0600));
  disk.symlink(disk.root + "/real", disk.root + "/dir");
  disk.symlink("real/file", disk.root + "/link");
  disk.symlink("loop", disk.root + "/loop");
  CHECK(disk.files.open(disk.root + "/link").error().code == Errc::denied);
  CHECK(disk.files.stat(disk.root + "/link")->kind == FileKind::symlink);
  CHECK(disk.files.open(disk.root + "/dir/file").has_value());
  CHECK(disk.files.open_without_links(disk.root + "/dir/file").error().code == Errc::denied);
  CHECK(disk.files.open_without_links(disk.root + "/link").error().code == Errc::denied);
  CHECK(disk.files.open_without_links(disk.root + "/real/file").has_value());
  CHECK(*disk.files.canonical(disk.root + "/dir/file") == disk.root + "/real/file");
  CHECK(*disk.files.canonical(disk.root + "/link") == disk.root + "/real/file");
  CHECK(disk.files.canonical(disk.root + "/loop").error().code == Errc::denied);
  CHECK(*disk.files.link_target(disk.root + "/loop") == "loop");
  CHECK(disk.files.link_target(disk.root + "/real/file").error().code == Errc::not_found);
  CHECK(disk.files.link_target(disk.root + "/none").error().code == Errc::not_found);
  CHECK(disk.files.open(disk.root + "/real").error().code == Errc::denied);
}

TEMPLATE_TEST_CASE("hard links are one file, renames keep it, removal takes one name", "[base][io]",
                   OnDisk, InMemory) {
  TestType disk;
  REQUIRE(disk.files.create(disk.root + "/a", "x", 0600));
  disk.hard_link(disk.root + "/a", disk.root + "/b");
  const auto inode = disk.files.stat(disk.root + "/a")->inode;
  CHECK(disk.files.stat(disk.root + "/b")->inode == inode);
  CHECK(disk.files.stat(disk.root + "/b")->links == 2);
  REQUIRE(disk.files.remove(disk.root + "/a"));
  REQUIRE(disk.files.create(disk.root + "/c", "y", 0600));
  REQUIRE(disk.files.rename(disk.root + "/b", disk.root + "/c"));
  CHECK(disk.files.stat(disk.root + "/c")->inode == inode);
  CHECK(disk.files.stat(disk.root + "/c")->links == 1);
  CHECK(disk.files.stat(disk.root + "/b").error().code == Errc::not_found);
}

TEST_CASE("pseudo file systems are not among those that report changes", "[base][io]") {
  const PosixFileSystem files;
  CHECK_FALSE(files.reports_changes("/proc"));
  CHECK_FALSE(files.reports_changes("/does/not/exist"));
}

TEST_CASE("a full disk in memory says so and keeps what was there", "[base][unit]") {
  MemoryFileSystem files;
  files.mkdir("/d");
  REQUIRE(files.create("/d/a", "123", 0600));
  files.set_free_bytes(2);
  CHECK(files.append("/d/a", "456", 0600).error().code == Errc::full);
  CHECK(files.create("/d/b", "456", 0600).error().code == Errc::full);
  CHECK(files.stat("/d/b").error().code == Errc::not_found);
  CHECK(files.replace("/d/a", "4567", 0600).error().code == Errc::full);
  CHECK(*read_file(files, "/d/a", 10) == "123");
  files.set_free_bytes(std::nullopt);
  CHECK(files.append("/d/a", "456", 0600).has_value());
}

TEMPLATE_TEST_CASE("a visit shows what a directory holds, with times where they are asked for",
                   "[base][io]", OnDisk, InMemory) {
  TestType disk;
  REQUIRE(disk.files.make_directories(disk.root + "/in/sub", 0755));
  REQUIRE(disk.files.create(disk.root + "/in/file", "one", 0644));
  disk.symlink("file", disk.root + "/in/link");
  std::map<std::string, VisitedEntry> seen;
  const auto keep = [&](const VisitedEntry& entry) { seen[std::string(entry.name)] = entry; };
  const auto directory = disk.files.visit(disk.root + "/in", VisitDetail::kinds, keep);
  REQUIRE(directory);
  CHECK(directory->inode == disk.files.stat(disk.root + "/in")->inode);
  REQUIRE(seen.size() == 3);
  CHECK(seen["sub"].kind == FileKind::directory);
  CHECK(seen["file"].kind == FileKind::regular);
  CHECK(seen["link"].kind == FileKind::symlink);
  REQUIRE(disk.files.visit(disk.root + "/in", VisitDetail::times, keep));
  const auto file = disk.files.stat(disk.root + "/in/file");
  CHECK(seen["file"].modified_ns == file->modified_ns);
  CHECK(seen["file"].changed_ns == file->changed_ns);
}

TEMPLATE_TEST_CASE("a visit neither follows links nor takes a file for a directory", "[base][io]",
                   OnDisk, InMemory) {
  TestType disk;
  REQUIRE(disk.files.make_directories(disk.root + "/in/sub", 0755));
  REQUIRE(disk.files.create(disk.root + "/in/file", "one", 0644));
  disk.symlink("in", disk.root + "/link");
  const auto visit = [&](const std::string& path) {
    return disk.files.visit(disk.root + path, VisitDetail::kinds, [](const VisitedEntry&) {});
  };
  CHECK(visit("/in/sub"));
  CHECK_FALSE(visit("/link"));
  CHECK(visit("/link/sub").error().code == Errc::denied);
  CHECK(visit("/in/file").error().code == Errc::not_found);
  CHECK(visit("/in/nothing").error().code == Errc::not_found);
}

TEMPLATE_TEST_CASE("a file that moves has changed, though nobody modified it", "[base][io]", OnDisk,
                   InMemory) {
  TestType disk;
  REQUIRE(disk.files.create(disk.root + "/a", "one", 0644));
  const auto before = disk.files.stat(disk.root + "/a");
  const auto wait = std::chrono::steady_clock::now() + std::chrono::milliseconds(25);
  while (std::chrono::steady_clock::now() < wait) continue;  // file times tick every 10 ms at most
  REQUIRE(disk.files.rename(disk.root + "/a", disk.root + "/b"));
  const auto after = disk.files.stat(disk.root + "/b");
  CHECK(after->modified_ns == before->modified_ns);
  CHECK(after->changed_ns > before->changed_ns);
}

TEMPLATE_TEST_CASE("a directory has changed when what it holds by name has", "[base][io]", OnDisk,
                   InMemory) {
  TestType disk;
  REQUIRE(disk.files.make_directories(disk.root + "/in", 0755));
  REQUIRE(disk.files.create(disk.root + "/a", "one", 0644));
  const auto changed = [&] { return disk.files.stat(disk.root + "/in")->changed_ns; };
  const auto wait = [] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(25);
    while (std::chrono::steady_clock::now() < until) continue;
  };
  auto before = changed();
  wait();
  REQUIRE(disk.files.rename(disk.root + "/a", disk.root + "/in/b"));
  CHECK(changed() > before);
  before = changed();
  wait();
  REQUIRE(disk.files.append(disk.root + "/in/b", "more", 0644));
  CHECK(changed() == before);
  REQUIRE(disk.files.remove(disk.root + "/in/b"));
  CHECK(changed() > before);
}
