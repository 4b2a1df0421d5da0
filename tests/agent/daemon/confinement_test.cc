// Each probe runs in a process of its own, once free and once confined: what is to fail confined
// must have worked free, else the probe shows nothing.

#include "agent/daemon/confinement.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/sanitizers.h"
#include "base/unique_fd.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {
namespace {

enum Outcome : int { possible = 10, impossible = 11, unconfined = 12 };

int outcome(bool worked) {
  return worked ? possible : impossible;
}

int run_in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(work());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  INFO("status " << status);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

using Probe = std::function<bool()>;

int free(const Probe& probe) {
  return run_in_child([&] { return outcome(probe()); });
}

int confined(const std::string& own, const Probe& probe) {
  return run_in_child([&] {
    const Confinement fence = confine(std::array{own});
    return fence.writes && fence.calls ? outcome(probe()) : unconfined;
  });
}

bool write_file(const std::string& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, 0600));
  return fd && ::write(fd.get(), "x", 1) == 1;
}

bool bind_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // reinterpret_cast: how the socket interface has always been called.
  return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// A program that can be started says so by its exit code.
bool run_program() {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    ::execl("/bin/true", "true", nullptr);
    ::_exit(1);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct Folders {
  test::TemporaryDirectory root;
  std::string own = root.file("own");
  std::string foreign = root.file("foreign");

  Folders() {
    REQUIRE(::mkdir(own.c_str(), 0700) == 0);
    REQUIRE(::mkdir(foreign.c_str(), 0700) == 0);
    for (const auto* name : {"/a", "/b", "/c"}) {
      REQUIRE(write_file(own + name, O_CREAT));
      REQUIRE(write_file(foreign + name, O_CREAT));
    }
  }
};

struct NamedProbe {
  std::string name;
  Probe probe;
  long since = 1;  ///< version of Landlock that sees it
};

long landlock_version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/// False, and told, on kernels without Landlock.
bool can_confine() {
  if (landlock_version() > 0) return true;
  WARN("this kernel has no Landlock: nothing is shown here");
  return false;
}

TEST_CASE("what is not in force is told", "[daemon][io]") {
  const Folders folders;
  const int told = run_in_child([&] {
    const Confinement fence = confine(std::array{folders.own});
    const bool is_all = fence.writes && fence.calls && landlock_version() >= 3;
    return outcome(is_all == fence.missing.empty());
  });
  CHECK(told == possible);
}

TEST_CASE("a confined process works in its own folders and reads everywhere", "[daemon][io]") {
  if (!can_confine()) return;
  const Folders folders;
  const std::string& own = folders.own;
  const std::vector<NamedProbe> probes{
      {"create", [&] { return write_file(own + "/new", O_CREAT | O_EXCL); }},
      {"append", [&] { return write_file(own + "/a", O_APPEND); }},
      {"truncate", [&] { return ::truncate((own + "/a").c_str(), 0) == 0; }},
      {"rename", [&] { return ::rename((own + "/a").c_str(), (own + "/d").c_str()) == 0; }},
      {"replace", [&] { return ::rename((own + "/b").c_str(), (own + "/c").c_str()) == 0; }},
      {"remove", [&] { return ::unlink((own + "/c").c_str()) == 0; }},
      {"folder", [&] { return ::mkdir((own + "/sub").c_str(), 0700) == 0; }},
      {"in a folder below", [&] { return write_file(own + "/sub/a", O_CREAT); }},
      {"socket", [&] { return bind_socket(own + "/s"); }},
      {"read elsewhere",
       [&] { return bool(UniqueFd(::open((folders.foreign + "/a").c_str(), O_RDONLY))); }},
      {"list elsewhere", [] { return bool(UniqueFd(::open("/usr", O_RDONLY | O_DIRECTORY))); }},
      {"a thread",
       [] {
         bool ran = false;
         std::thread([&ran] { ran = true; }).join();
         return ran;
       }},
  };
  for (const auto& [name, probe, since] : probes) {
    INFO(name);
    CHECK(confined(own, probe) == possible);
  }
}

TEST_CASE("a confined process changes no file elsewhere", "[daemon][io]") {
  if (!can_confine()) return;
  const Folders folders;
  const std::string& own = folders.own;
  const std::string& foreign = folders.foreign;
  const std::vector<NamedProbe> probes{
      {"create", [&] { return write_file(foreign + "/new", O_CREAT); }},
      {"overwrite", [&] { return write_file(foreign + "/a", 0); }},
      {"append", [&] { return write_file(foreign + "/a", O_APPEND); }},
      {"truncate", [&] { return ::truncate((foreign + "/a").c_str(), 0) == 0; }, 3},
      {"rename within",
       [&] { return ::rename((foreign + "/a").c_str(), (foreign + "/z").c_str()) == 0; }},
      {"move out", [&] { return ::rename((own + "/a").c_str(), (foreign + "/y").c_str()) == 0; }},
      {"move in", [&] { return ::rename((foreign + "/b").c_str(), (own + "/y").c_str()) == 0; }},
      {"link out", [&] { return ::link((own + "/b").c_str(), (foreign + "/x").c_str()) == 0; }},
      {"link in", [&] { return ::link((foreign + "/c").c_str(), (own + "/x").c_str()) == 0; }},
      {"folder", [&] { return ::mkdir((foreign + "/sub").c_str(), 0700) == 0; }},
      {"pipe", [&] { return ::mkfifo((foreign + "/p").c_str(), 0600) == 0; }},
      {"pipe in its own", [&] { return ::mkfifo((own + "/p").c_str(), 0600) == 0; }},
      {"link in its own", [&] { return ::symlink("/etc", (own + "/l").c_str()) == 0; }},
      {"socket", [&] { return bind_socket(foreign + "/s"); }},
      {"through a link of its own", [&] { return write_file(own + "/way-out", 0); }},
      {"through dots", [&] { return write_file(own + "/../foreign/c", 0); }},
      {"through its own descriptor",
       [&] {
         const UniqueFd fd(::open((foreign + "/c").c_str(), O_RDONLY | O_CLOEXEC));
         return write_file("/proc/self/fd/" + std::to_string(fd.get()), 0);
       }},
      {"remove", [&] { return ::unlink((foreign + "/c").c_str()) == 0; }},
      {"from a thread",
       [&] {
         bool wrote = false;
         std::thread([&] { wrote = write_file(foreign + "/t", O_CREAT); }).join();
         return wrote;
       }},
  };
  REQUIRE(::symlink((foreign + "/c").c_str(), (own + "/way-out").c_str()) == 0);
  for (const auto& [name, probe, since] : probes) {
    INFO(name);
    if (landlock_version() >= since) CHECK(confined(own, probe) == impossible);
  }
  for (const auto& [name, probe, since] : probes) {
    INFO(name);
    CHECK(free(probe) == possible);
  }
}

TEST_CASE("a confined process starts no program and looks into none", "[daemon][io]") {
  if (kAddressSanitized) return;  // the leak checker does both; the other builds run this
  if (!can_confine()) return;
  const Folders folders;
  const std::vector<NamedProbe> probes{
      {"a program", run_program},
      {"in its own place", [] { return ::execl("/bin/sh", "sh", "-c", "exit 10", nullptr) == 0; }},
      {"a process",
       [] { return ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0 || errno != EPERM; }},
      {"tracing", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
      {"a signal to others", [] { return ::kill(::getppid(), 0) == 0; }, 6},
      {"a namespace", [] { return ::unshare(CLONE_NEWUSER) == 0; }},
      {"an attribute",
       [&] { return ::setxattr(folders.foreign.c_str(), "user.x", "1", 1, 0) == 0; }},
      {"an io_uring",
       [] {
         io_uring_params parameters{};
         return ::syscall(SYS_io_uring_setup, 1, &parameters) >= 0 || errno != EPERM;
       }},
  };
  for (const auto& [name, probe, since] : probes) {
    INFO(name);
    if (landlock_version() < since) continue;
    if (free(probe) == possible) {
      CHECK(confined(folders.own, probe) == impossible);
    } else {
      WARN(name << " is not possible here at all");
    }
  }
}

TEST_CASE("not even root mounts, once confined", "[daemon][io]") {
  if (::geteuid() != 0 || !can_confine()) return;
  const Folders folders;
  const Probe mounts = [&] {
    return ::mount("none", folders.own.c_str(), "tmpfs", 0, nullptr) == 0 &&
           ::umount(folders.own.c_str()) == 0;
  };
  if (free(mounts) != possible) return;  // a container that may not either
  CHECK(confined(folders.own, mounts) == impossible);
}

TEST_CASE("a folder that is not there is passed over", "[daemon][io]") {
  if (!can_confine()) return;
  const Folders folders;
  CHECK(confined(folders.own + "/missing", [&] { return write_file(folders.own + "/a", 0); }) ==
        impossible);
}

}  // namespace
}  // namespace vigil::agent
