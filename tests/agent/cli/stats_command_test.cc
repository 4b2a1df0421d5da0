#include <catch2/catch.hpp>

#include "agent/heartbeat/event_id.h"
#include "agent/hub/store/hub_store.h"
#include "tests/agent/cli/session.h"

namespace vigil::agent {
namespace {

using test::Session;

Heartbeat reply(const std::string& model, std::int64_t output, std::int64_t at_ms) {
  Heartbeat heartbeat;
  heartbeat.time = from_unix_ms(at_ms);
  heartbeat.actor = Actor::agent;
  heartbeat.action = Action::reply;
  heartbeat.entity = "claude-code";
  heartbeat.app = "claude-code";
  heartbeat.session = "0123456789abcdef";
  heartbeat.project = "evil\nname";
  heartbeat.model = model;
  heartbeat.tokens = Tokens{.input = 1, .cache_read = 2, .cache_write = 3, .output = output};
  heartbeat.id = EventId("evt_" + std::string(18, 'a') + std::to_string(10 + at_ms % 10));
  return heartbeat;
}

void fill_store(const Session& session) {
  const std::string folder = session.home() + "/.local/share/vigil";
  PosixFileSystem files;
  REQUIRE(files.make_directories(folder, 0700));
  auto store = HubStore::open(folder + "/hub.db");
  REQUIRE(store);
  // 2023-11-14T22:13:20Z, which is today for a session.
  const std::vector<Heartbeat> heartbeats{reply("opus", 1'234'567, 1'700'000'000'000),
                                          reply("opus", 1, 1'700'000'000'001),
                                          reply("haiku", 10, 1'700'000'000'002)};
  IngestBatch batch;
  batch.source = SourceId("laptop");
  batch.heartbeats = heartbeats;
  const auto stored = (*store)->ingest(std::span(&batch, 1));
  REQUIRE(stored);
  REQUIRE(stored->front());
}

TEST_CASE("statistics as JSON have the promised form", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto stats = session.agent(
      {"stats", "--from", "2000-01-01", "--to", "2100-01-01", "--by", "model", "--json"});
  CHECK(stats.exit == 0);
  CHECK(stats.err.empty());
  CHECK(stats.out.find(R"("items":[{"model":"haiku","heartbeats":1,"seconds":)") !=
        std::string::npos);
  CHECK(stats.out.find(R"("tokens":{"input":2,"cache_read":4,"cache_write":6,"output":1234568})") !=
        std::string::npos);
}

TEST_CASE("statistics for people line up and cannot break out of their table", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto stats = session.agent({"stats", "--by", "project,model"});
  CHECK(stats.exit == 0);
  CHECK(stats.out ==
        "project       model  time  human  agent  heartbeats  input  cache read  cache write     "
        "output\n"
        "evil\\x0aname  haiku    0s     0s     0s           1      1           2            3      "
        "   10\n"
        "evil\\x0aname  opus     0s     0s     0s           2      2           4            6  "
        "1,234,568\n"
        "total                  0s     0s     0s           3      3           6            9  "
        "1,234,578\n");
}

TEST_CASE("today tells the total and its largest parts", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto today = session.agent({"today"});
  CHECK(today.exit == 0);
  CHECK(today.out ==
        "0s  on 2023-11-14: you 0s, agents 0s, both at once 0s\n"
        "  projects  evil\\x0aname 0s\n"
        "  apps      claude-code 0s\n"
        "  models    haiku 0s · opus 0s\n"
        "  tokens    input 3 · output 1,234,578 · cache 6 read, 9 written\n");
  CHECK(
      session.agent({"today", "--json"})
          .out.starts_with(
              R"({"schema":"agent.today/1","from":"2023-11-14","to":"2023-11-14","tz":"UTC","total":{)"));
}

TEST_CASE("an export holds one heartbeat a line, to a file as to the terminal", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto rows = session.agent({"export"});
  CHECK(rows.exit == 0);
  CHECK(std::ranges::count(rows.out, '\n') == 3);
  CHECK(session.agent({"export", "--out", session.home() + "/rows"}).out.empty());
  const auto file = read_file(PosixFileSystem(), session.home() + "/rows", 100'000);
  REQUIRE(file);
  CHECK(*file == rows.out);
  CHECK(session.agent({"export", "--out", session.home() + "/no/such/folder"}).exit == 1);
}

TEST_CASE("an explanation lists what the total is made of", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto explained = session.agent({"stats", "--explain", "--where", "model=opus"});
  CHECK(explained.exit == 0);
  CHECK(explained.out ==
        "from            to              time  who                     heartbeats\n"
        "11-14 22:13:20  11-14 22:13:20    0s  agent 0123456789abcdef           1\n"
        "\n"
        "heartbeat       what         where                     own time\n"
        "11-14 22:13:20  agent reply  evil\\x0aname claude-code        0s\n"
        "11-14 22:13:20  agent reply  evil\\x0aname claude-code        0s\n"
        "total 0s: you 0s, agents 0s, by the rules of vigil with breaks from 15m\n");
  const auto json = session.agent({"stats", "--explain", "--json"});
  CHECK(json.out.contains(R"("total":{"heartbeats":3,"seconds":0.002,)"));
  CHECK(session.agent({"stats", "--explain", "--where", "model"}).exit == 2);
}

TEST_CASE("a comparison names both ranges", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto compared = session.agent({"stats", "week", "--compare", "previous"});
  CHECK(compared.exit == 0);
  CHECK(
      compared.out.ends_with("2023-11-06 to 2023-11-07: time 0s (+0s since), human 0s (+0s since), "
                             "agent 0s (+0s since)\n"));
}

TEST_CASE("sessions, timeline, tail and statusline show what is there", "[cli][io]") {
  Session session;
  fill_store(session);
  const auto sessions = session.agent({"sessions", "today"});
  CHECK(sessions.exit == 0);
  CHECK(sessions.out.contains("claude-code  evil\\x0aname"));
  CHECK(sessions.out.contains("1 sessions, estimated - at list prices of "));
  CHECK(session.agent({"timeline"}).out.contains("agent  evil\\x0aname"));
  CHECK(session.agent({"timeline", "2020-01-01"}).out == "nothing was recorded\n");
  const auto tail = session.agent({"tail", "-n", "2", "--once"});
  CHECK(tail.out ==
        "2023-11-14 22:13:20  agent reply  claude-code  evil\\x0aname  claude-code  opus\n"
        "2023-11-14 22:13:20  agent reply  claude-code  evil\\x0aname  claude-code  haiku\n");
  CHECK(session.agent({"statusline"}).out == "0s · evil\\x0aname 0s\n");
}

TEST_CASE("the store is checked, rebuilt and vacuumed", "[cli][io]") {
  Session session;
  CHECK(session.agent({"db", "check"}).exit == 10);
  CHECK(session.agent({"db", "rebuild"}).exit == 10);
  fill_store(session);
  CHECK(session.agent({"db", "check"}).out.starts_with("sound: "));
  CHECK(session.agent({"db", "rebuild"}).exit == 0);
  const auto vacuumed = session.agent({"db", "vacuum", "--json"});
  CHECK(vacuumed.out.starts_with(R"({"schema":"agent.db.stats/1","file_bytes":)"));
  CHECK(vacuumed.out.contains(R"("events":3,)"));
  const auto store = HubStore::open(session.home() + "/.local/share/vigil/hub.db");
  REQUIRE(store);
  CHECK(session.agent({"db", "vacuum"}).exit == 11);  // another hub has it
}

TEST_CASE("what is to be forgotten is counted first, and erased when that is said", "[cli][io]") {
  Session session;
  fill_store(session);
  CHECK(session.agent({"privacy", "forget"}).exit == 2);
  CHECK(session.agent({"privacy", "forget", "--where", "colour=red"}).exit == 2);
  CHECK(session.agent({"privacy", "forget", "--where", "day=2023-11-14"}).exit == 2);
  CHECK(session.agent({"privacy", "forget", "--where", "model=opus", "--before", "x"}).exit == 2);
  const std::vector<std::string> ask{"privacy", "forget", "--where", "model=opus"};
  CHECK(session.agent(ask).out == "2 heartbeats would be erased; --yes does it\n");
  CHECK(std::ranges::count(session.agent({"export"}).out, '\n') == 3);
  const auto earlier = session.agent(
      {"privacy", "forget", "--where", "model=opus", "--before", "2023-11-14", "--yes"});
  CHECK(earlier.out == "0 heartbeats were erased\n");
  CHECK(session.agent({"privacy", "forget", "--where", "model=opus", "--yes", "--json"}).out ==
        "{\"schema\":\"agent.privacy.forget/1\",\"heartbeats\":2,\"erased\":true}\n");
  CHECK(std::ranges::count(session.agent({"export"}).out, '\n') == 1);
  fill_store(session);  // sent again
  CHECK(std::ranges::count(session.agent({"export"}).out, '\n') == 1);
}

TEST_CASE("what cannot be asked is a usage error", "[cli][io]") {
  Session session;
  fill_store(session);
  CHECK(session.agent({"stats", "--by", "colour"}).exit == 2);
  CHECK(session.agent({"stats", "fortnight"}).exit == 2);
  CHECK(session.agent({"stats", "--from", "2023-13-01"}).exit == 2);
  CHECK(session.agent({"export", "fortnight"}).exit == 2);
  CHECK(session.agent({"stats", "--timeout", "10 parsecs"}).exit == 2);
  CHECK(session.agent({"stats", "--timeout", "5s"}).exit == 2);
  CHECK(session.agent({"stats", "--where", "colour=red"}).exit == 2);
  CHECK(session.agent({"stats", "all_time", "--compare", "previous"}).exit == 2);
  CHECK(session.agent({"timeline", "year"}).exit == 2);
}

}  // namespace
}  // namespace vigil::agent
