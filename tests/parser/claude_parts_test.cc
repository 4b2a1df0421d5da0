#include <catch2/catch.hpp>
#include <string>

#include "parser/claude_memory.h"
#include "parser/claude_parser.h"
#include "parser/claude_text.h"
#include "parser/claude_tools.h"
#include "parser/escaped_text.h"

namespace vigil::parser::test {
namespace {

PendingCall call_named(std::string id, std::string path = "") {
  PendingCall call;
  call.id = std::move(id);
  call.path = std::move(path);
  return call;
}

std::string id_of(std::size_t number) {
  return "t" + std::to_string(number);
}

}  // namespace

TEST_CASE("session logs are told from what else stands in a configuration directory",
          "[parser][claude]") {
  const std::string id = "7f098e74-33b3-4d23-b937-581ec002c294";
  const auto [path, is_log] = GENERATE_COPY(table<std::string, bool>({
      {"projects/-home-a/" + id + ".jsonl", true},
      {"projects/-home-a/agent-1f.jsonl", true},
      {"projects/-home-a/" + id + "/subagents/agent-1f.jsonl", true},
      {"projects/-home-a/" + id + "/subagents/workflow/a/agent-1f.jsonl", true},
      {"projects/-home-a/" + id + "/subagents/agent-1f.meta.json", false},
      {"projects/-home-a/" + id + "/subagents/journal.jsonl", false},
      {"projects/-home-a/" + id + "/tool-results/x.jsonl", false},
      {"projects/-home-a/" + id + "/custom-title.json", false},
      {"projects/-home-a/memory/x.jsonl", false},
      {"projects/-home-a/.jsonl", false},
      {"projects/x.jsonl", false},
      {"projects/", false},
      {"history.jsonl", false},
      {"todos/x.jsonl", false},
      {"", false},
  }));
  CAPTURE(path);
  CHECK(is_claude_log(path) == is_log);
}

TEST_CASE("only directories that may hold session logs are watched", "[parser][claude]") {
  const std::string id = "7f098e74-33b3-4d23-b937-581ec002c294";
  const auto [path, may_hold] = GENERATE_COPY(table<std::string, bool>({
      {"", true},
      {"projects", true},
      {"projects/-home-a", true},
      {"projects/-home-a/" + id, true},
      {"projects/-home-a/" + id + "/subagents", true},
      {"projects/-home-a/" + id + "/subagents/deeper/still", true},
      {"projects/-home-a/" + id + "/tool-results", false},
      {"projects/-home-a/memory", false},
      {"todos", false},
      {"file-history/" + id, false},
  }));
  CAPTURE(path);
  CHECK(may_hold_claude_logs(path) == may_hold);
}

TEST_CASE("a format is asked through one door", "[parser][claude]") {
  CHECK(app_name(Format::claude_code) == "claude-code");
  CHECK(app_name(Format::codex) == "codex");
  CHECK(is_session_log(Format::claude_code, "projects/-a/x.jsonl"));
  CHECK(!is_session_log(Format::codex, "projects/-a/x.jsonl"));
  CHECK(may_hold_session_logs(Format::claude_code, "projects"));
  CHECK(!may_hold_session_logs(Format::codex, "projects"));
  CHECK(make_log_parser(Format::claude_code, "x.jsonl")->counts().derived == 0);
  CHECK(make_log_parser(Format::codex, "x.jsonl")->counts().derived == 0);
}

TEST_CASE("escaped texts are measured in place", "[parser][claude]") {
  CHECK(count_escaped_code_points("") == 0);
  CHECK(count_escaped_code_points(R"(a\"b\\)") == 4);
  CHECK(count_escaped_code_points(R"(\ud83d\ude00\u00e9é)") == 3);
  CHECK(count_escaped_code_points(R"(cut \u00)") == 5);
  CHECK(count_escaped_lines("") == 0);
  CHECK(count_escaped_lines("a") == 1);
  CHECK(count_escaped_lines(R"(a\n)") == 1);
  CHECK(count_escaped_lines(R"(a\nb)") == 2);
  CHECK(count_escaped_lines(R"(\n\n)") == 2);
  CHECK(count_escaped_lines(R"(a\\nb)") == 1);
}

TEST_CASE("changed lines are those between a common beginning and end", "[parser][claude]") {
  const auto [before, after, added, removed] =
      GENERATE(table<std::string, std::string, std::int64_t, std::int64_t>({
          {"", R"(a\nb\n)", 2, 0},
          {R"(a\nb\nc)", R"(a\nc)", 0, 1},
          {R"(a\nb\nc)", R"(a\nx\ny\nc)", 2, 1},
          {R"(a\na)", R"(a\na\na)", 1, 0},
          {"a", "a", 0, 0},
          {"a", R"(a\n)", 1, 1},
      }));
  CHECK(compare_escaped_lines(before, after) == ChangedLines{added, removed});
}

TEST_CASE("texts of too many lines are not compared", "[parser][claude]") {
  std::string lines;
  for (std::size_t i = 0; i < kComparedLinesMax; ++i) lines += R"(x\n)";
  CHECK(compare_escaped_lines("", lines).has_value());
  CHECK(!compare_escaped_lines("", lines + "y").has_value());
}

TEST_CASE("a tool has a class and an action by its name alone", "[parser][claude]") {
  CHECK(claude_tool("Read").action == Action::read);
  CHECK(claude_tool("Write").action == Action::write);
  CHECK(claude_tool("MultiEdit").action == Action::edit);
  CHECK(claude_tool("MultiEdit").tool_class == ToolClass::write);
  CHECK(claude_tool("Bash").action == Action::tool);
  CHECK(claude_tool("Agent").tool_class == ToolClass::agent);
  CHECK(claude_tool("mcp__github__create_issue").name == "mcp");
  CHECK(claude_tool("bash").name == "other");
  CHECK(claude_tool("").tool_class == ToolClass::other);
  CHECK(claude_tool(claude_tool("mcp__x").name).tool_class == ToolClass::mcp);
}

TEST_CASE("calls that stay open are forgotten, the oldest first", "[parser][claude]") {
  PendingCalls calls;
  for (std::size_t i = 0; i <= PendingCalls::kCountMax; ++i) calls.add(call_named(id_of(i)));
  CHECK(calls.count() == PendingCalls::kCountMax);
  CHECK(!calls.take(id_of(0)).has_value());
  CHECK(calls.take(id_of(1)).has_value());
  CHECK(!calls.take(id_of(1)).has_value());
}

TEST_CASE("calls with long paths take no more room than others", "[parser][claude]") {
  PendingCalls calls;
  const std::string path(4000, 'p');
  for (std::size_t i = 0; i < 7; ++i) calls.add(call_named(id_of(i), path));
  CHECK(calls.count() == 6);
  CHECK(!calls.take(id_of(0)).has_value());
  calls.add(call_named(id_of(6)));
  CHECK(calls.take(id_of(6))->path.empty());
}

TEST_CASE("messages are remembered up to a bound, the oldest are forgotten", "[parser][claude]") {
  RecentReplies replies;
  for (std::size_t i = 0; i <= RecentReplies::kCountMax; ++i) {
    replies.find_or_add(id_of(i), from_unix_ms(5)).lines = 3;
  }
  CHECK(replies.count() == RecentReplies::kCountMax);
  CHECK(replies.find_or_add(id_of(1), from_unix_ms(9)).lines == 3);
  CHECK(replies.find_or_add(id_of(0), from_unix_ms(9)).lines == 0);
}

TEST_CASE("a state that is full of the longest texts stays within its bound", "[parser][claude]") {
  PendingCalls calls;
  RecentReplies replies;
  const std::string name(kClaudeNameMax - 4, 'n');
  for (std::size_t i = 0; i < 500; ++i) {
    auto call = call_named(name + std::to_string(1000 + i));
    call.change = ChangedLines{1, 1};
    call.creation = 1;
    calls.add(std::move(call));
    static_cast<void>(replies.find_or_add(name + name + std::to_string(1000 + i), {}));
  }
  StateWriter out;
  calls.save(out);
  replies.save(out);
  CHECK(std::move(out).take().size() < kStateMax);
}

}  // namespace vigil::parser::test
