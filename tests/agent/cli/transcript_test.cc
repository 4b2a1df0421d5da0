// What a person sees: whole commands on a machine of their own.
#include <catch2/catch.hpp>

#include "tests/agent/cli/session.h"

namespace vigil::agent {
namespace {

using test::Session;
using test::Transcript;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the first command makes an identity and says what comes next", "[cli][io]") {
  Session session;
  const Transcript first = session.agent({"init", "--source", "laptop"});
  CHECK(first.exit == 0);
  CHECK(first.err.empty());
  const Transcript key = session.agent({"keys", "public"});
  CHECK(key.out.starts_with("laptop:"));
  CHECK(first.out ==
        "identity  laptop (made in HOME/.config/vigil)\n"
        "registry  " +
            key.out +
            "watches   HOME/.claude\n"
            "watches   HOME/.config/claude\n"
            "watches   HOME/.codex\n"
            "next      agent run\n");

  SECTION("a second time changes nothing") {
    const Transcript again = session.agent({"init"});
    CHECK(again.exit == 0);
    CHECK(has(again.out, "identity  laptop (there in"));
    CHECK(session.agent({"keys", "public"}).out == key.out);
  }
  SECTION("another name is refused") {
    const Transcript renamed = session.agent({"init", "--source", "other"});
    CHECK(renamed.exit == 1);
    CHECK(has(renamed.err, "this installation is called laptop already"));
    CHECK(has(renamed.err, "try: agent init --force"));
  }
  SECTION("--force makes a new key, which the hub here takes too") {
    CHECK(has(session.agent({"init", "--force"}).out, "(renewed in"));
    CHECK(session.agent({"keys", "public"}).out != key.out);
    const Transcript sources = session.agent({"hub", "sources", "--json"});
    CHECK(has(sources.out, R"("source":"laptop")"));
    CHECK(has(sources.out, session.agent({"keys", "public"}).out.substr(7, 43)));
  }
}

TEST_CASE("a key is exported, imported and rotated", "[cli][io]") {
  Session session;
  session.agent({"init", "--source", "laptop"});
  const std::string line = session.agent({"keys", "public"}).out;
  CHECK(session.agent({"keys", "export", "--out", "backup"}).exit == 0);
  CHECK(has(session.agent({"keys", "export", "--out", "backup"}).err, "there is such a file"));

  CHECK(session.agent({"keys", "rotate"}).exit == 0);
  CHECK(has(session.agent({"keys", "show"}).out, "previous  "));
  CHECK(session.agent({"keys", "rotate", "--drop"}).exit == 0);
  CHECK(session.agent({"keys", "rotate", "--drop"}).exit == 10);
  CHECK(session.agent({"keys", "public"}).out != line);

  CHECK(session.agent({"keys", "import", "backup"}).exit == 1);
  CHECK(session.agent({"keys", "import", "backup", "--force"}).exit == 0);
  CHECK(session.agent({"keys", "public"}).out == line);
  CHECK(session.agent({"keys", "import", "-", "--force"}, "too short").exit == 13);
}

TEST_CASE("without a key the commands that need one say what to do", "[cli][io]") {
  Session session;
  const Transcript shown = session.agent({"keys", "show"});
  CHECK(shown.exit == 10);
  CHECK(has(shown.err, "try: agent init"));
  const Transcript json = session.agent({"keys", "show", "--json"});
  CHECK(json.out.empty());
  CHECK(json.err.starts_with(R"({"type":"error","code":"not_found","message":")"));
  CHECK(json.err.ends_with("\"hint\":\"agent init\",\"exit\":10}\n"));
}

TEST_CASE("sources and tokens of the hub come and go", "[cli][io]") {
  Session session;
  CHECK(session.agent({"hub", "sources"}).out == "no sources yet: agent hub allow SOURCE:KEY\n");
  const std::string line = "ci:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  CHECK(has(session.agent({"hub", "allow", line}).out, "allowed ci (key "));
  CHECK(session.agent({"hub", "allow", "ci:AAAA"}).exit == 13);
  CHECK(has(session.agent({"hub", "sources"}).out, "active"));
  CHECK(session.agent({"hub", "revoke", "ci"}).exit == 0);
  CHECK(session.agent({"hub", "revoke", "ci"}).exit == 10);

  const Transcript token = session.agent({"hub", "token", "new", "wall"});
  CHECK(token.out.starts_with("vigil_"));
  CHECK(has(session.agent({"hub", "token", "list"}).out, "wall"));
  CHECK_FALSE(has(session.agent({"hub", "token", "list"}).out, token.out));
  CHECK(session.agent({"hub", "token", "revoke", "wall"}).exit == 0);
  CHECK(session.agent({"hub", "token", "revoke", "wall"}).exit == 10);
}

TEST_CASE("settings are written with their comments kept, and never broken", "[cli][io]") {
  Session session;
  session.write(".config/vigil/config.toml", "# mine\n[delivery]\ntimer = \"5s\" # slow\n");
  CHECK(session.agent({"config", "get", "delivery.timer"}).out == "\"5s\"\n");
  CHECK(session.agent({"config", "set", "delivery.timer", "now"}).exit == 0);
  CHECK(session.agent({"config", "get", "delivery.timer", "--json"}).out ==
        "{\"key\":\"delivery.timer\",\"value\":\"now\",\"origin\":\"file\"}\n");
  session.environment.variables["VIGIL_TIMER"] = "2s";
  CHECK(has(session.agent({"config", "get", "delivery.timer", "--json"}).out,
            R"("value":"2s","origin":"environment")"));

  const Transcript bad = session.agent({"config", "set", "delivery.timer", "soon"});
  CHECK(bad.exit == 78);
  CHECK(has(bad.err, "delivery.timer must be"));
  const Transcript unknown = session.agent({"config", "set", "delivery.tmer", "5s"});
  CHECK(unknown.exit == 10);
  CHECK(has(unknown.err, "did you mean \"delivery.timer\"?"));
  CHECK(session.agent({"config", "validate"}).out == "ok\n");
}

TEST_CASE("a broken configuration stops every command with its line, and can be mended",
          "[cli][io]") {
  Session session;
  session.write(".config/vigil/config.toml", "[hub]\nlisen = \"x\"\n");
  const Transcript status = session.agent({"status"});
  CHECK(status.exit == 78);
  CHECK(has(status.err,
            "HOME/.config/vigil/config.toml: line 2: unknown key \"hub.lisen\"; did "
            "you mean \"hub.listen\"?"));
  CHECK(session.agent({"config", "validate"}).exit == 78);
  CHECK(session.agent({"config", "path"}).out == "HOME/.config/vigil/config.toml\n");
}

TEST_CASE("with no HOME every command names the variables that replace it", "[cli][io]") {
  Session session;
  session.environment.variables.erase("HOME");
  const Transcript status = session.agent({"status"});
  CHECK(status.exit == 78);
  for (const auto* name : {"VIGIL_CONFIG_DIR", "VIGIL_DATA_DIR", "VIGIL_STATE_DIR"}) {
    CHECK(has(status.err, name));
  }
  CHECK(session.agent({"--version"}).exit == 0);
  CHECK(session.agent({"--help"}).exit == 0);
}

TEST_CASE("a status without an agent says so, and --check turns it into the exit code",
          "[cli][io]") {
  Session session;
  const Transcript status = session.agent({"status"});
  CHECK(status.exit == 0);
  CHECK(status.out == "down\n  - no agent is running: agent run\n");
  CHECK(session.agent({"status", "--check"}).exit == 7);
  CHECK(session.agent({"status", "--json"}).out ==
        "{\"schema\":\"agent.status/1\",\"state\":\"down\",\"reasons\":[\"no agent is running: "
        "agent run\"],\"daemon\":null,\"queue\":null}\n");
}

TEST_CASE("reading commands say what is missing before the first run", "[cli][io]") {
  Session session;
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"stats"}, {"today"}, {"export"}, {"queue", "status"}, {"queue", "export"}}) {
    const Transcript transcript = session.agent(arguments);
    CHECK(transcript.exit == 10);
    CHECK(transcript.out.empty());
    CHECK(has(transcript.err, "try: agent run"));
  }
  CHECK(session.agent({"queue", "retry"}).exit == 5);
}

TEST_CASE("a hand-made heartbeat is durable without an agent", "[cli][io]") {
  Session session;
  CHECK(session.agent({"heartbeat", "--entity", "src/a.cc", "--write"}).exit == 0);
  const Transcript many =
      session.agent({"heartbeat", "--stdin", "--json"},
                    "{\"entity\":\"b.py\",\"time\":1700000000.5}\n\nnot json\n{\"time\":1}\n");
  CHECK(many.exit == 3);
  CHECK(many.out ==
        "{\"schema\":\"agent.heartbeat/1\",\"queued\":1,\"refused\":2,\"set_aside\":false}\n");
  CHECK(has(many.err, "line 3: that is not JSON\n"));
  CHECK(has(many.err, "line 4: entity is missing\n"));
  const Transcript queue = session.agent({"queue", "status", "--json"});
  CHECK(has(queue.out, R"("events_queued":2)"));
}

TEST_CASE("flags that editors newer than this program pass are said and passed over", "[cli][io]") {
  Session session;
  const Transcript transcript =
      session.agent({"heartbeat", "--entity", "a.cc", "--sparkle=secret", "--key", "hunter2"});
  CHECK(transcript.exit == 0);
  CHECK(transcript.err == "passed over: --sparkle\npassed over: --key\n");
}

TEST_CASE("the folders that are watched are counted on the spot", "[cli][io]") {
  Session session;
  session.write(".claude/projects/-home-a/1.jsonl", "{}\n");
  session.write(".claude/projects/-home-a/notes.txt", "not a log\n");
  const Transcript sources = session.agent({"sources", "--json"});
  CHECK(sources.exit == 0);
  CHECK(has(sources.out, R"("root":"HOME/.claude","state":"watched","files":1,"size_bytes":3,)"));
  CHECK(has(sources.out, R"("root":"HOME/.codex","state":"not there yet","files":0)"));
}

TEST_CASE("a mistyped variable is found by the doctor", "[cli][io]") {
  Session session;
  session.environment.variables["VIGIL_ENDPIONT"] = "x";
  const Transcript doctor = session.agent({"doctor"});
  CHECK(doctor.exit == 6);
  CHECK(has(doctor.out,
            "VIGIL_ENDPIONT is no variable of this program; did you mean "
            "\"VIGIL_ENDPOINT\"?"));
}

TEST_CASE("usage errors are one line of JSON where JSON was asked for", "[cli][io]") {
  Session session;
  CHECK(session.agent({"stauts", "--json"}).err ==
        "{\"type\":\"error\",\"code\":\"usage\",\"message\":\"agent: unknown command "
        "\\\"stauts\\\"; did you mean \\\"status\\\"?\",\"hint\":\"agent --help\",\"exit\":2}\n");
  CHECK(session.agent({"stauts"}).err ==
        "agent: agent: unknown command \"stauts\"; did you mean \"status\"?\ntry: agent --help\n");
}

}  // namespace
}  // namespace vigil::agent
