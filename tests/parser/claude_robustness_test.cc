#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <string>

#include "parser/claude_parser.h"
#include "parser/claude_record.h"
#include "tests/parser/claude_logs.h"

namespace vigil::parser::test {
namespace {

constexpr std::string_view kPath = "/logs/s1.jsonl";

std::string joined(const std::vector<Activity>& activities) {
  std::string all;
  for (const auto& activity : activities) all += describe(activity) + "\n";
  return all;
}

/// Whether all that `part` tells, `whole` tells too.
bool is_told_by(const std::vector<Activity>& part, const std::vector<Activity>& whole) {
  std::multiset<std::string> known;
  for (const auto& activity : whole) known.insert(describe(activity));
  return std::ranges::all_of(
      part, [&](const Activity& activity) { return known.contains(describe(activity)); });
}

/// The log of a version that holds most kinds of records.
std::filesystem::path sample_of(std::string_view version) {
  const auto paths = claude_logs_of(version);
  return *std::ranges::max_element(paths, {}, [](const auto& path) {
    std::set<std::string> kinds;
    const auto text = read_file(path);
    const auto parser = make_claude_parser(path.string());
    for (const auto line : lines_of(text)) {
      for (const auto& activity : parse(*parser, line)) {
        kinds.insert(std::string(name_of(activity.action)) + activity.tool);
      }
    }
    return kinds.size();
  });
}

std::string prompt(std::string_view id) {
  return R"({"parentUuid":null,"type":"user","message":{"role":"user","content":"hi"},"uuid":")" +
         std::string(id) +
         R"(","timestamp":"2025-06-01T08:00:00.000Z","sessionId":"s2","cwd":"/home/ada"})";
}

}  // namespace

TEST_CASE("saving and restoring between any two lines of Claude logs changes nothing",
          "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  for (const auto& path : claude_logs_of(version)) {
    const auto text = read_file(path);
    const auto whole = make_claude_parser(path.string());
    auto resumed = make_claude_parser(path.string());
    for (const auto line : lines_of(text)) {
      const auto state = resumed->save();
      REQUIRE(state.size() <= kStateMax);
      resumed = make_claude_parser(path.string());
      REQUIRE(resumed->restore(state));
      REQUIRE(resumed->save() == state);
      REQUIRE(joined(parse(*resumed, line)) == joined(parse(*whole, line)));
    }
  }
}

TEST_CASE("a state that is cut, too long or of another version is refused, and leaves nothing",
          "[parser][claude]") {
  const auto path = sample_of("2.0.76");
  const auto parser = make_claude_parser(path.string());
  const auto fresh = parser->save();
  const auto text = read_file(path);
  const auto lines = lines_of(text);
  for (const auto line : std::span(lines).first(lines.size() / 2)) {
    static_cast<void>(parse(*parser, line));
  }
  const auto state = parser->save();
  REQUIRE(state.size() > fresh.size());
  for (std::size_t size = 0; size < state.size(); ++size) {
    REQUIRE(!parser->restore(std::string_view(state).substr(0, size)));
    REQUIRE(parser->save() == fresh);
  }
  CHECK(!parser->restore(state + "x"));
  auto other = state;
  other[0] ^= 1;
  CHECK(!parser->restore(other));
  CHECK(parser->restore(state));
}

TEST_CASE("a Claude line cut anywhere tells nothing that the whole line does not",
          "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  const auto path = sample_of(version);
  const auto text = read_file(path);
  const auto parser = make_claude_parser(path.string());
  for (const auto line : lines_of(text)) {
    const auto state = parser->save();
    const auto whole = parse(*parser, line);
    const auto step = std::max<std::size_t>(1, line.size() / 400);
    for (std::size_t size = 0; size < line.size(); size += step) {
      const auto cut = make_claude_parser(path.string());
      REQUIRE(cut->restore(state));
      REQUIRE(is_told_by(parse(*cut, line.substr(0, size)), whole));
      const auto& counts = cut->counts();
      REQUIRE(counts.derived + counts.ignored + counts.malformed == 1);
    }
  }
}

TEST_CASE("flipped bytes in Claude logs crash nothing, and every line is counted once",
          "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  std::minstd_rand random(11);
  const auto path = sample_of(version);
  const auto text = read_file(path);
  for (int round = 0; round < 40; ++round) {
    auto flipped = text;
    for (int i = 0; i < 100; ++i) {
      flipped[random() % flipped.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    const auto parser = make_claude_parser(path.string());
    std::uint64_t lines = 0;
    for (const auto line : lines_of(flipped)) {
      ++lines;
      for (const auto& activity : parse(*parser, line)) {
        CHECK(!strings_of(activity).contains("Please"));
      }
    }
    const auto& counts = parser->counts();
    CHECK(counts.derived + counts.ignored + counts.malformed == lines);
    CHECK(parser->save().size() <= kStateMax);
  }
}

TEST_CASE("records glued together, spliced or behind junk are found again", "[parser][claude]") {
  const auto a = prompt("a");
  const auto b = prompt("b");
  const auto [line, ids] = GENERATE_COPY(table<std::string, std::string>({
      {a + b, "ab"},
      {a.substr(0, 60) + b, "b"},
      {a.substr(0, a.size() / 2) + b, "b"},
      {a + b.substr(0, 50), "a"},
      {a.substr(0, 60) + b + a.substr(0, 60), "b"},
      {a + "," + b, "ab"},
      {std::string(1000, '\0') + b, "b"},
      {"\xef\xbb\xbf" + b, "b"},
      {b + "\r", "b"},
      {" \t" + b + "  ", "b"},
      {"\xff\xfe garbage", ""},
      {R"({"type":"summary","summary":"x"})" + b, "b"},
  }));
  const auto parser = make_claude_parser(kPath);
  std::string found;
  for (const auto& activity : parse(*parser, line)) found += activity.identity.key;
  CHECK(found == ids);
  CHECK(parser->counts().derived == (ids.empty() ? 0 : 1));
  CHECK(parser->counts().malformed == (ids.empty() ? 1 : 0));
}

TEST_CASE("a line of broken beginnings is given up after a bounded number of tries",
          "[parser][claude]") {
  std::string line;
  for (int i = 0; i < 63; ++i) line += R"({"x)";
  const auto parser = make_claude_parser(kPath);
  CHECK(parse(*parser, line + prompt("a")).size() == 1);
  CHECK(parse(*parser, line + R"({"x{"x)" + prompt("a")).empty());
  CHECK(parser->counts().malformed == 1);
}

TEST_CASE("deep nesting, huge numbers and doubled keys do no harm", "[parser][claude]") {
  const auto deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  auto nested = prompt("a");
  nested.insert(1, R"("toolUseResult":)" + deep + ",");
  const auto parser = make_claude_parser(kPath);
  CHECK(parse(*parser, nested).size() == 1);
  static_cast<void>(parse(*parser, std::string(1'000'000, '[')));
  static_cast<void>(parse(*parser, R"({"message":)" + deep));
  auto numbers = prompt("b");
  numbers.insert(
      1,
      R"("message":{"id":1e999,"usage":{"input_tokens":1e999,"output_tokens":-99999999999999999999}},)");
  CHECK(parse(*parser, numbers).size() == 1);
  CHECK(parser->counts().malformed == 2);
}

TEST_CASE("a huge line is read without keeping what it took", "[parser][claude]") {
  const std::string text(std::size_t{8} << 20, 'x');
  auto line = prompt("a");
  line.insert(line.find("hi"), text);
  const auto parser = make_claude_parser(kPath);
  const auto activities = parse(*parser, line);
  REQUIRE(activities.size() == 1);
  CHECK(activities[0].prompt_length == static_cast<std::int64_t>(text.size()) + 2);
  CHECK(parser->save().size() < 100);
}

TEST_CASE("texts that are too long to be names are not taken for names", "[parser][claude]") {
  const std::string text(5000, 'q');
  std::string line =
      R"({"type":"assistant","timestamp":"2025-06-01T08:00:00Z","sessionId":"s1","agentId":"@",)"
      R"("isSidechain":true,"cwd":"/@","gitBranch":"@","version":"@","uuid":"@","requestSessionId":"@",)"
      R"("message":{"id":"msg_0123456789abcdef","model":"@","usage":{"output_tokens":1},"content":[)"
      R"({"type":"tool_use","id":"@","name":"@","input":{}},)"
      R"({"type":"tool_use","id":"t","name":"@","input":{"file_path":"/@"}},)"
      R"({"type":"tool_use","id":"w","name":"Write","input":{"file_path":"/@"}}]}})";
  for (auto at = line.find('@'); at != std::string::npos; at = line.find('@', at + text.size())) {
    line.replace(at, 1, text);
  }
  const auto parser = make_claude_parser("/logs/other.jsonl");
  const auto activities = parse(*parser, line);
  CHECK(activities.size() == 3);
  CHECK(!joined(activities).contains("qqqq"));
  CHECK(!parser->save().contains("qqqq"));
}

TEST_CASE("blocks beyond the bound of one record are not seen", "[parser][claude]") {
  std::string content;
  for (std::size_t i = 0; i <= kClaudeBlocksMax; ++i) {
    content += (i == 0 ? "" : ",") + std::string(R"({"type":"tool_use","id":"t)") +
               std::to_string(i) + R"(","name":"Bash","input":{}})";
  }
  const auto parser = make_claude_parser(kPath);
  const auto line =
      R"({"type":"assistant","timestamp":"2025-06-01T08:00:00Z","sessionId":"s2","message":{"content":[)" +
      content + "]}}";
  CHECK(parse(*parser, line).size() == kClaudeBlocksMax);
}

TEST_CASE("no text of any field leaves the Claude parser or stays in its state",
          "[parser][claude][privacy]") {
  const std::string common =
      R"("sessionId":"s1","timestamp":"2025-06-01T08:00:00Z","cwd":"/home/ada","slug":"CANARY","lastPrompt":"CANARY",)";
  std::string seen;
  const auto parser = make_claude_parser(kPath);
  for (
      const std::string_view fields :
      {R"("type":"user","message":{"role":"user","content":"CANARY"})",
       R"("type":"user","message":{"role":"user","content":[{"type":"text","text":"CANARY"},{"type":"image","source":{"data":"CANARY"}}]})",
       R"("type":"assistant","message":{"id":"msg_0123456789abcdef","model":"m","stop_reason":"CANARY","content":[{"type":"thinking","thinking":"CANARY","signature":"CANARY"},{"type":"text","text":"CANARY"},{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"CANARY","description":"CANARY","path":"CANARY"}},{"type":"tool_use","id":"t2","name":"mcp__CANARY__x","input":{"file_path":"/CANARY"}},{"type":"tool_use","id":"t3","name":"CANARY","input":{"file_path":"/CANARY"}},{"type":"tool_use","id":"t4","name":"Grep","input":{"pattern":"CANARY","path":"/CANARY"}},{"type":"tool_use","id":"t5","name":"Task","input":{"prompt":"CANARY"}},{"type":"tool_use","id":"t6","name":"Write","input":{"file_path":"/a.cc","content":"CANARY"}}]})",
       R"("type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"CANARY"}]},"toolUseResult":{"stdout":"CANARY","stderr":"CANARY"})",
       R"("type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t6","content":"CANARY"}]},"toolUseResult":{"type":"create","filePath":"/CANARY","content":"CANARY","originalFile":"CANARY","structuredPatch":[{"lines":["+CANARY"]}]})",
       R"("type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t5","content":[{"type":"text","text":"CANARY"}]}]},"toolUseResult":"CANARY")",
       R"("type":"system","subtype":"api_error","error":{"message":"CANARY"})",
       R"("type":"assistant","isApiErrorMessage":true,"message":{"model":"<synthetic>","content":[{"type":"text","text":"CANARY"}]})",
       R"("type":"attachment","attachment":{"type":"queued_command","prompt":"CANARY","commandMode":"prompt"})",
       R"("type":"progress","data":{"type":"hook","output":"CANARY"})",
       R"("type":"summary","summary":"CANARY")",
       R"("type":"queue-operation","content":"CANARY")"}) {
    for (const auto& activity : parse(*parser, "{" + common + std::string(fields) + "}")) {
      seen += strings_of(activity);
    }
    seen += parser->save();
  }
  CHECK(parser->counts().malformed == 0);
  CHECK(parser->counts().derived == 9);
  CHECK(!seen.contains("CANARY"));
}

}  // namespace vigil::parser::test
