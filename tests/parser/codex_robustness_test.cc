#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "parser/codex_parser.h"
#include "tests/parser/codex_rollouts.h"

using namespace vigil::parser;
using namespace vigil::parser::test;

namespace {

/// One small rollout of each version that holds most kinds of lines.
std::filesystem::path sample_of(const std::string& version) {
  const auto paths = rollouts_of(version);
  return *std::ranges::find_if(paths, [&](const auto& path) {
    const auto name = path.filename().string();
    return name.find(version == "0.169.0"   ? "05-28-17"
                     : version == "0.142.5" ? "05-55-03"
                                            : "05-58-18") != std::string::npos;
  });
}

std::string joined(const std::vector<Activity>& activities) {
  std::string all;
  for (const auto& activity : activities) all += describe(activity) + "\n";
  return all;
}

}  // namespace

TEST_CASE("saving and restoring between any two lines changes nothing", "[parser][real]") {
  const std::string version = GENERATE("0.169.0", "0.142.5", "0.53.0");
  CAPTURE(version);
  for (const auto& path : rollouts_of(version)) {
    const auto text = read_file(path);
    const auto whole = make_codex_parser(path.string());
    auto resumed = make_codex_parser(path.string());
    for (const auto line : lines_of(text)) {
      const auto state = resumed->save();
      REQUIRE(state.size() <= kStateMax);
      resumed = make_codex_parser(path.string());
      REQUIRE(resumed->restore(state));
      REQUIRE(resumed->save() == state);
      REQUIRE(joined(parse(*resumed, line)) == joined(parse(*whole, line)));
    }
  }
}

TEST_CASE("after a state that cannot be restored the parser is as new", "[parser][unit]") {
  const auto parser = make_codex_parser("rollout-x.jsonl");
  const auto fresh = parser->save();
  static_cast<void>(
      parse(*parser,
            R"({"timestamp":"2025-11-02T10:00:00Z","type":"session_meta","payload":{"id":"s1"}})"));
  CHECK_FALSE(parser->restore("torn"));
  CHECK(parser->save() == fresh);
}

TEST_CASE("a line cut anywhere tells nothing that the whole line does not", "[parser][real]") {
  const std::string version = GENERATE("0.169.0", "0.142.5", "0.53.0");
  CAPTURE(version);
  const auto path = sample_of(version);
  const auto text = read_file(path);
  const auto parser = make_codex_parser(path.string());
  for (const auto line : lines_of(text)) {
    const auto state = parser->save();
    const auto whole = joined(parse(*parser, line));
    const auto step = std::max<std::size_t>(1, line.size() / 300);
    for (std::size_t size = 0; size < line.size(); size += step) {
      const auto cut = make_codex_parser(path.string());
      REQUIRE(cut->restore(state));
      const auto torn = joined(parse(*cut, line.substr(0, size)));
      if (!torn.empty()) CHECK(torn == whole);
    }
  }
}

TEST_CASE("records that were glued together or spliced are read where they are whole",
          "[parser][unit]") {
  const std::string session =
      R"({"timestamp":"2025-11-02T10:00:00Z","type":"session_meta","payload":{"id":"s1"}})";
  const std::string prompt =
      R"({"timestamp":"2025-11-02T10:00:01Z","type":"event_msg","payload":{"type":"user_message","message":"hi"}})";
  const auto [line, events] = GENERATE_COPY(table<std::string, std::size_t>({
      {session + prompt, 2},
      {session.substr(0, 70) + prompt, 1},
      {session + prompt.substr(0, 60), 1},
      {session + "," + prompt, 1},
      {R"({"timestamp":"2025-11-02T10:00:00Z","type":"response_item","payload":{"type":"reasoning"}})" +
           prompt,
       1},
      {R"({"timestamp":"2025-11-02T10:00:00Z","type":"response_item","payload":{"type":"function_call_output","call_id":"c","output":"x"}})" +
           prompt,
       1},
      {"x" + prompt, 1},
      {std::string(20, '\0') + prompt, 1},
      {session.substr(0, 70) + prompt.substr(0, 60), 0},
  }));
  const auto parser = make_codex_parser("rollout-x.jsonl");
  CHECK(parse(*parser, line).size() == events);
  CHECK(parser->counts().malformed == (events == 0));
}

TEST_CASE("flipped bytes crash nothing and leak nothing", "[parser][real]") {
  const std::string version = GENERATE("0.169.0", "0.142.5", "0.53.0");
  CAPTURE(version);
  std::minstd_rand random(7);
  const auto path = sample_of(version);
  const auto text = read_file(path);
  for (int round = 0; round < 40; ++round) {
    auto flipped = text;
    for (int i = 0; i < 60; ++i) {
      flipped[random() % flipped.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    const auto parser = make_codex_parser(path.string());
    std::uint64_t lines = 0;
    for (const auto line : lines_of(flipped)) {
      ++lines;
      for (const auto& activity : parse(*parser, line)) {
        CHECK(strings_of(activity).find("Please") == std::string::npos);
      }
    }
    const auto& counts = parser->counts();
    CHECK(counts.derived + counts.ignored + counts.malformed == lines);
    CHECK(parser->save().size() <= kStateMax);
  }
}

TEST_CASE("no text of any field leaves the parser or stays in its state", "[parser][privacy]") {
  const std::string canary = "CANARY";
  std::string seen;
  const auto parser = make_codex_parser("rollout-x.jsonl");
  for (
      const std::string payload :
      {R"("session_meta","payload":{"id":"s1","cwd":"/home/ada","originator":"CANARY","instructions":"CANARY","agent_nickname":"CANARY","git":{"branch":"main","repository_url":"CANARY"},"base_instructions":{"text":"CANARY"}}})",
       R"("turn_context","payload":{"turn_id":"t","cwd":"/home/ada","model":"m","user_instructions":"CANARY"}})",
       R"("event_msg","payload":{"type":"user_message","message":"CANARY","images":["CANARY"]}})",
       R"("event_msg","payload":{"type":"agent_message","message":"CANARY"}})",
       R"("response_item","payload":{"type":"reasoning","summary":[{"text":"CANARY"}]}})",
       R"("response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"CANARY"}]}})",
       R"("response_item","payload":{"type":"function_call","name":"CANARY","arguments":"{\"path\":\"CANARY\"}","call_id":"c0"}})",
       R"("response_item","payload":{"type":"function_call","name":"shell","namespace":"CANARY","arguments":"{\"command\":[\"bash\",\"-lc\",\"apply_patch CANARY\"],\"justification\":\"CANARY\"}","call_id":"c1"}})",
       R"("response_item","payload":{"type":"function_call_output","call_id":"c1","output":"CANARY"}})",
       R"("response_item","payload":{"type":"custom_tool_call","name":"apply_patch","call_id":"c2","input":"*** Begin Patch\n*** Update File: a.c\n-CANARY\n+CANARY2\n*** End Patch"}})",
       R"("response_item","payload":{"type":"custom_tool_call","name":"exec","call_id":"c3","input":"await CANARY;"}})",
       R"("event_msg","payload":{"type":"item_completed","item":{"type":"CommandExecution","id":"e1","command":["CANARY"],"cwd":"/home/ada","parsed_cmd":[{"type":"search","cmd":"CANARY","query":"CANARY","path":"CANARY"}],"status":"completed","aggregated_output":"CANARY","exit_code":0}}})",
       R"("event_msg","payload":{"type":"item_completed","item":{"type":"FileChange","id":"e2","changes":{"/a":{"type":"add","content":"CANARY"}},"status":"completed","stdout":"CANARY"}}})",
       R"("event_msg","payload":{"type":"item_completed","item":{"type":"CollabAgentToolCall","id":"e3","tool":"spawn_agent","prompt":"CANARY","status":"completed"}}})",
       R"("event_msg","payload":{"type":"item_completed","item":{"type":"McpToolCall","id":"e4","server":"CANARY","tool":"CANARY","arguments":"CANARY","status":"completed"}}})",
       R"("event_msg","payload":{"type":"mcp_tool_call_end","call_id":"e5","invocation":{"server":"CANARY","tool":"CANARY"},"result":"CANARY"}})",
       R"("event_msg","payload":{"type":"error","message":"CANARY"}})",
       R"("event_msg","payload":{"type":"task_complete","turn_id":"t","last_agent_message":"CANARY","error":{"message":"CANARY"}}})",
       R"("compacted","payload":{"message":"CANARY"}})"}) {
    const auto line = R"({"timestamp":"2025-11-02T10:00:00Z","type":)" + payload;
    for (const auto& activity : parse(*parser, line)) seen += strings_of(activity);
    seen += parser->save();
  }
  CHECK(parser->counts().malformed == 0);
  CHECK(parser->counts().derived >= 12);
  CHECK(seen.find(canary) == std::string::npos);
}
