#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "agent/hub/store/session_summary.h"
#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

Sessions sessions_of(const StatsHub& hub, const StatsQuery& query) {
  const auto reader = std::move(*HubReader::open(hub.path()));
  auto sessions = reader->sessions(query);
  if (!sessions) FAIL(sessions.error().message);
  return *std::move(sessions);
}

/// What a summary should say, counted in another way.
struct Expected {
  std::int64_t prompts = 0;
  std::int64_t writes = 0;
  std::int64_t failed = 0;
  std::int64_t output = 0;
  std::int64_t lines_added = 0;
  std::set<std::string> files;
};

}  // namespace

TEST_CASE("a session is summed up from its own heartbeats", "[hub][io]") {
  const auto samples = sample_heartbeats(51, {.count = 2'000, .span = 30h});
  StatsHub hub;
  hub.put(samples);
  std::map<std::string, Expected> expected;
  for (const auto& heartbeat : samples) {
    if (!heartbeat.same_as.empty()) continue;
    Expected& session = expected[heartbeat.session];
    session.prompts += heartbeat.action == Action::prompt ? 1 : 0;
    session.writes += heartbeat.tool_class == ToolClass::write ? 1 : 0;
    session.failed += heartbeat.ok == false ? 1 : 0;
    session.output += heartbeat.tokens ? heartbeat.tokens->output : 0;
    session.lines_added += heartbeat.lines_added.value_or(0);
    if (heartbeat.entity_type == EntityType::file) session.files.insert(heartbeat.entity);
  }
  const auto sessions = sessions_of(hub, query_by({}));
  REQUIRE(sessions.sessions.size() == expected.size());
  const auto stats = hub.stats(query_by({Dimension::session}));
  for (const auto& summary : sessions.sessions) {
    const Expected& counted = expected.at(summary.session);
    CHECK(summary.prompts == counted.prompts);
    CHECK(summary.tools.at(static_cast<std::size_t>(ToolClass::write)) == counted.writes);
    CHECK(summary.failed_tools == counted.failed);
    CHECK(summary.figures.tokens.output == counted.output);
    CHECK(summary.lines_added == counted.lines_added);
    CHECK(summary.files == static_cast<std::int64_t>(counted.files.size()));
    std::int64_t output = 0;
    for (const auto& model : summary.models) output += model.tokens.output;
    CHECK(output == counted.output);
    const auto item = std::ranges::find_if(
        stats.items, [&](const StatsItem& one) { return one.keys[0] == summary.session; });
    REQUIRE(item != stats.items.end());
    CHECK(summary.figures.agent == item->figures.agent);
    CHECK(summary.figures.human == item->figures.human);
    CHECK(summary.heartbeats == item->figures.heartbeats);
  }
}

TEST_CASE("sessions come last active first, and only those that a filter leaves", "[hub][io]") {
  StatsHub hub;
  hub.put(sample_heartbeats(52, {.count = 500}));
  StatsQuery query = query_by({});
  query.filters = {{Dimension::app, "codex"}};
  const auto sessions = sessions_of(hub, query).sessions;
  REQUIRE(sessions.size() == 3);  // every third of eight
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    CHECK(sessions[i].app == "codex");
    CHECK(sessions[i].first <= sessions[i].last);
    if (i > 0) CHECK(sessions[i - 1].last >= sessions[i].last);
  }
}

TEST_CASE("a page of heartbeats holds what passes the filters", "[hub][io]") {
  const auto samples = sample_heartbeats(53, {.count = 900});
  StatsHub hub;
  hub.put(samples);
  const auto reader = std::move(*HubReader::open(hub.path()));
  ExportQuery query;
  query.filters = {{Dimension::app, "codex"}, {Dimension::actor, "agent"}, {Dimension::model, ""}};
  std::size_t expected = 0;
  for (const auto& sample : samples) {
    expected += sample.app == "codex" && sample.actor == Actor::agent && sample.model.empty();
  }
  std::size_t found = 0;
  std::optional<ExportCursor> after;
  do {
    const auto page = reader->export_page(query, after, 50);
    REQUIRE(page);
    for (const auto& row : page->heartbeats) {
      CHECK(row.heartbeat.app == "codex");
      CHECK(row.heartbeat.model.empty());
    }
    found += page->heartbeats.size();
    after = page->next;
  } while (after);
  CHECK(found == expected);
}

}  // namespace vigil::agent
