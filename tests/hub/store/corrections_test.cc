#include "agent/hub/store/corrections.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "agent/heartbeat/event_id.h"
#include "agent/hub/store/store_database.h"
#include "agent/hub/store/store_upkeep.h"
#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;
using enum CorrectionKind;

const WallTime kNine = *parse_rfc3339("2026-09-21T09:00:00Z");

/// A human's heartbeat `after` nine.
Heartbeat beat(milliseconds after, const std::string& project) {
  Heartbeat heartbeat = sample_heartbeats(7, {.count = 1}).front();
  const WallTime time = kNine + after;
  heartbeat.id = to_event_id({static_cast<std::uint64_t>(unix_ms(time)), 1});
  heartbeat.time = time;
  heartbeat.actor = Actor::human;
  heartbeat.action = Action::prompt;
  heartbeat.same_as.clear();
  heartbeat.project = project;
  heartbeat.session = "s-" + project;
  return heartbeat;
}

Correction made(CorrectionKind kind, const std::string& project, const std::string& to = {}) {
  return {.kind = kind, .project = project, .to = to};
}

Correction assigned(milliseconds from, milliseconds until, const std::string& to,
                    const std::string& project = {}) {
  return {
      .kind = assign, .project = project, .to = to, .from = kNine + from, .until = kNine + until};
}

/// Minutes of human time by project, in order of their names.
using Minutes = std::vector<std::pair<std::string, long>>;

/// An hour: `a` until :20, `b` until :40, `c` until :60, in steps of ten minutes.
class Hour {
 public:
  Hour() {
    std::vector<Heartbeat> beats;
    for (int i = 0; i <= 6; ++i) beats.push_back(beat(i * 10min, i < 2 ? "a" : i < 4 ? "b" : "c"));
    hub.put(beats);
  }

  std::int64_t make(const Correction& correction) {
    const auto made = hub.store().correct(correction, kNine);
    if (!made) FAIL(made.error().message);
    return made->id;
  }

  void undo(std::int64_t id) { REQUIRE(hub.store().undo_correction(id)); }

  Minutes minutes(std::vector<StatsFilter> filters = {}) {
    StatsQuery query = query_by({Dimension::project}, "UTC");
    query.filters = std::move(filters);
    Minutes minutes;
    for (const auto& item : hub.stats(query).items) {
      minutes.emplace_back(
          item.keys.front().value_or("-"),
          std::chrono::duration_cast<std::chrono::minutes>(item.figures.human).count());
    }
    return minutes;
  }

  StatsHub hub;
};

}  // namespace

TEST_CASE("corrections change whose time it was, and undoing one gives it back", "[hub][io]") {
  Hour hour;
  if (GENERATE(false, true)) hour.hub.roll_up();
  const Minutes recorded{{"a", 20}, {"b", 20}, {"c", 20}};
  REQUIRE(hour.minutes() == recorded);
  const auto [what, expected] = GENERATE(table<Correction, Minutes>({
      {made(rename, "a", "new"), {{"b", 20}, {"c", 20}, {"new", 20}}},
      {made(rename, "a", "c"), {{"b", 20}, {"c", 40}}},
      {made(hide, "b"), {{"a", 20}, {"c", 20}, {"hidden", 20}}},
      // Between :10 and :40 nothing was recorded then, which is more than the timeout.
      {made(ignore, "b"), {{"a", 10}, {"c", 20}}},
      {assigned(0min, 30min, "c"), {{"b", 10}, {"c", 50}}},
      {assigned(10min, 21min, "x", "a"), {{"a", 10}, {"b", 20}, {"c", 20}, {"x", 10}}},
      {assigned(20min, 30min, "a"), {{"a", 30}, {"b", 10}, {"c", 20}}},  // `until` is not in it
  }));
  const auto id = hour.make(what);
  CHECK(hour.minutes() == expected);
  hour.hub.roll_up();
  CHECK(hour.minutes() == expected);
  CHECK(check_store(hour.hub.path()).value().empty());
  hour.undo(id);
  CHECK(hour.minutes() == recorded);
  hour.hub.roll_up();
  CHECK(hour.minutes() == recorded);
}

TEST_CASE("names are followed to the last, also by other corrections", "[hub][io]") {
  Hour hour;
  hour.make(made(rename, "a", "b"));
  const auto second = hour.make(made(rename, "b", "z"));
  CHECK(hour.minutes() == Minutes{{"c", 20}, {"z", 40}});
  CHECK(hour.minutes({{Dimension::project, "z"}}) == Minutes{{"z", 40}});
  CHECK(hour.minutes({{Dimension::project, "a"}}).empty());
  SECTION("an assignment looks for the name that a project goes by, and gives the last name") {
    hour.make(assigned(30min, 60min, "a", "z"));
    CHECK(hour.minutes() == Minutes{{"c", 20}, {"z", 40}});
    hour.make(assigned(0min, 30min, "c", "a"));
    CHECK(hour.minutes() == Minutes{{"c", 50}, {"z", 10}});
    hour.hub.roll_up();  // what is renamed now has its part in what was assigned
    hour.undo(second);   // then it is `b` that a and b go by
    CHECK(hour.minutes() == Minutes{{"b", 10}, {"c", 50}});
  }
  SECTION("what is hidden or ignored is so under its last name") {
    const auto hidden = hour.make(made(hide, "a"));
    CHECK(hour.minutes() == Minutes{{"c", 20}, {"hidden", 40}});
    hour.undo(hidden);
    hour.make(made(ignore, "b"));
    CHECK(hour.minutes() == Minutes{{"c", 20}});
    hour.make(assigned(10min, 20min, "c"));       // saved from being ignored
    CHECK(hour.minutes() == Minutes{{"c", 20}});  // alone at :10, it adds nothing
    hour.hub.roll_up();
    CHECK(hour.minutes() == Minutes{{"c", 20}});
  }
}

TEST_CASE("later assignments build on earlier ones", "[hub][io]") {
  Hour hour;
  hour.make(assigned(0min, 40min, "x"));
  const auto second = hour.make(assigned(20min, 60min, "y", "x"));
  CHECK(hour.minutes() == Minutes{{"c", 20}, {"x", 20}, {"y", 20}});
  hour.undo(second);
  CHECK(hour.minutes() == Minutes{{"c", 20}, {"x", 40}});
}

TEST_CASE("an assignment finds what a later name makes its project's", "[hub][io]") {
  Hour hour;
  const Minutes before{{"a", 20}, {"b", 20}, {"c", 20}};
  hour.make(assigned(20min, 40min, "x", "c"));
  CHECK(hour.minutes() == before);
  hour.hub.roll_up();
  const auto renamed = hour.make(made(rename, "b", "c"));
  const Minutes after{{"a", 20}, {"c", 20}, {"x", 20}};
  CHECK(hour.minutes() == after);
  hour.hub.roll_up();
  CHECK(hour.minutes() == after);
  hour.undo(renamed);
  CHECK(hour.minutes() == before);
}

TEST_CASE("explanations, timelines and sessions go by corrections, exports do not", "[hub][io]") {
  Hour hour;
  hour.make(made(rename, "a", "new"));
  hour.make(made(ignore, "c"));
  hour.make(made(hide, "b"));
  const auto reader = std::move(*HubReader::open(hour.hub.path()));
  StatsQuery query = query_by({}, "UTC");
  query.filters = {{Dimension::project, "new"}};
  const auto explanation = reader->explain({.of = query, .after = {}, .limit = 100});
  REQUIRE(explanation);
  CHECK(explanation->total.human == 20min);
  REQUIRE(explanation->heartbeats.size() == 2);
  for (const auto& heartbeat : explanation->heartbeats) {
    CHECK(heartbeat.row.heartbeat.project == "new");
  }
  const auto timeline = reader->timeline(query_by({Dimension::project}, "UTC"));
  REQUIRE(timeline);
  REQUIRE(timeline->lanes.size() == 2);
  CHECK(timeline->lanes[0].key == "hidden");
  CHECK(timeline->lanes[1].key == "new");
  const auto sessions = reader->sessions(query_by({}, "UTC"));
  REQUIRE(sessions);
  REQUIRE(sessions->sessions.size() == 2);  // that of `c` is not there
  CHECK(sessions->sessions[0].projects == std::vector<std::string>{"hidden"});
  CHECK(sessions->sessions[1].projects == std::vector<std::string>{"new"});
  CHECK(reader->sessions(query)->sessions.size() == 1);
  const auto summary = reader->summary_of(*parse_day("2026-09-21"), *TimeZone::named("UTC"));
  REQUIRE(summary->projects.size() == 2);
  std::vector<std::string> exported;
  REQUIRE(reader->export_heartbeats({}, [&](const ExportedHeartbeat& row) -> Result<void> {
    exported.push_back(row.heartbeat.project);
    return {};
  }));
  CHECK(exported == std::vector<std::string>{"a", "a", "b", "b", "c", "c", "c"});
}

TEST_CASE("a correction that makes no sense is refused with what is wrong", "[hub][unit]") {
  const std::vector<Correction> in_force{
      {.id = 1, .kind = rename, .project = "a", .to = "b"},
      {.id = 2, .kind = rename, .project = "b", .to = "c"},
      {.id = 3, .kind = hide, .project = "d"},
  };
  auto turned = assigned(10min, 10min, "x");
  auto spanned = made(rename, "x", "y");
  spanned.from = kNine;
  auto endless = assigned(0min, 1min, "x");
  endless.until.reset();
  const auto [what, message] = GENERATE_COPY(table<Correction, std::string>({
      {made(rename, "", "x"), "project: a name is needed"},
      {made(rename, "x", ""), "to: a name is needed"},
      {made(rename, "x", "x"), "to: is the same name"},
      {made(rename, "x", "y\n"), "to: has control characters"},
      {made(rename, std::string(257, 'x'), "y"), "project: a name has at most 256 bytes"},
      {made(rename, "a", "x"), "project: goes by b already; rename that, or undo 1"},
      {made(rename, "c", "a"), "to: goes by c itself; undo that first"},
      {made(hide, "d"), "project: is so already, by 3"},
      {made(hide, "x", "y"), "to: means nothing to hide"},
      {turned, "until: is not after from"},
      {endless, "until: a time is needed"},
      {spanned, "from: only an assignment has a span"},
      {made(assign, "x", "y"), "from: a time is needed"},
  }));
  const auto checked = check_correction(what, in_force);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == Errc::malformed);
  CHECK(checked.error().message == message);
  CHECK(check_correction(made(ignore, "d"), in_force));
  CHECK(check_correction(made(rename, "c", "d"), in_force));
}

TEST_CASE("corrections are bounded", "[hub][unit]") {
  std::vector<Correction> in_force(kCorrectionsMax, assigned(0min, 1min, "x"));
  CHECK(check_correction(made(hide, "a"), in_force).error().code == Errc::malformed);
  in_force.pop_back();
  CHECK(check_correction(made(hide, "a"), in_force));
}

TEST_CASE("corrections are listed newest first, and their ids are never given again", "[hub][io]") {
  Hour hour;
  const auto first = hour.make(made(rename, "a", "new"));
  const auto second = hour.make(assigned(0min, 1min, "x", "b"));
  hour.undo(second);
  const auto third = hour.make(made(hide, "b"));
  CHECK(third > second);
  CHECK(hour.hub.store().undo_correction(second).error().code == Errc::not_found);
  hour.hub.reopen({});
  const auto listed = (*HubReader::open(hour.hub.path()))->corrections();
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK(listed->front().id == third);
  CHECK(listed->back() == Correction{.id = first,
                                     .kind = rename,
                                     .project = "a",
                                     .to = "new",
                                     .from = {},
                                     .until = {},
                                     .made_at = kNine});
}

TEST_CASE("what corrects a store changes its revision, and what comes later counts on from it",
          "[hub][io]") {
  Hour hour;
  const auto reader = std::move(*HubReader::open(hour.hub.path()));
  const auto before = reader->revision().value();
  const auto id = hour.make(made(hide, "a"));
  const auto hidden = reader->revision().value();
  CHECK(hidden > before);
  hour.undo(id);
  const auto undone = reader->revision().value();
  CHECK(undone > hidden);
  hour.hub.put(std::vector{beat(2h, "a")});
  CHECK(reader->revision().value() > undone);
}

TEST_CASE("heartbeats that come later are corrected too", "[hub][io]") {
  Hour hour;
  hour.make(made(rename, "later", "a"));
  hour.make(made(ignore, "never"));
  hour.hub.put(std::vector{beat(70min, "later"), beat(75min, "never"), beat(80min, "later")});
  const Minutes expected{{"a", 30}, {"b", 20}, {"c", 30}};
  CHECK(hour.minutes() == expected);
  hour.hub.roll_up();
  CHECK(hour.minutes() == expected);
}

TEST_CASE("names of forgotten projects leave the corrections, names in use stay", "[hub][io]") {
  Hour hour;
  hour.make(made(rename, "a", "secret-name"));
  hour.make(made(rename, "b", "c"));
  hour.make(made(hide, "c"));
  REQUIRE(hour.hub.store().forget({{{Dimension::project, "a"}}, {}}));
  const auto reader = std::move(*HubReader::open(hour.hub.path()));
  REQUIRE(reader->corrections()->size() == 2);
  std::ostringstream bytes;
  bytes << std::ifstream(hour.hub.path(), std::ios::binary).rdbuf();
  CHECK_FALSE(bytes.str().contains("secret-name"));
  // b goes by the name of c, which stays though all that bore it first is gone.
  REQUIRE(hour.hub.store().forget({{{Dimension::project, "c"}}, {}}));
  CHECK(hour.minutes() == Minutes{{"hidden", 10}});
  CHECK(check_store(hour.hub.path()).value().empty());
}

TEST_CASE("a store that takes a damaged one's place is corrected as that was", "[hub][io]") {
  Hour hour;
  const auto id = hour.make(made(rename, "a", "new"));
  hour.make(made(hide, "b"));
  REQUIRE(hour.hub.store().renew());
  const auto listed = (*HubReader::open(hour.hub.path()))->corrections();
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK(listed->back().id == id);
  while (hour.hub.store().needs_salvage()) (void)hour.hub.store().salvage(kNine);
  CHECK(hour.minutes() == Minutes{{"c", 20}, {"hidden", 20}, {"new", 20}});
}

TEST_CASE("a store of the version before learns corrections when it is opened", "[hub][io]") {
  const test::TemporaryDirectory folder;
  const auto path = folder.file("hub.db");
  {
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    REQUIRE(migrate(db, store_migrations().first(2)));
  }
  const auto store = HubStore::open(path);
  REQUIRE(store);
  CHECK((*store)->correct(made(hide, "a"), kNine));
  CHECK((*HubReader::open(path))->corrections()->size() == 1);
}

}  // namespace vigil::agent
