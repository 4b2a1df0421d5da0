#include "agent/hub/store/stats_grouping.h"

#include <catch2/catch.hpp>

namespace vigil::agent {
namespace {

DimensionValues values_with(Dimension dimension, std::int64_t value) {
  DimensionValues values{};
  values.at(index_of(dimension)) = value;
  return values;
}

Figures one_heartbeat() {
  Figures figures;
  figures.heartbeats = 1;
  return figures;
}

}  // namespace

TEST_CASE("figures meet in one item where their keys are the same", "[hub][unit]") {
  StatsGrouping grouping({Dimension::model}, {}, {});
  const auto first = grouping.group_of(values_with(Dimension::model, 7));
  CHECK(grouping.group_of(values_with(Dimension::model, 7)) == first);
  grouping.add(*first, Slot{}, one_heartbeat());
  grouping.add(*first, Slot{QuarterHours{9}}, one_heartbeat());
  REQUIRE(grouping.items().size() == 1);
  CHECK(grouping.items().front().figures.heartbeats == 2);
}

TEST_CASE("groups that a filter leaves out have no number", "[hub][unit]") {
  StatsGrouping grouping({}, {{Dimension::project, {3}}}, {});
  CHECK(grouping.group_of(values_with(Dimension::project, 3)));
  CHECK_FALSE(grouping.group_of(values_with(Dimension::project, 4)));
}

TEST_CASE("days before 1970 and hours have keys of their own", "[hub][unit]") {
  StatsGrouping grouping({Dimension::hour, Dimension::day}, {}, {});
  const auto group = grouping.group_of({});
  grouping.add(*group, Slot{QuarterHours{-1}}, one_heartbeat());
  REQUIRE(grouping.items().size() == 1);
  CHECK(grouping.items().front().keys[0] == 23 + 1);
  CHECK(grouping.items().front().keys[1] == -1);
}

TEST_CASE("one group more than an answer may have makes it full", "[hub][unit]") {
  StatsGrouping grouping({Dimension::entity}, {}, {});
  for (std::size_t i = 0; i < kStatsItemsMax; ++i) {
    const auto group =
        grouping.group_of(values_with(Dimension::entity, static_cast<std::int64_t>(i + 1)));
    grouping.add(*group, Slot{}, one_heartbeat());
  }
  CHECK_FALSE(grouping.is_full());
  CHECK_FALSE(grouping.group_of(values_with(Dimension::entity, 1'000'000)));
  CHECK(grouping.is_full());
}

TEST_CASE("one item more than an answer may have makes it full", "[hub][unit]") {
  StatsGrouping grouping({Dimension::day, Dimension::hour}, {}, {});
  const auto group = grouping.group_of({});
  Slot slot{};
  for (std::size_t i = 0; i < kStatsItemsMax; ++i, slot += QuarterHours{4}) {
    grouping.add(*group, slot, one_heartbeat());
  }
  CHECK_FALSE(grouping.is_full());
  grouping.add(*group, slot, one_heartbeat());
  CHECK(grouping.is_full());
}

}  // namespace vigil::agent
