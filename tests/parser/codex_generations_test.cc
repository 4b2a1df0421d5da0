// Hand-made rollouts, for what no real log at hand shows: the generations before September 2025,
// histories that are copied from a parent, and the records around them. The texts are invented; the
// fields follow what is known of each version.

#include <catch2/catch.hpp>

#include "parser/codex_parser.h"
#include "tests/parser/codex_rollouts.h"

using namespace vigil::parser;
using namespace vigil::parser::test;

namespace {

const std::string kParent = "01900000-0000-7000-8000-00000000aaaa";
const std::string kChild = "01900000-9999-7000-8000-00000000bbbb";

std::string line(const std::string& time, const std::string& type, const std::string& payload) {
  return R"({"timestamp":"2025-11-02T10:)" + time + R"(Z","type":")" + type + R"(","payload":)" +
         payload + "}\n";
}

std::string meta(const std::string& time, const std::string& id, const std::string& more = "") {
  return line(time, "session_meta",
              R"({"id":")" + id + R"(","timestamp":"2025-11-02T10:)" + time +
                  R"(Z","cwd":"/home/ada/demo","cli_version":"0.80.0")" + more +
                  R"(,"git":{"branch":"main"}})");
}

std::string turn(const std::string& time, const std::string& id, const std::string& model) {
  return line(time, "event_msg", R"({"type":"task_started","turn_id":")" + id + R"("})") +
         line(time, "turn_context",
              R"({"turn_id":")" + id + R"(","cwd":"/home/ada/demo","model":")" + model + R"("})");
}

std::string prompt(const std::string& time, const std::string& text) {
  return line(time, "event_msg",
              R"({"type":"user_message","message":")" + text + R"(","kind":"plain"})");
}

std::string usage(int input, int output) {
  return R"({"input_tokens":)" + std::to_string(input) +
         R"(,"cached_input_tokens":0,"output_tokens":)" + std::to_string(output) +
         R"(,"reasoning_output_tokens":0,"total_tokens":)" + std::to_string(input + output) + "}";
}

std::string tokens(const std::string& time, const std::string& total, const std::string& last) {
  return line(time, "event_msg",
              R"({"type":"token_count","info":{"total_token_usage":)" + total +
                  R"(,"last_token_usage":)" + last + "}}");
}

std::string call(const std::string& time, const std::string& id, const std::string& name,
                 const std::string& arguments) {
  return line(time, "response_item",
              R"({"type":"function_call","name":")" + name + R"(","arguments":")" + arguments +
                  R"(","call_id":")" + id + R"("})");
}

std::string output(const std::string& time, const std::string& id, const std::string& text) {
  return line(
      time, "response_item",
      R"({"type":"function_call_output","call_id":")" + id + R"(","output":")" + text + R"("})");
}

const std::string kParentTurn = "01900000-1111-7000-8000-000000000001";
const std::string kOwnTurn = "01900000-aaaa-7000-8000-000000000002";

}  // namespace

namespace {

const std::string kDocument = R"({
  "session": {
    "timestamp": "2025-05-01T09:00:00.000Z",
    "id": "c0ffee00-94b8-487b-a530-2aeb6098ae0e",
    "instructions": ""
  },
  "items": [
    {
      "role": "user",
      "content": [
        {
          "type": "input_text",
          "text": "hi there"
        }
      ],
      "type": "message"
    },
    {
      "id": "fc_1",
      "type": "function_call",
      "status": "completed",
      "arguments": "{\"command\":[\"ls\"]}",
      "call_id": "call_a",
      "name": "shell"
    },
    {
      "type": "function_call_output",
      "call_id": "call_a",
      "output": "{\"output\":\"x\",\"metadata\":{\"exit_code\":1,\"duration_seconds\":0}}"
    }
  ]
})";

}  // namespace

TEST_CASE("generation A: a document that is rewritten whole is read item by item",
          "[parser][codex]") {
  const auto ledger = parse_text(kDocument, "sessions/rollout-2025-05-01-c0ffee00.json");
  REQUIRE(ledger.of(Action::session_start).size() == 1);
  CHECK(ledger.of(Action::session_start)[0].session == "c0ffee00-94b8-487b-a530-2aeb6098ae0e");
  REQUIRE(ledger.of(Action::prompt).size() == 1);
  CHECK(ledger.of(Action::prompt)[0].prompt_length == 8);
  REQUIRE(ledger.of(Action::tool).size() == 1);
  CHECK(ledger.of(Action::tool)[0].ok == false);
}

TEST_CASE("generation A: a state from inside an item is refused, and holds no text",
          "[parser][codex]") {
  const auto parser = make_codex_parser("rollout-x.json");
  std::size_t refused = 0;
  for (const auto each : lines_of(kDocument)) {
    static_cast<void>(parse(*parser, each));
    const auto state = parser->save();
    CHECK(state.find("hi there") == std::string::npos);
    auto resumed = make_codex_parser("rollout-x.json");
    if (resumed->restore(state)) {
      CHECK(resumed->save() == state);
    } else {
      ++refused;
    }
  }
  CHECK(refused == 24);
  const auto& counts = parser->counts();
  CHECK(counts.derived == 4);
  CHECK(counts.malformed == 0);
  CHECK(counts.derived + counts.ignored == lines_of(kDocument).size());
}

TEST_CASE("generation A: an item beyond its bound is no record, and the next one is read",
          "[parser][codex]") {
  const auto parser = make_codex_parser("rollout-x.json");
  const std::string huge(3U << 20U, 'x');
  static_cast<void>(parse(*parser, "    {"));
  static_cast<void>(parse(*parser, R"(      "a": ")" + huge + R"(",)"));
  static_cast<void>(parse(*parser, R"(      "b": ")" + huge + R"(")"));
  static_cast<void>(parse(*parser, R"(      "type": "message")"));
  CHECK(parse(*parser, "    },").empty());
  CHECK(parser->counts().malformed == 1);
  static_cast<void>(parse(*parser, "    {"));
  static_cast<void>(parse(
      *parser, R"("type":"message","role":"user","content":[{"type":"input_text","text":"x"}])"));
  CHECK(parse(*parser, "    }").size() == 1);
}

TEST_CASE("generation B: bare items have the session's time and the directory of its environment",
          "[parser][codex]") {
  const auto ledger = parse_text(
      R"({"id":"5973b6c0-94b8-487b-a530-2aeb6098ae0e","timestamp":"2025-07-01T09:00:00.000Z","instructions":"secret","git":{"branch":"dev"}})"
      "\n"
      R"({"record_type":"state"})"
      "\n"
      R"({"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context>\nCurrent working directory: /home/ada/old\nApproval"}]})"
      "\n"
      R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi there"}]})"
      "\n"
      R"({"type":"function_call","name":"shell","arguments":"{\"command\":[\"apply_patch\",\"*** Begin Patch\\n*** Add File: a.c\\n+x\\n*** End Patch\"]}","call_id":"call_b"})"
      "\n"
      R"({"type":"function_call_output","call_id":"call_b","output":"{\"output\":\"ok\",\"metadata\":{\"exit_code\":0}}"})"
      "\n"
      R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]})"
      "\n");
  REQUIRE(ledger.of(Action::session_start).size() == 1);
  REQUIRE(ledger.of(Action::prompt).size() == 1);
  CHECK(ledger.of(Action::prompt)[0].prompt_length == 8);
  CHECK(ledger.of(Action::prompt)[0].branch == "dev");
  CHECK(vigil::format_rfc3339(ledger.of(Action::prompt)[0].time) == "2025-07-01T09:00:00.000Z");
  REQUIRE(ledger.of(Action::write).size() == 1);
  CHECK(ledger.of(Action::write)[0].path == "/home/ada/old/a.c");
  CHECK(ledger.of(Action::write)[0].lines_added == 1);
  REQUIRE(ledger.of(Action::reply).size() == 1);
  CHECK_FALSE(ledger.of(Action::reply)[0].tokens);
}

TEST_CASE("generation C before token counts: prompts and calls without replies",
          "[parser][codex]") {
  const auto ledger =
      parse_text(meta("00:00.000", kParent) + prompt("00:01.000", "go") +
                 line("00:01.500", "event_msg",
                      R"({"type":"user_message","message":"<x>","kind":"environment_context"})") +
                 call("00:02.000", "c1", "shell", R"({\"command\":[\"ls\"]})") +
                 output("00:03.000", "c1", R"(Exit code: 2\nOutput:\n)"));
  CHECK(ledger.of(Action::prompt).size() == 1);
  REQUIRE(ledger.of(Action::tool).size() == 1);
  CHECK(ledger.of(Action::tool)[0].ok == false);
  CHECK(ledger.of(Action::tool)[0].revision == 1);
  CHECK(ledger.of(Action::tool)[0].time < vigil::parse_rfc3339("2025-11-02T10:00:02.001Z").value());
}

TEST_CASE("a fork that copies its parent's history counts only its own turns", "[parser][codex]") {
  const auto own = turn("30:05.000", kOwnTurn, "m2") + prompt("30:05.100", "mine") +
                   tokens("30:06.000", usage(150, 15), usage(50, 5));
  const auto copied_prompt = GENERATE(as<std::string>{}, "00:02.000", "30:00.010");
  const auto text = meta("30:00.000", kChild, R"(,"forked_from_id":")" + kParent + R"(")") +
                    meta("00:00.000", kParent) + turn(copied_prompt, kParentTurn, "m1") +
                    prompt(copied_prompt, "theirs") + call(copied_prompt, "old", "shell", "{}") +
                    tokens(copied_prompt, usage(100, 10), usage(100, 10)) + own;
  const auto ledger = parse_text(text);
  REQUIRE(ledger.of(Action::prompt).size() == 1);
  CHECK(ledger.of(Action::prompt)[0].prompt_length == 4);
  CHECK(ledger.of(Action::prompt)[0].session == kChild);
  CHECK(ledger.of(Action::prompt)[0].parent_session == kParent);
  CHECK(ledger.calls().empty());
  REQUIRE(ledger.of(Action::session_start).size() == 1);
  CHECK(ledger.tokens_by_model() == std::map<std::string, Tokens>{{"m2", {50, 0, 0, 5, 0}}});
}

TEST_CASE("a copied history without a mark ends when time goes on", "[parser][codex]") {
  const auto ledger = parse_text(
      meta("30:00.000", kChild, R"(,"forked_from_id":")" + kParent + R"(")") +
      meta("30:00.001", kParent) +
      line("30:00.001", "turn_context", R"({"cwd":"/home/ada/demo","model":"m1"})") +
      prompt("30:00.001", "theirs") + tokens("30:00.001", usage(100, 10), usage(100, 10)) +
      prompt("31:00.000", "mine") + tokens("31:01.000", usage(100, 10), usage(100, 10)) +
      tokens("31:02.000", usage(130, 13), usage(30, 3)));
  CHECK(ledger.of(Action::prompt).size() == 1);
  CHECK(ledger.tokens_by_model() == std::map<std::string, Tokens>{{"m1", {30, 0, 0, 3, 0}}});
}

TEST_CASE("a sub-agent's copied history ends where it is handed its task", "[parser][codex]") {
  const auto spawn = R"(,"source":{"subagent":{"thread_spawn":{"parent_thread_id":")" + kParent +
                     R"(","depth":1}}})";
  const auto ledger =
      parse_text(meta("30:00.000", kChild, spawn) + call("30:00.001", "old", "shell", "{}") +
                 line("30:00.002", "inter_agent_communication", R"({"text":"secret"})") +
                 prompt("30:00.003", "the task") + call("30:00.900", "new", "shell", "{}"));
  CHECK(ledger.of(Action::prompt).empty());
  REQUIRE(ledger.calls().size() == 1);
  CHECK(ledger.calls()[0].identity.key == "new");
  CHECK(ledger.calls()[0].parent_session == kParent);
}

TEST_CASE("a reviewer that Codex starts itself has no human either", "[parser][codex]") {
  const auto ledger = parse_text(meta("00:00.000", kChild, R"(,"source":{"subagent":"review"})") +
                                 prompt("00:02.000", "look at this"));
  CHECK(ledger.of(Action::prompt).empty());
}

TEST_CASE("a paginated fork takes its parent's totals as where it starts", "[parser][codex]") {
  const auto fork = R"(,"forked_from_id":")" + kParent +
                    R"(","history_mode":"paginated","history_base":{"thread_id":")" + kParent +
                    R"("})";
  const auto ledger = parse_text(
      meta("30:00.000", kChild, fork) + turn("30:00.100", kOwnTurn, "m") +
      tokens("30:00.200", usage(900, 90), usage(100, 10)) + call("30:01.000", "c", "shell", "{}") +
      tokens("30:02.000", usage(950, 95), usage(50, 5)));
  CHECK(ledger.tokens_by_model() == std::map<std::string, Tokens>{{"m", {50, 0, 0, 5, 0}}});
}

TEST_CASE("a response before a fork's first turn has the model that the compaction names",
          "[parser][codex]") {
  const auto record = line("30:01.000", "token_usage_record",
                           R"({"response_id":"resp_1","usage":)" + usage(310, 17) + "}");
  const auto compacted = [](const std::string& id) {
    return line("30:01.100", "compacted",
                R"({"message":"secret","replacement_history":[],"compaction_response_id":")" + id +
                    R"(","resume_metadata":{"previous_turn_settings":{"model":"parent-model"}}})");
  };
  const auto fork =
      meta("30:00.000", kChild, R"(,"forked_from_id":"p","history_mode":"paginated")");
  const auto ledger =
      parse_text(fork + record + compacted("resp_1") + turn("30:02.000", kOwnTurn, "own"));
  REQUIRE(ledger.of(Action::reply).size() == 1);
  CHECK(ledger.of(Action::reply)[0].model == "parent-model");
  CHECK(ledger.of(Action::reply)[0].revision == 1);

  const auto other =
      parse_text(fork + record + turn("30:02.000", kOwnTurn, "own") + compacted("resp_1"));
  CHECK(other.of(Action::reply)[0].model.empty());
}

TEST_CASE("totals are ignored once responses are recorded by id", "[parser][codex]") {
  const auto ledger = parse_text(meta("00:00.000", kParent) + turn("00:01.000", kParentTurn, "m") +
                                 line("00:02.000", "token_usage_record",
                                      R"({"response_id":"r1","usage":)" + usage(10, 1) + "}") +
                                 tokens("00:02.100", usage(10, 1), usage(10, 1)) +
                                 tokens("00:03.000", usage(99, 9), usage(89, 8)));
  CHECK(ledger.tokens_by_model() == std::map<std::string, Tokens>{{"m", {10, 0, 0, 1, 0}}});
}

TEST_CASE("input tokens are told without what came from the cache", "[parser][codex]") {
  const auto ledger = parse_text(
      meta("00:00.000", kParent) + turn("00:01.000", kParentTurn, "m") +
      line(
          "00:02.000", "token_usage_record",
          R"({"response_id":"r1","usage":{"input_tokens":100,"cached_input_tokens":60,"cache_write_input_tokens":30,"output_tokens":9,"reasoning_output_tokens":4}})"));
  CHECK(ledger.of(Action::reply).at(0).tokens == Tokens{10, 60, 30, 9, 4});
}

TEST_CASE("a prompt that two kinds of lines repeat is one prompt", "[parser][codex]") {
  const auto item = [](const std::string& time) {
    return line(
        time, "event_msg",
        R"({"type":"item_completed","thread_id":"t","turn_id":"u","item":{"type":"UserMessage","id":"i1","content":[{"type":"text","text":"hello"}]}})");
  };
  CHECK(parse_text(meta("00:00.000", kParent) + prompt("00:01.000", "hello") + item("00:01.005"))
            .of(Action::prompt)
            .size() == 1);
  CHECK(parse_text(meta("00:00.000", kParent) + prompt("00:01.000", "hello") + item("00:09.000"))
            .of(Action::prompt)
            .size() == 2);
}

TEST_CASE("one edit told by three kinds of lines is one event for each file", "[parser][codex]") {
  const std::string patch =
      R"(*** Begin Patch\n*** Update File: b.c\n-x\n+y\n*** Add File: a.c\n+1\n*** End Patch)";
  const auto changes =
      R"("changes":{"/home/ada/demo/a.c":{"type":"add","content":"1\n"},"/home/ada/demo/b.c":{"type":"update","unified_diff":"@@ -1 +1 @@\n-x\n+y\n","move_path":null}})";
  const auto ledger = parse_text(
      meta("00:00.000", kParent) + turn("00:00.500", kParentTurn, "m") +
      line("00:01.000", "response_item",
           R"({"type":"custom_tool_call","call_id":"c","name":"apply_patch","input":")" + patch +
               R"("})") +
      line("00:01.100", "event_msg",
           std::string(R"({"type":"patch_apply_end","call_id":"c","success":true,)") + changes +
               "}") +
      line(
          "00:01.200", "event_msg",
          std::string(
              R"({"type":"item_completed","item":{"type":"FileChange","id":"c","status":"completed",)") +
              changes + "}}") +
      line(
          "00:01.300", "response_item",
          R"({"type":"custom_tool_call_output","call_id":"c","output":"Exit code: 0\nOutput:\n"})"));
  const auto calls = ledger.calls();
  REQUIRE(calls.size() == 2);
  for (const auto& edit : calls) {
    CHECK(edit.is_write);
    CHECK(edit.lines_added == 1);
    CHECK(edit.tool == "apply_patch");
    CHECK(vigil::format_rfc3339(edit.identity.first_time) == "2025-11-02T10:00:01.000Z");
  }
}

TEST_CASE("tools outside the fixed list have no name", "[parser][codex]") {
  const auto [name, tool, tool_class] = GENERATE(table<std::string, std::string, ToolClass>({
      {"my_secret_tool", "other", ToolClass::other},
      {"mcp__private__do", "mcp", ToolClass::mcp},
      {"server__do", "mcp", ToolClass::mcp},
      {"update_plan", "update_plan", ToolClass::plan},
      {"spawn_agent", "spawn_agent", ToolClass::agent},
  }));
  const auto ledger = parse_text(meta("00:00.000", kParent) + call("00:01.000", "c", name, "{}"));
  REQUIRE(ledger.calls().size() == 1);
  CHECK(ledger.calls()[0].tool == tool);
  CHECK(ledger.calls()[0].tool_class == tool_class);
}

TEST_CASE("shell, web and image calls of all spellings are told", "[parser][codex]") {
  const auto ledger = parse_text(
      meta("00:00.000", kParent) +
      line(
          "00:01.000", "response_item",
          R"({"type":"local_shell_call","call_id":"l","status":"completed","action":{"type":"exec","command":["ls"]}})") +
      line(
          "00:02.000", "response_item",
          R"({"type":"web_search_call","id":"w","status":"completed","action":{"type":"search","query":"secret"}})") +
      line("00:03.000", "event_msg",
           R"({"type":"mcp_tool_call_end","call_id":"m","invocation":{"server":"s","tool":"t"}})") +
      call("00:04.000", "v", "view_image", R"({\"path\":\"pic.png\"})"));
  std::map<std::string, ToolClass> classes;
  for (const auto& each : ledger.calls()) classes[each.identity.key] = each.tool_class;
  CHECK(classes == std::map<std::string, ToolClass>{{"l", ToolClass::shell},
                                                    {"w", ToolClass::web},
                                                    {"m", ToolClass::mcp},
                                                    {"v", ToolClass::read}});
  REQUIRE(ledger.of(Action::read).size() == 1);
  CHECK(ledger.of(Action::read)[0].path == "/home/ada/demo/pic.png");
}

TEST_CASE("turns that were aborted or refused are errors, others are not", "[parser][codex]") {
  const auto ledger = parse_text(
      meta("00:00.000", kParent) +
      line("00:01.000", "event_msg", R"({"type":"turn_aborted","reason":"interrupted"})") +
      line(
          "00:02.000", "event_msg",
          R"({"type":"task_complete","turn_id":"t2","last_agent_message":null,"error":{"message":"secret"}})") +
      line("00:03.000", "event_msg",
           R"({"type":"task_complete","turn_id":"t3","last_agent_message":"x"})"));
  CHECK(ledger.of(Action::error).size() == 2);
}

TEST_CASE("lines of unknown types and unusual key order are read or skipped, never fatal",
          "[parser][codex]") {
  const auto parser = make_codex_parser("rollout-x.jsonl");
  CHECK(
      parse(
          *parser,
          R"({"payload":{"cwd":"/x","id":"s1"},"type":"session_meta","timestamp":"2025-11-02T10:00:00Z"})")
          .size() == 1);
  CHECK(
      parse(
          *parser,
          R"({ "type" : "event_msg", "payload" : { "message" : "hi", "type" : "user_message" }, "timestamp" : "2025-11-02T10:00:01Z" })")
          .size() == 1);
  CHECK(parse(*parser,
              R"({"timestamp":"2025-11-02T10:00:02Z","type":"new thing","payload":{"type":"x"}})")
            .empty());
  CHECK(parse(*parser,
              R"({"timestamp":"2025-11-02T10:00:02Z","type":"event_msg","payload":{"type":"x"}})")
            .empty());
  CHECK(
      parse(
          *parser,
          R"({"timestamp":"2025-11-02T10:00:02Z","type":"event_msg","payload":{"type":"user_message","mess)")
          .empty());
  CHECK(parse(*parser, std::string(100, '\0')).empty());
  CHECK(parser->counts().derived == 2);
  CHECK(parser->counts().ignored == 2);
  CHECK(parser->counts().malformed == 2);
}

TEST_CASE("rollouts are found by their place and name", "[parser][codex]") {
  CHECK(is_codex_log("sessions/2026/11/21/rollout-2026-11-21T05-28-11-x.jsonl"));
  CHECK(is_codex_log("sessions/2026/11/21/rollout-x.jsonl.zst"));
  CHECK(is_codex_log("archived_sessions/rollout-x.jsonl"));
  CHECK(is_codex_log("sessions/rollout-2025-05-01-x.json"));
  CHECK_FALSE(is_codex_log("history.jsonl"));
  CHECK_FALSE(is_codex_log("rollout-x.jsonl"));
  CHECK_FALSE(is_codex_log("sessions/2026/11/21/other.jsonl"));
  CHECK_FALSE(is_codex_log("sessions/2026/11/21/rollout-x.sqlite"));
  for (const auto* directory :
       {"", "sessions", "sessions/2026", "sessions/2026/11/21", "archived_sessions"}) {
    CHECK(may_hold_codex_logs(directory));
  }
  for (const auto* directory :
       {"worktrees", "sessions/2026/11/21/22", "sessionsx", "archived_sessions/x"}) {
    CHECK_FALSE(may_hold_codex_logs(directory));
  }
}
