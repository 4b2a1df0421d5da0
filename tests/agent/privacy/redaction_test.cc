#include "agent/privacy/redaction.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat_json.h"

namespace vigil::agent {
namespace {

Heartbeat save() {
  Heartbeat heartbeat;
  heartbeat.id = EventId("evt_00000000000000000001");
  heartbeat.time = *parse_rfc3339("2026-11-01T12:00:00Z");
  heartbeat.action = Action::save;
  heartbeat.entity = "src/secret plan.py";
  heartbeat.entity_type = EntityType::file;
  heartbeat.project = "moonshot";
  heartbeat.branch = "feature/secret";
  heartbeat.language = "Python";
  heartbeat.lines = 120;
  heartbeat.lineno = 7;
  heartbeat.lines_added = 3;
  return heartbeat;
}

Redaction redaction(HiddenNames hidden, std::vector<std::string> projects = {}) {
  return {hidden, std::move(projects), [](std::string_view) { return std::string("project-x"); }};
}

TEST_CASE("Nothing hidden leaves the bytes alone") {
  CHECK(redaction({}).is_empty());
  CHECK_FALSE(redaction({}).apply(to_json(save())));
}

TEST_CASE("Files, branches and projects are hidden each by itself") {
  Heartbeat files = save();
  redaction({.files = true}).apply(files);
  CHECK(files.entity == "HIDDEN.py");
  CHECK_FALSE(files.lines);
  CHECK_FALSE(files.lineno);
  CHECK(files.lines_added == 3);
  CHECK(files.language == "Python");
  CHECK(files.project == "moonshot");

  Heartbeat branches = save();
  redaction({.branches = true}).apply(branches);
  CHECK(branches.branch.empty());
  CHECK(branches.entity == save().entity);

  Heartbeat projects = save();
  redaction({.projects = true}).apply(projects);
  CHECK(projects.project == "project-x");
}

TEST_CASE("Of a hidden project no name gets out in any way") {
  auto hide = redaction({}, {"moonshot"});
  const auto body = hide.apply(to_json(save()));
  REQUIRE(body);
  for (const auto* word : {"moonshot", "secret", "plan", "feature"}) {
    INFO(*body);
    CHECK(body->find(word) == std::string::npos);
  }
  CHECK(body->find(R"("id":"evt_00000000000000000001")") != std::string::npos);
  Heartbeat other = save();
  other.project = "open";
  CHECK(hide.apply(to_json(other)) == to_json(other));
}

TEST_CASE("Names without an extension, dot files and apps") {
  const auto hidden = [](std::string entity, EntityType type = EntityType::file) {
    Heartbeat heartbeat = save();
    heartbeat.entity = std::move(entity);
    heartbeat.entity_type = type;
    redaction({.files = true}).apply(heartbeat);
    return heartbeat.entity;
  };
  CHECK(hidden("a/b/Makefile") == "HIDDEN");
  CHECK(hidden("a.d/.profile") == "HIDDEN");
  CHECK(hidden("a.tar.gz") == "HIDDEN.gz");
  CHECK(hidden("claude-code", EntityType::app) == "claude-code");
}

TEST_CASE("A body that does not read is not told") {
  CHECK(redaction({.files = true}).apply("not json with a secret") == "{}");
}

TEST_CASE("The words of both lists count") {
  const std::vector<std::string> everywhere{"branches"};
  const std::vector<std::string> here{"files"};
  CHECK(hidden_names(everywhere, here) == HiddenNames{true, true, false});
  CHECK(is_hideable("projects"));
  CHECK_FALSE(is_hideable("names"));
}

}  // namespace
}  // namespace vigil::agent
