#include "agent/cli/health.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

JsonValue daemon(std::string_view json) {
  return *JsonValue::parse(json);
}

QueueStatus queue_with(SinkNote note, std::uint64_t quarantined) {
  SinkStatus sink;
  sink.name = SinkName("hub");
  sink.note = std::move(note);
  sink.lanes[0].quarantined = quarantined;
  QueueStatus queue;
  queue.sinks.push_back(sink);
  return queue;
}

TEST_CASE("without an agent nothing is recorded", "[cli][unit]") {
  const Verdict verdict = judge(std::nullopt, std::nullopt);
  CHECK(verdict.health == Health::down);
  CHECK(verdict.reasons == std::vector<std::string>{"no agent is running: agent run"});
}

TEST_CASE("an agent with nothing to say is well", "[cli][unit]") {
  CHECK(judge(daemon(R"({"ok":true,"queue_trouble":"","key_trouble":""})"), queue_with({}, 0))
            .health == Health::ok);
}

TEST_CASE("what a person should look at is a reason", "[cli][unit]") {
  const auto* text = GENERATE(R"({"queue_trouble":"disk full"})", R"({"key_trouble":"key: mode"})",
                              R"({"watcher":{"watches_failed":3}})",
                              R"({"watcher":{"unreadable":["/a: denied"]}})");
  const Verdict verdict = judge(daemon(text), std::nullopt);
  CHECK(verdict.health == Health::degraded);
  CHECK(verdict.reasons.size() == 1);
}

TEST_CASE("a sink in trouble degrades, with its own words", "[cli][unit]") {
  SinkNote note;
  note.condition = "retrying";
  note.last_error = "connect: refused";
  const Verdict verdict = judge(daemon("{}"), queue_with(note, 2));
  CHECK(verdict.health == Health::degraded);
  CHECK(verdict.reasons == std::vector<std::string>{"hub is retrying: connect: refused",
                                                    "hub refused 2 heartbeats: agent queue list"});
}

TEST_CASE("the worst reason stands first", "[cli][unit]") {
  Verdict verdict;
  verdict.note(Health::degraded, "a");
  verdict.note(Health::down, "b");
  verdict.note(Health::degraded, "c");
  CHECK(verdict.health == Health::down);
  CHECK(verdict.reasons == std::vector<std::string>{"b", "a", "c"});
}

}  // namespace
}  // namespace vigil::agent
