// Rollouts that unmodified Codex programs wrote against a scripted model, whose side of the story
// is `truth.json`: what went over the wire, and not what the program logged.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "parser/codex_parser.h"
#include "tests/parser/codex_rollouts.h"

using namespace vigil::parser;
using namespace vigil::parser::test;

namespace {

using Json = nlohmann::json;

Json load(const std::string& version, const std::string& name) {
  return Json::parse(read_file(std::filesystem::path(VIGIL_FIXTURES) / "codex" / version / name));
}

template <class Visit>
void each_call(const Json& truth, Visit visit) {
  for (const auto& run : truth["runs"]) {
    for (const auto& request : run["requests"]) {
      for (const auto& call : request["calls"]) visit(run, call);
    }
  }
}

/// The id of the call an activity belongs to: edits carry the file behind a `#`.
std::string call_id(const Activity& activity) {
  return activity.identity.key.substr(0, activity.identity.key.find('#'));
}

/// `path +added -removed`, or `path failed`; reads are `path read`.
using Touches = std::multiset<std::string>;

std::string edit(const std::string& path, std::int64_t added, std::int64_t removed) {
  return path + " +" + std::to_string(added) + " -" + std::to_string(removed);
}

Touches touches_of(const Ledger& ledger) {
  Touches touches;
  for (const auto& call : ledger.calls()) {
    if (call.path.empty()) continue;
    if (call.action == Action::read) touches.insert(call.path + " read");
    if (call.tool_class != ToolClass::write) continue;
    CHECK(call.is_write == (call.ok == true));
    touches.insert(call.is_write ? edit(call.path, *call.lines_added, *call.lines_removed)
                                 : call.path + " failed");
  }
  return touches;
}

void add_touches(const Json& run, const Json& call, Touches& touches) {
  if (call["rw"].is_null()) return;
  if (call.contains("files")) {
    for (const auto& file : call["files"]) {
      const auto name = file.contains("moved_to") ? file["moved_to"] : file["path"];
      touches.insert(edit(run["cwd"].get<std::string>() + "/" + name.get<std::string>(),
                          file["added"], file["removed"]));
    }
    return;
  }
  const auto path = call["path"].get<std::string>();
  if (call["rw"] == "read") {
    touches.insert(path + " read");
    return;
  }
  const auto answer = call["result"]["head"].get<std::string>();
  const bool has_failed = answer.find("verification failed") != std::string::npos ||
                          answer.starts_with("Script failed");
  touches.insert(has_failed ? path + " failed" : edit(path, call["added"], call["removed"]));
}

Touches truth_touches(const Json& truth) {
  Touches touches;
  each_call(truth, [&](const Json& run, const Json& call) { add_touches(run, call, touches); });
  return touches;
}

/// Replaces what truth.json says by what a log can say.
void except(Touches& truth, const std::string& true_touch, const std::string& logged) {
  const auto found = truth.find(true_touch);
  REQUIRE(found != truth.end());
  truth.erase(found);
  if (!logged.empty()) truth.insert(logged);
}

std::map<ToolClass, std::size_t> classes_of(const Ledger& ledger) {
  std::map<std::string, ToolClass> by_call;
  for (const auto& call : ledger.calls()) {
    if (call.actor == Actor::agent) by_call[call_id(call)] = call.tool_class;
  }
  std::map<ToolClass, std::size_t> counts;
  for (const auto& [id, tool_class] : by_call) ++counts[tool_class];
  return counts;
}

}  // namespace

TEST_CASE("tokens by model are exactly those expected of each real log", "[parser][real]") {
  const std::string version = GENERATE("0.169.0", "0.142.5", "0.53.0");
  const auto expected = load(version, "expected.json");
  const auto ledger = parse_rollouts(version);
  const auto sums = ledger.tokens_by_model();
  CAPTURE(version);
  CHECK(ledger.of(Action::reply).size() == expected["replies"].get<std::size_t>());
  REQUIRE(sums.size() == expected["tokens_by_model"].size());
  for (const auto& [model, tokens] : expected["tokens_by_model"].items()) {
    CAPTURE(model);
    REQUIRE(sums.contains(model));
    CHECK(sums.at(model).input == tokens["input"]);
    CHECK(sums.at(model).cache_read == tokens["cache_read"]);
    CHECK(sums.at(model).cache_write == tokens["cache_write"]);
    CHECK(sums.at(model).output == tokens["output"]);
  }
}

TEST_CASE("the prompts are those that were typed", "[parser][real]") {
  const std::string version = GENERATE("0.169.0", "0.142.5", "0.53.0");
  CAPTURE(version);
  std::multiset<std::int64_t> typed;
  const auto truth = load(version, "truth.json");
  for (const auto& run : truth["runs"]) {
    if (run["name"] == "c21-ephemeral") continue;  // exception: --ephemeral writes no rollout
    for (const auto& prompt : run["user_prompts"]) {
      const auto text = prompt["text"].get<std::string>();
      typed.insert(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
    }
  }
  std::multiset<std::int64_t> logged;
  for (const auto& prompt : parse_rollouts(version).of(Action::prompt)) {
    CHECK(prompt.actor == Actor::human);
    logged.insert(prompt.prompt_length.value());
  }
  CHECK(logged == typed);
}

TEST_CASE("0.169 touches the files that truly were touched", "[parser][real]") {
  auto truth = truth_touches(load("0.169.0", "truth.json"));
  const std::string api = "/home/d/work-codex/harbor-api/";
  // An overwriting "Add File" is logged as an addition with its whole content (twice).
  except(truth, api + "README.md +2 -12", api + "README.md +5 -0");
  except(truth, api + "README.md +1 -1", api + "README.md +5 -0");
  // Run again by another model, the same addition changed nothing in truth.
  except(truth, api + "docs/Ship list v2.md +0 -0", api + "docs/Ship list v2.md +5 -0");
  // An edit that failed inside a script: the model was told, in no words that truth.json repeats.
  except(truth, api + "src/tides.py +0 -0", api + "src/tides.py failed");
  // A command that the script calls `bash` reads a file as Codex understands it.
  truth.insert(api + "data/stations.csv read");
  CHECK(touches_of(parse_rollouts("0.169.0")) == truth);
}

TEST_CASE("older versions touch the files that truly were written", "[parser][real]") {
  const std::string version = GENERATE("0.142.5", "0.53.0");
  CAPTURE(version);
  auto truth = truth_touches(load(version, "truth.json"));
  // Exception: before parsed commands were logged, nothing says that a command reads a file.
  std::erase_if(truth, [](const std::string& touch) { return touch.ends_with(" read"); });
  CHECK(touches_of(parse_rollouts(version)) == truth);
}

TEST_CASE("the tool calls are those that were made, by class", "[parser][real]") {
  const auto [version, expected] = GENERATE(table<std::string, std::map<ToolClass, std::size_t>>({
      // truth: 22 shell, 12 reads. One of the shell commands is a read as Codex sees it, and
      // the last call of a sub-agent that was killed was never logged.
      {"0.169.0",
       {{ToolClass::shell, 20},
        {ToolClass::read, 13},
        {ToolClass::write, 15},
        {ToolClass::agent, 7},
        {ToolClass::plan, 2}}},
      // truth: 10 shell, 6 reads, which are shell commands here (see above).
      {"0.142.5", {{ToolClass::shell, 16}, {ToolClass::write, 9}, {ToolClass::plan, 2}}},
      // The same, and 0.53 lost the call during which it was interrupted.
      {"0.53.0", {{ToolClass::shell, 15}, {ToolClass::write, 9}, {ToolClass::plan, 2}}},
  }));
  CAPTURE(version);
  CHECK(classes_of(parse_rollouts(version)) == expected);
}

TEST_CASE("calls have the ids that the model gave them, and the outcome it was told",
          "[parser][real]") {
  const auto truth = load("0.142.5", "truth.json");
  std::map<std::string, std::optional<bool>> outcome;
  for (const auto& call : parse_rollouts("0.142.5").calls()) outcome[call_id(call)] = call.ok;
  each_call(truth, [&](const Json& run, const Json& call) {
    CAPTURE(run["name"], call["id"]);
    REQUIRE(outcome.contains(call["id"]));
    const auto ok = outcome.at(call["id"]);
    REQUIRE(ok);
    const bool is_failure =
        run["name"] == "o08-abort-tool" || call.value("cmd", "").ends_with("exit 3") ||
        call["result"]["head"].get<std::string>().find("failed") != std::string::npos;
    CHECK(*ok == !is_failure);
  });
}

TEST_CASE("sub-agents have their parent, and no human", "[parser][real]") {
  std::set<std::string> parents;
  std::size_t children = 0;
  for (const auto& start : parse_rollouts("0.169.0").of(Action::session_start)) {
    children += !start.parent_session.empty();
    parents.insert(start.parent_session);
  }
  CHECK(children == 5);  // four sub-agents and a fork
  CHECK(parents.size() == 5);
}

TEST_CASE("a session that was rewound starts once", "[parser][real]") {
  CHECK(rollouts_of("0.169.0").size() == 27);
  CHECK(parse_rollouts("0.169.0").of(Action::session_start).size() == 26);
}

TEST_CASE("no prompt, command or answer of a real log leaves the parser",
          "[parser][real][privacy]") {
  const std::string version = GENERATE("0.169.0", "0.142.5", "0.53.0");
  const auto truth = load(version, "truth.json");
  std::vector<std::string> secrets{"Short scripted", "Subtask", "Chunk ID", "*** Begin Patch",
                                   "tools."};
  for (const auto& run : truth["runs"]) {
    for (const auto& prompt : run["user_prompts"]) secrets.push_back(prompt["text"]);
  }
  each_call(truth, [&](const Json&, const Json& call) {
    if (call.contains("cmd")) secrets.push_back(call["cmd"]);
  });
  std::string seen;
  for (const auto& path : rollouts_of(version)) {
    const auto text = read_file(path);
    const auto parser = make_codex_parser(path.string());
    for (const auto line : lines_of(text)) {
      for (const auto& activity : parse(*parser, line)) seen += strings_of(activity);
    }
    seen += parser->save();
  }
  for (const auto& secret : secrets) {
    CAPTURE(secret);
    CHECK(seen.find(secret) == std::string::npos);
  }
}
