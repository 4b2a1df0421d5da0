#include "agent/hub/store/activity_time.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>
#include <vector>

namespace vigil::agent {
namespace {

using namespace std::chrono_literals;
using parser::Action;
using parser::Actor;

constexpr WallTime kNoon = from_unix_ms(1'790'000'100'000);  // a quarter-hour begins
const SlotRange kAllSlots{slot_of(kNoon) - QuarterHours{100}, slot_of(kNoon) + QuarterHours{100}};

Moment human(milliseconds after) {
  return {kNoon + after, Actor::human, Action::prompt, 1};
}
Moment agent(milliseconds after, std::uint64_t session = 1) {
  return {kNoon + after, Actor::agent, Action::reply, session};
}

struct Sums {
  microseconds human{};
  microseconds agent{};
  microseconds united{};

  friend bool operator==(const Sums&, const Sums&) = default;
};

std::map<std::pair<std::size_t, Slot>, Sums> shares_of(const std::vector<Moment>& moments,
                                                       SlotRange slots = kAllSlots) {
  std::map<std::pair<std::size_t, Slot>, Sums> shares;
  account_time(moments, {}, slots, [&](const TimeShare& share) {
    Sums& sums = shares[{share.owner, share.slot}];
    sums.human += share.human;
    sums.agent += share.agent;
    sums.united += share.united;
  });
  return shares;
}

std::map<std::size_t, Sums> owners_of(const std::vector<Moment>& moments) {
  std::map<std::size_t, Sums> owners;
  for (const auto& [key, sums] : shares_of(moments)) {
    Sums& total = owners[key.first];
    total.human += sums.human;
    total.agent += sums.agent;
    total.united += sums.united;
  }
  return owners;
}

std::vector<Moment> random_moments(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Moment> moments;
  for (int i = 0; i < 60; ++i) {
    const auto actor = static_cast<Actor>(random() % 3);
    const auto action = random() % 10 == 0 ? Action::session_start : Action::reply;
    moments.push_back({kNoon + milliseconds{random() % 7'200'000}, actor, action, random() % 4});
  }
  std::ranges::sort(moments, {}, &Moment::time);
  return moments;
}

/// The definition, word for word: who is active during a millisecond?
std::map<std::size_t, std::array<double, 3>> plain_reference(const std::vector<Moment>& moments) {
  struct Stretch {
    WallTime begin, end;
    std::size_t owner;
    bool is_human;
  };
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    for (std::size_t j = i + 1; j < moments.size(); ++j) {
      if (moments[i].actor == Actor::human && moments[j].actor == Actor::human) {
        if (moments[j].time - moments[i].time < 15min) {
          stretches.push_back({moments[i].time, moments[j].time, i, true});
        }
        break;
      }
    }
    for (std::size_t j = i; j-- > 0;) {
      if (moments[j].session != moments[i].session) continue;
      const bool is_work =
          moments[i].actor == Actor::agent && moments[i].action != Action::session_start;
      if (is_work && moments[i].time - moments[j].time < 5min) {
        stretches.push_back({moments[j].time, moments[i].time, i, false});
      }
      break;
    }
  }
  std::map<std::size_t, std::array<double, 3>> owners;
  constexpr auto kStep = 100ms;  // stretches are clipped to steps, so this is exact
  for (WallTime at = kNoon; at < kNoon + 2h + 15min; at += kStep) {
    for (auto from = at; from < at + kStep;) {
      auto to = at + kStep;
      std::vector<const Stretch*> active;
      double agents = 0;
      for (const auto& stretch : stretches) {
        if (stretch.begin > from) to = std::min(to, stretch.begin);
        if (stretch.end > from) to = std::min(to, stretch.end);
        if (stretch.begin <= from && from < stretch.end) active.push_back(&stretch);
      }
      for (const auto* stretch : active) agents += stretch->is_human ? 0 : 1;
      const auto length = static_cast<double>(microseconds{to - from}.count());
      for (const auto* stretch : active) {
        auto& sums = owners[stretch->owner];
        sums[stretch->is_human ? 0 : 1] += stretch->is_human ? length : length / agents;
        sums[2] += length / static_cast<double>(active.size());
      }
      from = to;
    }
  }
  return owners;
}

}  // namespace

TEST_CASE("a stretch between two human heartbeats belongs to the earlier, the last adds nothing",
          "[hub][unit]") {
  const auto owners = owners_of({human(0s), human(60s), human(90s)});
  CHECK(owners == std::map<std::size_t, Sums>{{0, {60s, 0s, 60s}}, {1, {30s, 0s, 30s}}});
}

TEST_CASE("human heartbeats join only when they are closer than the timeout", "[hub][unit]") {
  CHECK(owners_of({human(0s), human(15min - 1ms)}).size() == 1);
  CHECK(owners_of({human(0s), human(15min)}).empty());
}

TEST_CASE("a prompt starts a turn, and waiting for a human is nobody's time", "[hub][unit]") {
  // Prompt, work for 10 and 20 s, a pause of 10 minutes, the next prompt, work for 5 s.
  const auto owners = owners_of({human(0s), agent(10s), agent(30s), human(20min), agent(1205s)});
  CHECK(owners ==
        std::map<std::size_t, Sums>{{1, {0s, 10s, 10s}}, {2, {0s, 20s, 20s}}, {4, {0s, 5s, 5s}}});
}

TEST_CASE("an agent's turn is cut where nothing was recorded for five minutes", "[hub][unit]") {
  CHECK(owners_of({agent(0s), agent(5min - 1ms)}).size() == 1);
  CHECK(owners_of({agent(0s), agent(5min)}).empty());
}

TEST_CASE("starts and ends of sessions end no stretch, but work after them does", "[hub][unit]") {
  const Moment start{kNoon + 60s, Actor::agent, Action::session_start, 1};
  const Moment end{kNoon + 100s, Actor::agent, Action::session_end, 1};
  const auto owners = owners_of({agent(0s), start, agent(70s), end});
  CHECK(owners == std::map<std::size_t, Sums>{{2, {0s, 10s, 10s}}});
}

TEST_CASE("an unknown actor owns no time, but an agent's stretch may begin at it", "[hub][unit]") {
  const Moment unknown{kNoon + 60s, Actor::unknown, Action::tool, 1};
  const auto owners = owners_of({agent(0s), unknown, agent(70s)});
  CHECK(owners == std::map<std::size_t, Sums>{{2, {0s, 10s, 10s}}});
}

TEST_CASE("turns that run at once share the time, a human at work takes part in the union",
          "[hub][unit]") {
  const auto owners =
      owners_of({human(0s), agent(0s, 2), agent(0s, 3), agent(60s, 2), agent(60s, 3), human(60s)});
  CHECK(owners ==
        std::map<std::size_t, Sums>{{0, {60s, 0s, 20s}}, {3, {0s, 30s, 20s}}, {4, {0s, 30s, 20s}}});
}

TEST_CASE("shares are cut at borders of slots", "[hub][unit]") {
  const auto shares = shares_of({human(14min), human(16min)});
  const Slot slot = slot_of(kNoon);
  CHECK(shares == std::map<std::pair<std::size_t, Slot>, Sums>{
                      {{0, slot}, {60s, 0s, 60s}}, {{0, slot + QuarterHours{1}}, {60s, 0s, 60s}}});
}

TEST_CASE("time that does not divide evenly is still shared out to the microsecond",
          "[hub][unit]") {
  const auto owners = owners_of(
      {agent(0s, 1), agent(0s, 2), agent(0s, 3), agent(1ms, 1), agent(1ms, 2), agent(1ms, 3)});
  CHECK(owners.at(3).agent == 334us);
  CHECK(owners.at(4).agent == 333us);
  CHECK(owners.at(5).agent == 333us);
}

TEST_CASE("accounting agrees with the definition taken word for word", "[hub][unit]") {
  const auto seed = GENERATE(range(1U, 9U));
  const auto moments = random_moments(seed);
  const auto expected = plain_reference(moments);
  const auto owners = owners_of(moments);
  REQUIRE(owners.size() == expected.size());
  for (const auto& [owner, sums] : owners) {
    // Rounding: less than one microsecond for each piece of a stretch.
    CHECK(std::abs(static_cast<double>(sums.human.count()) - expected.at(owner)[0]) < 100);
    CHECK(std::abs(static_cast<double>(sums.agent.count()) - expected.at(owner)[1]) < 100);
    CHECK(std::abs(static_cast<double>(sums.united.count()) - expected.at(owner)[2]) < 100);
  }
}

TEST_CASE("a slot's shares do not depend on which slots are asked for", "[hub][unit]") {
  const auto seed = GENERATE(range(10U, 14U));
  const auto moments = random_moments(seed);
  const auto all = shares_of(moments);
  std::map<std::pair<std::size_t, Slot>, Sums> joined;
  for (Slot slot = slot_of(kNoon); slot < slot_of(kNoon + 3h); slot += QuarterHours{1}) {
    // Only what the contract asks for: the slot's surroundings.
    std::vector<Moment> near;
    std::size_t skipped = 0;
    for (const auto& moment : moments) {
      if (moment.time < WallTime(slot) - 15min)
        ++skipped;
      else if (moment.time < WallTime(slot) + 30min)
        near.push_back(moment);
    }
    for (const auto& [key, sums] : shares_of(near, {slot, slot + QuarterHours{1}})) {
      joined[{key.first + skipped, key.second}] = sums;
    }
  }
  CHECK(joined == all);
}

TEST_CASE("WakaTime's and Wakapi's rules put everything in one row", "[hub][unit]") {
  // A prompt, the reply 12 minutes later, another agent's 3 minutes after that, then lunch.
  const std::vector<Moment> moments{human(0min), agent(12min), agent(15min, 2), human(40min)};
  std::map<std::size_t, Sums> owners;
  const auto account = [&](const TimeRules& rules) {
    owners.clear();
    account_time(moments, rules, kAllSlots, [&](const TimeShare& share) {
      Sums& sums = owners[share.owner];
      sums.human += share.human;
      sums.agent += share.agent;
      sums.united += share.united;
    });
  };
  account({Preset::wakatime, {.human = timeout_of(Preset::wakatime)}});
  CHECK(owners == std::map<std::size_t, Sums>{{0, {12min, 0min, 12min}}, {1, {0min, 3min, 3min}}});
  account({Preset::wakapi, {.human = timeout_of(Preset::wakapi)}});  // 12 minutes are too many
  CHECK(owners == std::map<std::size_t, Sums>{{1, {0min, 3min, 3min}}});
}

TEST_CASE("by Wakapi's rules nothing goes over midnight, wherever that is", "[hub][unit]") {
  const WallTime before = *parse_rfc3339("2026-09-20T21:58:00Z");  // 23:58 in Berlin
  const std::vector<Moment> moments{{before, Actor::human, Action::edit, 1},
                                    {before + 5min, Actor::human, Action::edit, 1}};
  const auto total = [&](Preset preset, const char* zone) {
    microseconds sum{};
    account_time(moments, {preset, {}, *TimeZone::named(zone)}, kAllSlots,
                 [&](const TimeShare& share) { sum += share.united; });
    return sum;
  };
  CHECK(total(Preset::wakapi, "Europe/Berlin") == 0min);
  CHECK(total(Preset::wakapi, "Asia/Tokyo") == 5min);
  CHECK(total(Preset::wakatime, "Europe/Berlin") == 5min);
}

TEST_CASE("shares come in order of time and say which piece they are of", "[hub][unit]") {
  const auto moments = random_moments(21);
  WallTime last = kNoon - 1h;
  microseconds human_pieces{};
  microseconds human{};
  account_time(moments, {}, kAllSlots, [&](const TimeShare& share) {
    CHECK(share.begin >= last);
    CHECK(share.begin < share.end);
    CHECK(slot_of(share.begin) == share.slot);
    last = share.begin;
    if (share.actor == Actor::human) human_pieces += share.end - share.begin;
    human += share.human;
  });
  CHECK(human_pieces == human);
}

}  // namespace vigil::agent
