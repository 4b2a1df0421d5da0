#include "agent/hub/store/stats_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "agent/hub/store/event_scan.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/rollup.h"
#include "agent/hub/store/stats_grouping.h"

namespace vigil::agent {
namespace {

constexpr std::int64_t kNoSuchValue = -1;
constexpr milliseconds kTimeoutMin = std::chrono::minutes{1};
constexpr milliseconds kTimeoutMax = std::chrono::hours{4};
constexpr QuarterHours kReachOfMarks{24};  // covers kTimeoutMax on both sides

bool is_period(Dimension dimension) {
  return dimension == Dimension::day || dimension == Dimension::hour;
}

bool is_rolled_up(Dimension dimension) {
  return is_period(dimension) || index_of(dimension) < kRolledUpDimensions;
}

Result<void> check_query(const StatsQuery& query) {
  auto by = query.by;
  std::ranges::sort(by);
  if (by.size() > kDimensionsMax || std::ranges::adjacent_find(by) != by.end()) {
    return fail(Errc::malformed, "statistics can be broken down by up to " +
                                     std::to_string(kDimensionsMax) + " different dimensions");
  }
  for (const auto& filter : query.filters) {
    if (is_period(filter.dimension)) {
      return fail(Errc::malformed, "choose days by a range, not by a filter");
    }
  }
  const auto timeout = query.human_timeout.value_or(kTimeoutMin);
  if (timeout < kTimeoutMin || timeout > kTimeoutMax) {
    return fail(Errc::malformed, "a timeout must be from 1 minute to 4 hours");
  }
  return {};
}

/// The number that a filter's text stands for in its dimension.
std::int64_t value_of(const StatsFilter& filter, Names& names) {
  if (filter.value.empty()) return 0;
  if (filter.dimension == Dimension::actor) {
    const auto actor = parser::actor_named(filter.value);
    return actor ? static_cast<std::int64_t>(*actor) + 1 : kNoSuchValue;
  }
  if (filter.dimension == Dimension::tool_class) {
    const auto tool_class = parser::tool_class_named(filter.value);
    return tool_class ? static_cast<std::int64_t>(*tool_class) : kNoSuchValue;
  }
  return names.find(filter.value).value_or(kNoSuchValue);
}

std::string hour_text(std::int64_t hour) {
  return (hour < 10 ? "0" : "") + std::to_string(hour);
}

std::optional<std::string> key_text(Dimension dimension, std::int64_t key, Names& names) {
  if (dimension == Dimension::day) {
    return format_day(std::chrono::local_days{std::chrono::days{key}});
  }
  if (key == 0) return std::nullopt;
  switch (dimension) {
    case Dimension::hour: return hour_text(key - 1);
    case Dimension::actor: return std::string(name_of(static_cast<parser::Actor>(key - 1)));
    case Dimension::tool_class: return std::string(name_of(static_cast<parser::ToolClass>(key)));
    default: return names.text_of(key);
  }
}

/// Days of the query in slots, but not beyond those that hold anything.
SlotRange slots_of(const StatsQuery& query, SlotRange existing) {
  SlotRange slots = existing;
  if (query.days.first) {
    slots.begin = std::max(slots.begin, slot_of(query.zone.start_of(*query.days.first)));
  }
  if (query.days.last) {
    const auto end = query.zone.start_of(*query.days.last + std::chrono::days{1});
    slots.end = std::min(slots.end, slot_of(end));
  }
  return slots;
}

SlotRange overlap_of(SlotRange a, SlotRange b) {
  return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

/// Figures that were rolled up where they are fresh, the others from the heartbeats.
Result<void> collect_rolled_up(SQLite::Database& db, Names& names, SlotRange slots,
                               const TimeLimits& limits, FigureSink& sink) {
  const SlotRange marks{slots.begin - kReachOfMarks, slots.end + kReachOfMarks};
  const auto touched = touched_slots(db, marks, std::numeric_limits<std::int32_t>::max());
  auto stale = reached_from(touched, limits.reach());
  VIGIL_TRY(read_rollups(db, slots, stale, sink));
  for (SlotRange& range : stale) range = overlap_of(range, slots);
  scan_figures(db, names, stale, limits, sink);
  return {};
}

Stats with_texts(const StatsGrouping& grouping, const std::vector<Dimension>& by, Names& names) {
  Stats stats;
  stats.total = grouping.total();
  for (const auto& numbered : grouping.items()) {
    StatsItem& item = stats.items.emplace_back();
    item.figures = numbered.figures;
    for (std::size_t i = 0; i < by.size(); ++i) {
      item.keys.push_back(key_text(by[i], numbered.keys.at(i), names));
    }
  }
  sort_by_keys(stats.items);
  return stats;
}

}  // namespace

Result<Stats> read_stats(SQLite::Database& db, Names& names, const StatsQuery& query) {
  VIGIL_TRY(check_query(query));
  const TimeLimits stored = stored_limits(db);
  const TimeLimits limits{query.human_timeout.value_or(stored.human), stored.agent};
  std::vector<ValueFilter> filters;
  filters.reserve(query.filters.size());
  for (const auto& filter : query.filters) {
    filters.push_back({filter.dimension, value_of(filter, names)});
  }
  StatsGrouping grouping(query.by, std::move(filters), query.zone);
  const SlotRange slots = slots_of(query, slots_with_events(db, limits));
  const bool is_precomputed =
      limits == stored && std::ranges::all_of(query.by, is_rolled_up) &&
      std::ranges::all_of(query.filters, is_rolled_up, &StatsFilter::dimension);
  if (is_precomputed) {
    VIGIL_TRY(collect_rolled_up(db, names, slots, limits, grouping));
  } else {
    scan_figures(db, names, {&slots, 1}, limits, grouping);
  }
  if (grouping.is_full()) {
    return fail(Errc::malformed, "more than " + std::to_string(kStatsItemsMax) +
                                     " items: ask for fewer dimensions or days");
  }
  return with_texts(grouping, query.by, names);
}

void sort_by_keys(std::vector<StatsItem>& items) {
  const auto is_before = [](const std::optional<std::string>& a,
                            const std::optional<std::string>& b) { return a && (!b || *a < *b); };
  std::ranges::sort(items, [&](const StatsItem& a, const StatsItem& b) {
    return std::ranges::lexicographical_compare(a.keys, b.keys, is_before);
  });
}

}  // namespace vigil::agent
