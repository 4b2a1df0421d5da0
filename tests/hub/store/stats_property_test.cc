// Statistics against the definition, computed from the raw heartbeats by code that shares nothing
// with the store: no slots, no sweep, no roll-ups, no numbers for names, and the C library's time
// zones.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/store/store_upkeep.h"
#include "base/digest.h"
#include "tests/hub/store/stats_hub.h"

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;

/// A heartbeat and its sender.
struct Sent {
  std::string source;
  Heartbeat heartbeat;
};

/// The C library's idea of local time while it lives.
class LocalZone {
 public:
  explicit LocalZone(const std::string& name) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    set(name);
  }
  ~LocalZone() {
    if (before_) {
      set(*before_);
    } else {
      ::unsetenv("TZ");
      ::tzset();
    }
  }
  LocalZone(const LocalZone&) = delete;
  LocalZone& operator=(const LocalZone&) = delete;

  [[nodiscard]] static std::tm at(WallTime time) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return local;
  }

  [[nodiscard]] static std::string text(WallTime time, const char* format) {
    const std::tm local = at(time);
    std::array<char, 32> out{};
    return {out.data(), std::strftime(out.data(), out.size(), format, &local)};
  }

  [[nodiscard]] static std::string monday_of(WallTime time) {
    std::tm local = at(time);
    local.tm_mday -= (local.tm_wday + 6) % 7;
    local.tm_hour = 12;
    local.tm_isdst = -1;
    (void)std::mktime(&local);
    std::array<char, 32> out{};
    return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d", &local)};
  }

 private:
  static void set(const std::string& name) {
    ::setenv("TZ", name.c_str(), 1);
    ::tzset();
  }

  std::optional<std::string> before_;
};

std::optional<std::string> value_in(const Sent& sent, Dimension dimension, WallTime at) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  const Heartbeat& h = sent.heartbeat;
  switch (dimension) {
    case Dimension::project: return text(h.project);
    case Dimension::language: return text(h.language);
    case Dimension::app: return text(h.app);
    case Dimension::model: return text(h.model);
    case Dimension::actor: return std::string(parser::name_of(h.actor));
    case Dimension::machine: return text(h.machine);
    case Dimension::source: return sent.source;
    case Dimension::tool_class:
      return h.tool_class == ToolClass::none ? std::nullopt
                                             : std::optional<std::string>(name_of(h.tool_class));
    case Dimension::session: return text(h.session);
    case Dimension::branch: return text(h.branch);
    case Dimension::category: return text(h.category);
    case Dimension::entity: return text(h.entity);
    case Dimension::os: return text(h.os);
    case Dimension::action: return std::string(parser::name_of(h.action));
    case Dimension::tool: return text(h.tool);
    case Dimension::entity_type: return std::string(name_of(h.entity_type));
    case Dimension::day: return LocalZone::text(at, "%Y-%m-%d");
    case Dimension::week: return LocalZone::monday_of(at);
    case Dimension::month: return LocalZone::text(at, "%Y-%m");
    case Dimension::weekday: return LocalZone::text(at, "%u");
    case Dimension::hour: return LocalZone::text(at, "%H");
  }
  return std::nullopt;
}

struct PlainFigures {
  std::int64_t heartbeats = 0;
  std::int64_t output = 0;
  double human = 0;
  double agent = 0;
  double united = 0;
};

using Keys = std::vector<std::optional<std::string>>;
using PlainStats = std::map<Keys, PlainFigures>;

/// Statistics by their definition: between two neighbouring moments, who is active?
class Plain {
 public:
  /// In order of time and id; those that repeat others are left out.
  Plain(std::vector<Sent> sent, const StatsQuery& query) : query_(query) {
    for (auto& one : sent) {
      if (one.heartbeat.same_as.empty()) sent_.push_back(std::move(one));
    }
    std::ranges::sort(sent_, {}, [](const Sent& one) {
      const auto key = to_event_key(one.heartbeat.id.text());
      return std::tuple(one.heartbeat.time, key->time_ms, key->hash);
    });
  }

  PlainStats run() {
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      const Heartbeat& heartbeat = sent_[i].heartbeat;
      if (PlainFigures* figures = item(i, heartbeat.time)) {
        ++figures->heartbeats;
        if (heartbeat.tokens) figures->output += heartbeat.tokens->output;
      }
    }
    std::set<WallTime> cuts;
    for (const auto& one : sent_) cuts.insert(one.heartbeat.time);
    if (cuts.empty()) return stats_;
    for (auto at = std::chrono::floor<std::chrono::minutes>(*cuts.begin()); at < *cuts.rbegin();
         at += 15min) {
      cuts.insert(std::chrono::floor<std::chrono::duration<long, std::ratio<900>>>(at));
    }
    for (auto from = cuts.begin(); std::next(from) != cuts.end(); ++from) {
      query_.preset == Preset::vigil ? spread(*from, *std::next(from))
                                     : spread_row(*from, *std::next(from));
    }
    return stats_;
  }

 private:
  milliseconds timeout() const {
    return query_.timeout.value_or(query_.preset == Preset::wakapi ? 10min : 15min);
  }

  /// Where the time or count of a heartbeat goes; nothing where the query leaves it out.
  PlainFigures* item(std::size_t owner, WallTime at) {
    const std::string day = LocalZone::text(at, "%Y-%m-%d");
    if (query_.days.first && day < format_day(*query_.days.first)) return nullptr;
    if (query_.days.last && day > format_day(*query_.days.last)) return nullptr;
    std::map<Dimension, bool> holds;
    for (const auto& filter : query_.filters) {
      holds[filter.dimension] |=
          value_in(sent_[owner], filter.dimension, at).value_or("") == filter.value;
    }
    for (const auto& [dimension, does] : holds) {
      if (!does) return nullptr;
    }
    Keys keys;
    for (const Dimension dimension : query_.by)
      keys.push_back(value_in(sent_[owner], dimension, at));
    return &stats_[keys];
  }

  /// The last up to `from` and the first behind it, of those that `belongs` is true of.
  template <class Belongs>
  std::pair<std::optional<std::size_t>, std::optional<std::size_t>> around(WallTime from,
                                                                           Belongs belongs) const {
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      if (!belongs(sent_[i])) continue;
      if (sent_[i].heartbeat.time > from) return {last, i};
      last = i;
    }
    return {last, std::nullopt};
  }

  bool joined(std::optional<std::size_t> a, std::optional<std::size_t> b,
              milliseconds limit) const {
    return a && b && sent_[*b].heartbeat.time - sent_[*a].heartbeat.time < limit;
  }

  void spread(WallTime from, WallTime to) {
    const double seconds = static_cast<double>((to - from).count()) / 1'000;
    const auto [human, next_human] =
        around(from, [](const Sent& one) { return one.heartbeat.actor == Actor::human; });
    std::vector<std::size_t> agents;
    std::set<std::pair<std::string, std::string>> sessions;
    for (const auto& one : sent_) sessions.insert({one.source, one.heartbeat.session});
    for (const auto& session : sessions) {
      const auto [last, next] = around(from, [&](const Sent& one) {
        return std::pair(one.source, one.heartbeat.session) == session;
      });
      if (!joined(last, next, 5min)) continue;
      const Heartbeat& made = sent_[*next].heartbeat;
      if (made.actor == Actor::agent && made.action != Action::session_start &&
          made.action != Action::session_end) {
        agents.push_back(*next);
      }
    }
    const bool is_human = joined(human, next_human, timeout());
    const double active = static_cast<double>(agents.size()) + (is_human ? 1 : 0);
    if (is_human) {
      if (PlainFigures* figures = item(*human, from)) {
        figures->human += seconds;
        figures->united += seconds / active;
      }
    }
    for (const std::size_t agent : agents) {
      if (PlainFigures* figures = item(agent, from)) {
        figures->agent += seconds / static_cast<double>(agents.size());
        figures->united += seconds / active;
      }
    }
  }

  void spread_row(WallTime from, WallTime to) {
    const double seconds = static_cast<double>((to - from).count()) / 1'000;
    const auto [last, next] = around(from, [](const Sent&) { return true; });
    if (!joined(last, next, timeout())) return;
    const auto day = [&](std::size_t i) {
      return LocalZone::text(sent_[i].heartbeat.time, "%Y-%m-%d");
    };
    if (query_.preset == Preset::wakapi && day(*last) != day(*next)) return;
    PlainFigures* figures = item(*last, from);
    if (figures == nullptr) return;
    figures->united += seconds;
    const Actor actor = sent_[*last].heartbeat.actor;
    if (actor == Actor::human) figures->human += seconds;
    if (actor == Actor::agent) figures->agent += seconds;
  }

  StatsQuery query_;
  std::vector<Sent> sent_;
  PlainStats stats_;
};

/// What corrections make of a heartbeat, by their definition.
class PlainCorrections {
 public:
  [[nodiscard]] bool can_rename(const std::string& project, const std::string& to) const {
    return name_of(project) == project && name_of(to) != project;
  }

  /// Nothing: it does not count.
  [[nodiscard]] std::optional<Sent> told(Sent sent) const {
    std::string& project = sent.heartbeat.project;
    const WallTime time = sent.heartbeat.time;
    for (const auto& one : in_force) {
      if (one.kind != CorrectionKind::assign || time < *one.from || time >= *one.until) continue;
      if (one.project.empty() || name_of(one.project) == name_of(project)) project = one.to;
    }
    project = name_of(project);
    if (is_any(CorrectionKind::ignore, project)) return std::nullopt;
    if (is_any(CorrectionKind::hide, project)) project = "hidden";
    return sent;
  }

  [[nodiscard]] std::vector<Sent> told(const std::vector<Sent>& all) const {
    std::vector<Sent> kept;
    for (const auto& sent : all) {
      if (auto one = told(sent)) kept.push_back(*std::move(one));
    }
    return kept;
  }

  std::vector<Correction> in_force;  ///< in the order in which they were made

 private:
  [[nodiscard]] std::string name_of(std::string project) const {
    for (bool is_renamed = true; is_renamed;) {
      is_renamed = false;
      for (const auto& one : in_force) {
        if (one.kind != CorrectionKind::rename || one.project != project) continue;
        project = one.to;
        is_renamed = true;
        break;
      }
    }
    return project;
  }

  [[nodiscard]] bool is_any(CorrectionKind kind, const std::string& project) const {
    return std::ranges::any_of(in_force, [&](const Correction& one) {
      return one.kind == kind && name_of(one.project) == project;
    });
  }
};

/// Some days of heartbeats as they reach a hub: late, more than once, and in several revisions.
class History {
 public:
  History(std::uint64_t seed, WallTime begin) : random_(seed), begin_(begin) {
    auto samples = sample_heartbeats(seed, {.count = 220, .begin = begin, .span = 70h});
    for (auto& heartbeat : samples) {
      // Whole minutes make gaps of exactly a limit, and heartbeats of the same moment.
      if (one_in(3)) heartbeat.time = std::chrono::floor<std::chrono::minutes>(heartbeat.time);
      if (one_in(2)) heartbeat.time = begin + (heartbeat.time - begin) / 6;  // a busy day
      const std::string source = one_in(3) ? "desktop" : "laptop";
      for (std::uint32_t rev = 0; rev < 3; ++rev) {
        add({source, heartbeat});
        if (!one_in(6)) break;
        revise(heartbeat);
      }
    }
    std::ranges::shuffle(arrivals_, random_);
  }

  /// Sends everything in batches, with roll-ups between them that are never complete.
  void send_to(StatsHub& hub) {
    for (std::size_t i = 0; i < arrivals_.size();) {
      const std::size_t end = std::min(arrivals_.size(), i + 1 + random_() % 30);
      for (; i < end; ++i) {
        const auto batch = sample_batch({&arrivals_[i].heartbeat, 1}, arrivals_[i].source);
        REQUIRE(hub.store().ingest({&batch, 1}));
      }
      (void)hub.store().roll_up(WallTime::max(), {.slots = random_() % 20, .heartbeats = 100});
      if (one_in(2)) change_corrections(hub);
    }
  }

  /// Takes every correction back, in any order.
  void undo_all(StatsHub& hub) {
    while (!corrections_.in_force.empty()) {
      undo_one(hub);
      (void)hub.store().roll_up(WallTime::max(), {.slots = random_() % 20, .heartbeats = 100});
    }
  }

  /// What holds in the end, as corrected.
  [[nodiscard]] std::vector<Sent> corrected() const { return corrections_.told(final()); }

  /// What holds in the end.
  [[nodiscard]] std::vector<Sent> final() const {
    std::map<std::pair<std::string, std::string>, Sent> newest;
    for (const auto& sent : arrivals_) {
      const auto [known, is_first] =
          newest.try_emplace({sent.source, sent.heartbeat.id.text()}, sent);
      if (!is_first && rank(sent) > rank(known->second)) known->second = sent;
    }
    std::vector<Sent> all;
    for (const auto& [key, sent] : newest) all.push_back(sent);
    return all;
  }

 private:
  static std::pair<std::uint32_t, Digest> rank(const Sent& sent) {
    return {sent.heartbeat.rev, sha256(to_json(sent.heartbeat))};
  }

  bool one_in(std::uint64_t n) { return random_() % n == 0; }

  std::string any_project() {
    static const std::array<std::string, 6> kProjects{"project0", "project1", "project2",
                                                      "project3", "renamed",  "elsewhere"};
    return kProjects.at(random_() % kProjects.size());
  }

  void change_corrections(StatsHub& hub) {
    if (!corrections_.in_force.empty() && one_in(3)) return undo_one(hub);
    Correction correction{.kind = static_cast<CorrectionKind>(random_() % 4),
                          .project = any_project()};
    using enum CorrectionKind;
    if (correction.kind == rename || correction.kind == assign) correction.to = any_project();
    if (correction.kind == assign) {
      if (one_in(2)) correction.project.clear();
      correction.from = begin_ + milliseconds{static_cast<std::int64_t>(random_() % 90'000'000)};
      correction.until = *correction.from + milliseconds{1 + random_() % 30'000'000};
    }
    // A refusal is told by another test; here it must be one that the definition expects.
    const bool is_repeated =
        std::ranges::any_of(corrections_.in_force, [&](const Correction& other) {
          return other.kind == correction.kind && other.project == correction.project;
        });
    const bool is_refused = correction.kind == rename
                                ? correction.to == correction.project ||
                                      !corrections_.can_rename(correction.project, correction.to)
                                : correction.kind != assign && is_repeated;
    const auto made = hub.store().correct(correction, begin_);
    REQUIRE(made.has_value() == !is_refused);
    if (made) corrections_.in_force.push_back(*made);
  }

  void undo_one(StatsHub& hub) {
    auto& in_force = corrections_.in_force;
    const auto one = in_force.begin() + static_cast<std::ptrdiff_t>(random_() % in_force.size());
    REQUIRE(hub.store().undo_correction(one->id));
    in_force.erase(one);
  }

  void add(const Sent& sent) {
    arrivals_.push_back(sent);
    if (one_in(4)) arrivals_.push_back(sent);  // a lost acknowledgement
    if (one_in(12)) {                          // the same revision with other content
      arrivals_.push_back(sent);
      arrivals_.back().heartbeat.branch = "elsewhere";
    }
  }

  void revise(Heartbeat& heartbeat) {
    ++heartbeat.rev;
    if (one_in(2)) heartbeat.time += milliseconds{static_cast<std::int64_t>(random_() % 7'200'000)};
    if (one_in(2)) heartbeat.project = "renamed";
    if (heartbeat.tokens) heartbeat.tokens->output += 10;
  }

  std::mt19937_64 random_;
  WallTime begin_;
  std::vector<Sent> arrivals_;
  PlainCorrections corrections_;
};

std::vector<StatsQuery> queries_around(std::chrono::local_days middle, const std::string& zone) {
  using enum Dimension;
  std::vector<StatsQuery> queries;
  for (const auto& by : std::vector<std::vector<Dimension>>{{},
                                                            {day},
                                                            {week, weekday},
                                                            {month, hour},
                                                            {project, day},
                                                            {app, language, actor},
                                                            {model, machine, source},
                                                            {session, tool_class, hour},
                                                            {branch, category, entity},
                                                            {os, action, tool, entity_type}}) {
    queries.push_back(query_by(by, zone.c_str()));
    if (queries.size() % 2 == 0) queries.back().days = {middle, middle};
  }
  const auto filtered = [&](std::vector<Dimension> by, std::vector<StatsFilter> filters) {
    queries.push_back(query_by(std::move(by), zone.c_str()));
    queries.back().filters = std::move(filters);
  };
  filtered({day}, {{project, "project1"}, {project, "renamed"}, {actor, "agent"}});
  filtered({hour}, {{action, "prompt"}});
  filtered({session, project}, {{project, "hidden"}, {project, "elsewhere"}, {project, ""}});
  filtered({project}, {{branch, ""}, {entity_type, "app"}});
  const std::size_t plain = queries.size();
  for (const Preset preset : {Preset::vigil, Preset::wakatime, Preset::wakapi}) {
    for (std::size_t i = 0; i < plain; i += 4) {
      queries.push_back(queries[i]);
      queries.back().preset = preset;
      if (i % 8 == 0) queries.back().timeout = 3min;
    }
  }
  return queries;
}

void check_equal(const Stats& stats, const PlainStats& plain) {
  CHECK(stats.items.size() == plain.size());
  for (const auto& item : stats.items) {
    const auto found = plain.find(item.keys);
    REQUIRE(found != plain.end());
    const PlainFigures& expected = found->second;
    CHECK(item.figures.heartbeats == expected.heartbeats);
    CHECK(item.figures.tokens.output == expected.output);
    const auto seconds = [](microseconds time) { return static_cast<double>(time.count()) / 1e6; };
    CHECK(seconds(item.figures.human) == Approx(expected.human).margin(0.001));
    CHECK(seconds(item.figures.agent) == Approx(expected.agent).margin(0.001));
    CHECK(seconds(item.figures.united) == Approx(expected.united).margin(0.001));
  }
}

void check_queries(StatsHub& hub, const std::vector<StatsQuery>& queries,
                   const std::vector<PlainStats>& expected) {
  for (std::size_t i = 0; i < queries.size(); ++i) {
    INFO("query " << i);
    check_equal(hub.stats(queries[i]), expected[i]);
  }
}

}  // namespace

TEST_CASE("whatever comes in whatever order, every figure is what its definition says",
          "[hub][io]") {
  const auto [zone, begin, middle] = GENERATE(table<std::string, std::string, std::string>({
      {"Europe/Berlin", "2026-10-23T22:00:00Z", "2026-10-25"},        // an hour comes twice
      {"America/New_York", "2027-03-13T05:00:00Z", "2027-03-14"},     // an hour is missing
      {"Australia/Lord_Howe", "2026-10-02T12:00:00Z", "2026-10-04"},  // half an hour is missing
      {"America/Santiago", "2026-09-05T00:00:00Z", "2026-09-06"},     // there is no midnight
      {"Asia/Kathmandu", "2026-12-30T20:00:00Z", "2027-01-01"},       // UTC+5:45, over a new year
  }));
  const std::uint64_t seed = GENERATE(40U, 41U);
  INFO(zone << " seed " << seed);
  const LocalZone local(zone);
  History history(seed, *parse_rfc3339(begin));
  const auto queries = queries_around(*parse_day(middle), zone);
  const auto by_definition = [&](const std::vector<Sent>& sent) {
    std::vector<PlainStats> expected;
    for (const auto& query : queries) expected.push_back(Plain(sent, query).run());
    return expected;
  };
  StatsHub hub;
  history.send_to(hub);
  const auto corrected = by_definition(history.corrected());
  check_queries(hub, queries, corrected);
  hub.roll_up();
  check_queries(hub, queries, corrected);
  CHECK(check_store(hub.path()).value().empty());
  history.undo_all(hub);
  const auto expected = by_definition(history.final());
  check_queries(hub, queries, expected);
  hub.roll_up();
  check_queries(hub, queries, expected);
}

}  // namespace vigil::agent
