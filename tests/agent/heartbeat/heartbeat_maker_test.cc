#include "agent/heartbeat/heartbeat_maker.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

constexpr WallTime kNow = from_unix_ms(1'795'238'100'000);

struct Fixture {
  test::MemoryFileSystem files;
  ProjectFinder projects{files, "/home/ada"};
  HeartbeatMaker maker{Origins{SourceId("laptop"), "m1", "linux", "UTC", "/home/ada"},
                       [](std::string_view session) { return "hash-of-" + std::string(session); },
                       projects};

  Heartbeat make(const parser::Activity& activity) {
    return maker.make(activity, parser::Format::claude_code, kNow, MonoTime{});
  }
};

parser::Activity edit(std::string path) {
  parser::Activity a;
  a.identity = {parser::IdentityKind::call, "toolu_1", kNow - std::chrono::seconds{9}};
  a.time = a.identity.first_time;
  a.actor = Actor::agent;
  a.action = Action::edit;
  a.path = std::move(path);
  a.cwd = "/home/ada/demo";
  a.session = "s1";
  return a;
}

TEST_CASE("a file is named relative to the repository that holds it", "[heartbeat][unit]") {
  Fixture f;
  REQUIRE(f.files.make_directories("/home/ada/demo/.git", 0755));
  const Heartbeat h = f.make(edit("/home/ada/demo/src/a.cc"));
  CHECK(h.entity == "src/a.cc");
  CHECK(h.entity_type == EntityType::file);
  CHECK(h.project == "demo");
  CHECK(h.language == "C++");
  CHECK(h.app == "claude-code");
  CHECK(h.session == "hash-of-s1");
  CHECK(h.parent_session.empty());
}

TEST_CASE("the project is the file's, not the session's", "[heartbeat][unit]") {
  Fixture f;
  REQUIRE(f.files.make_directories("/home/ada/demo/.git", 0755));
  REQUIRE(f.files.make_directories("/home/ada/other/.git", 0755));
  const Heartbeat h = f.make(edit("/home/ada/other/README.md"));
  CHECK(h.project == "other");
  CHECK(h.entity == "README.md");
}

TEST_CASE("without a repository the session's directory is the project", "[heartbeat][unit]") {
  Fixture f;
  CHECK(f.make(edit("/home/ada/demo/a.cc")).project == "demo");
  CHECK(f.make(edit("/home/ada/demo/a.cc")).entity == "a.cc");
  const Heartbeat outside = f.make(edit("/home/ada/notes.md"));
  CHECK(outside.project.empty());
  CHECK(outside.entity == "~/notes.md");
  CHECK(f.make(edit("/etc/hosts")).entity == "/etc/hosts");
}

TEST_CASE("what touches no file is about the tool itself", "[heartbeat][unit]") {
  Fixture f;
  const Heartbeat h = f.make(edit(""));
  CHECK(h.entity == "claude-code");
  CHECK(h.entity_type == EntityType::app);
  CHECK(h.project == "demo");
}

TEST_CASE("a time in the future is clamped and flagged, its id is not changed",
          "[heartbeat][unit]") {
  Fixture f;
  auto activity = edit("");
  activity.time = activity.identity.first_time = kNow + std::chrono::hours{2};
  const Heartbeat h = f.make(activity);
  CHECK(h.time == kNow);
  CHECK(h.flags == std::vector<std::string>{"clamped"});
  CHECK(to_event_key(h.id.text())->time_ms ==
        static_cast<std::uint64_t>(unix_ms(kNow + std::chrono::hours{2})));
}

TEST_CASE("a heartbeat that is sent twice has one id", "[heartbeat][unit]") {
  Fixture f;
  Heartbeat sent;
  sent.time = kNow;
  sent.entity = "/home/ada/demo/a.cc";
  sent.entity_type = EntityType::file;
  const Heartbeat one = f.maker.complete(sent, kNow, MonoTime{});
  CHECK(one.id == f.maker.complete(sent, kNow, MonoTime{}).id);
  CHECK(one.language == "C++");
  CHECK(one.entity == "~/demo/a.cc");
  sent.is_write = true;
  CHECK(one.id != f.maker.complete(sent, kNow, MonoTime{}).id);
}

}  // namespace
}  // namespace vigil::agent
