#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "parser/claude_parser.h"
#include "tests/parser/claude_logs.h"

namespace vigil::parser::test {
namespace {

using Json = nlohmann::json;

/// A prompt that log and truth do not share, by its length in code points.
struct PromptException {
  std::string_view version;
  std::int64_t length;
  int in_log;    ///< how many more than the truth lists
  int in_truth;  ///< how many more than the log holds
  std::string_view reason;
};

constexpr std::array kPromptExceptions{
    PromptException{"1.0.128", 40, 0, 1,
                    "o07: after SIGINT the file holds a summary of another session, and no prompt"},
    PromptException{"2.0.76", 40, 0, 1,
                    "o07: after SIGINT the file holds one queue-operation, and no prompt"},
    PromptException{"2.1.329", 27, 0, 1, "p20: run with --no-session-persistence, writes no file"},
    PromptException{"2.1.329", 29, 1, 0,
                    "p19: came over stdin as stream-json, not in user_prompts"},
    PromptException{"2.1.329", 27, 1, 0,
                    "p19: came over stdin as stream-json, not in user_prompts"},
};

/// A call whose outcome the truth lacks: SIGINT ended the tool, the log says so, and no request
/// followed that could have carried it to the model (p08).
constexpr std::string_view kAbortedCall = "toolu_01f3ecf7f23f2f46adb14374";

Json fixture(std::string_view version, std::string_view name) {
  return Json::parse(read_file(std::filesystem::path(VIGIL_FIXTURES) / "claude" / version / name));
}

std::int64_t code_points(const std::string& text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

/// Prompts by their lengths in code points.
using Lengths = std::multiset<std::int64_t>;

Lengths prompts_in_logs(const Ledger& ledger) {
  Lengths lengths;
  for (const auto& prompt : ledger.of(Action::prompt)) lengths.insert(*prompt.prompt_length);
  return lengths;
}

Lengths prompts_in_truth(const Json& truth) {
  Lengths lengths;
  for (const auto& run : truth["runs"]) {
    for (const auto& prompt : run["user_prompts"]) {
      lengths.insert(code_points(prompt["text"].get<std::string>()));
    }
  }
  return lengths;
}

std::map<std::string, Json> calls_in_truth(const Json& truth) {
  std::map<std::string, Json> calls;
  for (const auto& run : truth["runs"]) {
    for (const auto& request : run["requests"]) {
      for (const auto& call : request["calls"]) calls[call["id"].get<std::string>()] = call;
    }
  }
  return calls;
}

std::map<std::string, Activity> calls_in_logs(const Ledger& ledger) {
  std::map<std::string, Activity> calls;
  for (const auto& call : ledger.calls()) calls.emplace(call.identity.key, call);
  return calls;
}

/// The class of a call in the words of the truth, which knows what its scripts did.
ToolClass class_in_truth(const Json& call) {
  static const std::map<std::string, ToolClass> kByKind{
      {"read", ToolClass::read},  {"write", ToolClass::write}, {"edit", ToolClass::write},
      {"bash", ToolClass::shell}, {"sub", ToolClass::agent},   {"todo", ToolClass::plan}};
  const auto known = kByKind.find(call["kind"].get<std::string>());
  if (known != kByKind.end()) return known->second;
  return call["tool"] == "ToolSearch" ? ToolClass::search : ToolClass::plan;
}

std::string text_of(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "-";
}

/// `path write +4 -1`, for calls that touch a file.
std::string touch_in_logs(const Activity& call) {
  if (call.path.empty()) return "";
  return call.path + (call.is_write ? " write" : " read") + " +" + text_of(call.lines_added) +
         " -" + text_of(call.lines_removed);
}

std::string touch_in_truth(const Json& call) {
  if (!call.contains("path")) return "";
  const bool is_ok = !call["result"].is_null() && !call["result"]["is_error"].get<bool>();
  const bool is_write = call["rw"] == "write" && is_ok;
  const auto number = [&](const char* name) {
    return is_write ? std::to_string(call[name].get<std::int64_t>()) : "-";
  };
  return call["path"].get<std::string>() + (is_write ? " write" : " read") + " +" +
         number("added") + " -" + number("removed");
}

}  // namespace

TEST_CASE("tokens of real Claude Code logs are those that a faithful reader finds",
          "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  INFO(version);
  const auto ledger = parse_claude_logs(version);
  const auto expected = fixture(version, "expected.json");

  Json found = Json::object();
  for (const auto& [model, tokens] : ledger.tokens_by_model()) {
    found[model] = {{"input", tokens.input},
                    {"cache_read", tokens.cache_read},
                    {"cache_write", tokens.cache_write},
                    {"output", tokens.output}};
  }
  CHECK(found == expected["tokens_by_model"]);
  CHECK(ledger.of(Action::reply).size() == expected["replies"].get<std::size_t>());
}

TEST_CASE("prompts of real Claude Code logs are those that were typed", "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  INFO(version);
  auto logged = prompts_in_logs(parse_claude_logs(version));
  auto typed = prompts_in_truth(fixture(version, "truth.json"));
  for (const auto& exception : kPromptExceptions) {
    if (exception.version != version) continue;
    for (int i = 0; i < exception.in_log; ++i) typed.insert(exception.length);
    for (int i = 0; i < exception.in_truth; ++i) logged.insert(exception.length);
  }
  CHECK(logged == typed);
}

TEST_CASE("tool calls of real Claude Code logs are those that were sent, by class and outcome",
          "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  const auto truth = calls_in_truth(fixture(version, "truth.json"));
  const auto logged = calls_in_logs(parse_claude_logs(version));
  for (const auto& [id, call] : logged) {
    INFO(version << " " << id);
    CHECK(truth.contains(id));
  }
  for (const auto& [id, sent] : truth) {
    INFO(version << " " << id << " " << sent.dump());
    const auto found = logged.find(id);
    CHECK(found != logged.end());
    if (found == logged.end()) continue;
    CHECK(name_of(found->second.tool_class) == name_of(class_in_truth(sent)));
    if (id == kAbortedCall) {
      CHECK(found->second.ok == false);
    } else if (sent["result"].is_null()) {
      CHECK(!found->second.ok.has_value());
    } else {
      CHECK(found->second.ok == !sent["result"]["is_error"].get<bool>());
    }
    CHECK(touch_in_logs(found->second) == touch_in_truth(sent));
  }
}

TEST_CASE("real Claude Code logs hold no line that is not understood", "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  for (const auto& path : claude_logs_of(version)) {
    INFO(path);
    const auto parser = make_claude_parser(path.string());
    const auto text = read_file(path);
    const auto lines = lines_of(text);
    for (const auto line : lines) static_cast<void>(parse(*parser, line));
    CHECK(parser->counts().malformed == 0);
    CHECK(parser->counts().derived + parser->counts().ignored == lines.size());
  }
}

TEST_CASE("copies of a record in a forked session become no second event", "[parser][claude]") {
  std::map<std::pair<IdentityKind, std::string>, std::set<std::int64_t>> times;
  const auto ledger = parse_claude_logs("2.1.329");
  for (const auto& [key, activity] : ledger.events()) {
    times[{activity.identity.kind, activity.identity.key}].insert(
        unix_ms(activity.identity.first_time));
  }
  for (const auto& [identity, seen] : times) {
    INFO(identity.second);
    CHECK(seen.size() == 1);
  }
}

TEST_CASE("sub-agents of real logs have sessions of their own below their parent's",
          "[parser][claude]") {
  std::set<std::string> children;
  const auto ledger = parse_claude_logs("2.1.329");
  for (const auto& [key, activity] : ledger.events()) {
    if (activity.parent_session.empty()) continue;
    CHECK(activity.session.starts_with(activity.parent_session + "/"));
    children.insert(activity.session);
  }
  CHECK(children.size() == 5);
}

TEST_CASE("every session of real logs starts once, in its own file", "[parser][claude]") {
  std::set<std::string> started;
  for (const auto& start : parse_claude_logs("2.1.329").of(Action::session_start)) {
    CHECK(started.insert(start.identity.key).second);
    CHECK(start.session == start.identity.key);
    CHECK(!start.cwd.empty());
  }
  CHECK(started.size() == 23);
}

TEST_CASE("errors and aborts of real logs are told without their text", "[parser][claude]") {
  const auto errors = parse_claude_logs("2.1.329").of(Action::error);
  CHECK(errors.size() == 9);
  for (const auto& error : errors) CHECK(error.tool.empty());
}

TEST_CASE("nothing that was typed, answered or run stands in any activity", "[parser][claude]") {
  const auto version = GENERATE(from_range(std::begin(kClaudeVersions), std::end(kClaudeVersions)));
  const auto truth = fixture(version, "truth.json");
  std::vector<std::string> canaries;
  for (const auto& run : truth["runs"]) {
    for (const auto& prompt : run["user_prompts"]) canaries.push_back(prompt["text"]);
  }
  for (const auto& [id, call] : calls_in_truth(truth)) {
    for (const char* name : {"cmd", "desc"}) {
      if (call.contains(name)) canaries.push_back(call[name]);
    }
    if (!call["result"].is_null()) canaries.push_back(call["result"]["head"]);
  }
  // Shorter texts stand in ids and paths by chance.
  std::erase_if(canaries, [](const std::string& text) { return text.size() < 12; });
  CHECK(canaries.size() > 20);
  const auto ledger = parse_claude_logs(version);
  for (const auto& [key, activity] : ledger.events()) {
    const auto strings = strings_of(activity);
    for (const auto& canary : canaries) {
      if (strings.contains(canary)) FAIL(canary << " in " << describe(activity));
    }
  }
}

}  // namespace vigil::parser::test
