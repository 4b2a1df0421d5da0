#include "agent/cli/command_line.h"

#include <catch2/catch.hpp>
#include <sstream>

namespace vigil::agent {
namespace {

/// Words separated by blanks.
std::variant<Invocation, PlainAnswer, Failure> parse(const std::string& line) {
  std::istringstream words(line);
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  return parse_command_line(arguments);
}

Invocation invocation_of(const std::string& line) {
  auto answer = parse(line);
  INFO(line);
  if (const auto* failure = std::get_if<Failure>(&answer)) FAIL(failure->message);
  REQUIRE(std::holds_alternative<Invocation>(answer));
  return std::get<Invocation>(std::move(answer));
}

template <class Kind>
Kind command_of(const std::string& line) {
  auto invocation = invocation_of(line);
  REQUIRE(std::holds_alternative<Kind>(invocation.command));
  return std::get<Kind>(std::move(invocation.command));
}

std::string refusal(const std::string& line) {
  const auto answer = parse(line);
  const auto* failure = std::get_if<Failure>(&answer);
  if (failure == nullptr) return "accepted";
  CHECK(failure->exit == Exit::usage);
  CHECK(failure->hint.ends_with("--help"));
  return failure->message;
}

std::string plain(const std::string& line) {
  const auto answer = parse(line);
  const auto* text = std::get_if<PlainAnswer>(&answer);
  return text == nullptr ? "no plain answer" : text->text;
}

TEST_CASE("every command of the program is understood", "[cli][unit]") {
  CHECK(command_of<InitCommand>("init --source a --endpoint https://h --force --yes").force);
  CHECK(command_of<RunCommand>("run --once --no-hub").once);
  CHECK(command_of<RunCommand>("run --no-hub").no_hub);
  command_of<ServeCommand>("serve --listen 127.0.0.1:1 --store /x");
  CHECK(command_of<StatusCommand>("status --check").check);
  command_of<DoctorCommand>("doctor");
  command_of<SourcesCommand>("sources");
  CHECK(command_of<OpenCommand>("open --print").print);
  command_of<StatsCommand>("stats");
}

TEST_CASE("every queue, key, hub and config command has its action", "[cli][unit]") {
  using Queue = QueueCommand::Do;
  CHECK(command_of<QueueCommand>("queue status").action == Queue::status);
  CHECK(command_of<QueueCommand>("queue list --limit 7").limit == 7);
  CHECK(command_of<QueueCommand>("queue flush").action == Queue::flush);
  CHECK(command_of<QueueCommand>("queue retry").action == Queue::retry);
  CHECK(command_of<QueueCommand>("queue export --out f").out == "f");
  using Keys = KeysCommand::Do;
  CHECK(command_of<KeysCommand>("keys show").action == Keys::show);
  CHECK(command_of<KeysCommand>("keys public").action == Keys::print_public);
  CHECK(command_of<KeysCommand>("keys export --out -").file == "-");
  CHECK(command_of<KeysCommand>("keys import f --force").force);
  CHECK(command_of<KeysCommand>("keys rotate --drop").drop);
  using Hub = HubCommand::Do;
  CHECK(command_of<HubCommand>("hub sources").action == Hub::sources);
  CHECK(command_of<HubCommand>("hub allow a:b=").subject == "a:b=");
  CHECK(command_of<HubCommand>("hub revoke a").action == Hub::revoke);
  CHECK(command_of<HubCommand>("hub token new wall").action == Hub::token_new);
  CHECK(command_of<HubCommand>("hub token list").action == Hub::token_list);
  CHECK(command_of<HubCommand>("hub token revoke wall").subject == "wall");
  CHECK(command_of<HubCommand>("hub token new wall --write").write);
  using Correct = CorrectCommand::Do;
  CHECK(command_of<CorrectCommand>("correct list").action == Correct::list);
  CHECK(command_of<CorrectCommand>("correct rename a b").to == "b");
  CHECK(command_of<CorrectCommand>("correct hide a").project == "a");
  CHECK(command_of<CorrectCommand>("correct ignore a").action == Correct::ignore);
  CHECK(command_of<CorrectCommand>("correct undo 3").id == 3);
  const auto assign = command_of<CorrectCommand>("correct assign a --from x --until y --only b");
  CHECK(assign.to == "a");
  CHECK(assign.project == "b");
  CHECK(assign.until == "y");
  CHECK(command_of<CardCommand>("card svg week --theme dark").format == "svg");
  CHECK(command_of<CardCommand>("card png --scale 3 --where app=vim").scale == 3);
  using Settings = ConfigCommand::Do;
  CHECK(command_of<ConfigCommand>("config path").action == Settings::path);
  CHECK(command_of<ConfigCommand>("config get hub.listen").key == "hub.listen");
  CHECK(command_of<ConfigCommand>("config get").key.empty());
  CHECK(command_of<ConfigCommand>("config set hub.listen x").value == "x");
  CHECK(command_of<ConfigCommand>("config validate").action == Settings::validate);
}

TEST_CASE("statistics and exports take a range or two days", "[cli][unit]") {
  const auto stats = command_of<StatsCommand>("stats week --by project,day");
  CHECK(stats.days.range == "week");
  CHECK(stats.by == "project,day");
  const auto rows = command_of<ExportCommand>("export --from 2000-01-01 --to 2100-01-01");
  CHECK(rows.days.from == "2000-01-01");
  CHECK(rows.format == "ndjson");
  for (const char* const range : {"today", "week", "month"}) {
    CHECK(command_of<StatsCommand>(range).summary);
    CHECK(command_of<StatsCommand>(range).days.range == range);
  }
  for (const std::string range : {"today", "week", "month"}) {
    CHECK(command_of<StatsCommand>("stats " + range + " --by app").by == "app");
    CHECK(command_of<ExportCommand>("export " + range).days.range == range);
  }
  CHECK(refusal("stats week --from 2000-01-01") == "either a RANGE or --from and --to");
  CHECK(refusal("export --format xml").starts_with("--format:"));
}

TEST_CASE("statistics can be filtered, compared, reckoned otherwise and explained", "[cli][unit]") {
  const auto stats = command_of<StatsCommand>(
      "stats month --where project=vigil --where app=vim --compare previous --preset wakapi "
      "--timeout 5min --explain");
  CHECK(stats.where == std::vector<std::string>{"project=vigil", "app=vim"});
  CHECK(stats.compare == "previous");
  CHECK(stats.preset == "wakapi");
  CHECK(stats.timeout == "5min");
  CHECK(stats.explain);
  CHECK(refusal("stats --compare next").starts_with("--compare:"));
  CHECK(refusal("stats --preset toggl").starts_with("--preset:"));
}

TEST_CASE("what else looks at activity is understood", "[cli][unit]") {
  CHECK(command_of<TimelineCommand>("timeline").day == "today");
  CHECK(command_of<TimelineCommand>("timeline 2026-09-01 --by app").by == "app");
  CHECK(command_of<SessionsCommand>("sessions week --limit 7").limit == 7);
  CHECK(refusal("sessions week --to 2000-01-01") == "either a RANGE or --from and --to");
  CHECK(command_of<TailCommand>("tail -n 3 --once").lines == 3);
  command_of<StatuslineCommand>("statusline");
  using Do = DatabaseCommand::Do;
  CHECK(command_of<DatabaseCommand>("db check").action == Do::check);
  CHECK(command_of<DatabaseCommand>("db stats").action == Do::stats);
  CHECK(command_of<DatabaseCommand>("db rebuild").action == Do::rebuild);
  CHECK(command_of<DatabaseCommand>("db vacuum").action == Do::vacuum);
}

TEST_CASE("common flags stand before or after the command", "[cli][unit]") {
  CHECK(invocation_of("--json status").form == OutputForm::json);
  CHECK(invocation_of("status --json").form == OutputForm::json);
  CHECK(invocation_of("queue --json status").form == OutputForm::json);
  CHECK(invocation_of("status").form == OutputForm::human);
  CHECK(invocation_of("--config f status").config_file == "f");
  CHECK(invocation_of("status --config=f").config_file == "f");
}

TEST_CASE("flags that are settings keep their order and names", "[cli][unit]") {
  const auto invocation = invocation_of("run --listen 127.0.0.1:1 --timer now -v");
  REQUIRE(invocation.settings.size() == 3);
  for (const FlagSetting& setting : invocation.settings) {
    if (setting.flag == "--listen") CHECK(setting.key == "hub.listen");
    if (setting.flag == "--timer") CHECK(setting.value == "now");
    if (setting.flag == "--verbose") CHECK(setting.value == "debug");
  }
}

TEST_CASE("a heartbeat takes the flags that editor plugins pass, and passes over new ones",
          "[cli][unit]") {
  const auto heartbeat = command_of<HeartbeatCommand>(
      "heartbeat --entity a.cc --time 1700000000.5 --write --lineno 7 --cursorpos=3 "
      "--lines-in-file 90 --alternate-project p --plugin vim/9 --brand-new yes --key abc");
  CHECK(heartbeat.entity == "a.cc");
  CHECK(heartbeat.write);
  CHECK(heartbeat.lineno == 7);
  CHECK(heartbeat.cursorpos == 3);
  CHECK(heartbeat.lines == 90);
  CHECK(heartbeat.alternate_project == "p");
  CHECK(heartbeat.unknown_flags == std::vector<std::string>{"--brand-new", "yes", "--key", "abc"});
  CHECK_FALSE(command_of<HeartbeatCommand>("heartbeat --entity a --write=false").write);
  CHECK(command_of<HeartbeatCommand>("heartbeat --stdin").from_stdin);
  CHECK(refusal("heartbeat") == "agent heartbeat: either --entity or --stdin");
  CHECK(refusal("heartbeat --entity a --stdin") == "agent heartbeat: either --entity or --stdin");
  CHECK(refusal("heartbeat --entity a --lineno x").starts_with("Could not convert"));
}

TEST_CASE("a typing mistake is answered with what was meant", "[cli][unit]") {
  CHECK(refusal("stauts") == "agent: unknown command \"stauts\"; did you mean \"status\"?");
  CHECK(refusal("queue fluhs") ==
        "agent queue: unknown command \"fluhs\"; did you mean \"flush\"?");
  CHECK(refusal("hub token nwe x") ==
        "agent hub token: unknown command \"nwe\"; did you mean \"new\"?");
  CHECK(refusal("run --lisen=x") ==
        "agent run: unknown flag \"--lisen=x\"; did you mean \"--listen\"?");
  CHECK(refusal("run extra") == "agent run: one word too many: \"extra\"");
  CHECK(refusal("") == "agent: which command?");
  CHECK(refusal("queue") == "agent queue: which command?");
}

TEST_CASE("abbreviations are not guessed", "[cli][unit]") {
  CHECK(refusal("stat").starts_with("agent: unknown command"));
  CHECK(refusal("run --onc").starts_with("agent run: unknown flag"));
}

TEST_CASE("help and version are plain answers", "[cli][unit]") {
  CHECK(plain("--version") == "agent " VIGIL_VERSION "\n");
  CHECK(plain("--help").find("Exit codes:") != std::string::npos);
  CHECK(plain("help") == plain("--help"));
  CHECK(plain("help queue flush") == plain("queue flush --help"));
  CHECK(plain("queue flush -h").find("75 some is kept") != std::string::npos);
}

TEST_CASE("every command has examples and exit codes in its help", "[cli][unit]") {
  const auto* command =
      GENERATE("", "init", "run", "serve", "status", "doctor", "queue", "queue status",
               "queue list", "queue flush", "queue retry", "queue export", "keys", "keys show",
               "keys public", "keys export", "keys import", "keys rotate", "hub", "hub sources",
               "hub allow", "hub revoke", "hub token", "hub token new", "hub token list",
               "hub token revoke", "sources", "open", "heartbeat", "today", "stats", "export",
               "config", "config path", "config get", "config set", "config validate");
  CAPTURE(command);
  const std::string help = plain(std::string(command) + " --help");
  CHECK(help.find("Examples:\n  ") != std::string::npos);
  CHECK(help.find("Exit codes:\n  0 done; 1 failed; 2 usage; 78 configuration") !=
        std::string::npos);
  CHECK(help.find("--json") != std::string::npos);
}

}  // namespace
}  // namespace vigil::agent
