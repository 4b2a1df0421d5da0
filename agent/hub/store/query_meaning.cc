#include "agent/hub/store/query_meaning.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <string_view>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/event_scan.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/rollup.h"

namespace vigil::agent {
namespace {

constexpr std::int64_t kNoSuchValue = -1;

/// The column of `events` or `origins` that holds a dimension, and what a filter's value is more
/// than the column's.
struct DimensionColumn {
  std::string_view name;
  std::int64_t first = 0;
  bool is_of_origin = false;
};

DimensionColumn column_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::actor:
    case Dimension::action:
    case Dimension::entity_type: return {name_of(dimension), 1};
    case Dimension::app:
    case Dimension::machine:
    case Dimension::os: return {name_of(dimension), 0, true};
    default: return {name_of(dimension)};
  }
}

std::string condition_of(const ValueFilter& filter) {
  const DimensionColumn column = column_of(filter.dimension);
  std::string values;
  for (const std::int64_t value : filter.values) {
    values += (values.empty() ? "" : ",") + std::to_string(value - column.first);
  }
  // Absent texts are NULL in `events` and 0 in `origins`.
  const std::string is_one_of = "coalesce(" + std::string(column.name) + ",0) IN (" + values + ")";
  if (!column.is_of_origin) return is_one_of;
  return "origin IN (SELECT id FROM origins WHERE " + is_one_of + ")";
}

/// The number of a list's entry, the first one's being `first`.
template <class Entry>
std::int64_t number_in_list(const std::optional<Entry>& entry, std::int64_t first) {
  return entry ? static_cast<std::int64_t>(*entry) + first : kNoSuchValue;
}

/// The number that a filter's text stands for in its dimension.
std::int64_t value_of(const StatsFilter& filter, Names& names) {
  const std::string& text = filter.value;
  if (text.empty()) return 0;
  switch (filter.dimension) {
    case Dimension::actor: return number_in_list(parser::actor_named(text), 1);
    case Dimension::action: return number_in_list(parser::action_named(text), 1);
    case Dimension::entity_type: return number_in_list(entity_type_named(text), 1);
    case Dimension::tool_class: return number_in_list(parser::tool_class_named(text), 0);
    default: return names.find(text).value_or(kNoSuchValue);
  }
}

std::string period_text(Dimension period, std::int64_t key) {
  const auto day = [key] { return format_day(std::chrono::local_days{std::chrono::days{key}}); };
  switch (period) {
    case Dimension::month: return day().substr(0, 7);
    case Dimension::weekday: return std::to_string(key);
    case Dimension::hour: return (key <= 10 ? "0" : "") + std::to_string(key - 1);
    default: return day();
  }
}

/// Days of the query in slots, but not beyond those that hold anything.
SlotRange within_days(const StatsQuery& query, SlotRange existing) {
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

}  // namespace

Result<void> check_query(const StatsQuery& query) {
  auto by = query.by;
  std::ranges::sort(by);
  if (by.size() > kDimensionsMax || std::ranges::adjacent_find(by) != by.end()) {
    return fail(Errc::malformed,
                "by: up to " + std::to_string(kDimensionsMax) + " different dimensions, each once");
  }
  for (const auto& filter : query.filters) {
    if (is_period(filter.dimension)) {
      return fail(Errc::malformed, std::string(name_of(filter.dimension)) +
                                       ": choose days by a range, not by a filter");
    }
  }
  const auto timeout = query.timeout.value_or(kTimeoutMin);
  if (timeout < kTimeoutMin || timeout > kTimeoutMax) {
    return fail(Errc::malformed, "timeout_seconds: from 60 (a minute) to 14400 (4 hours)");
  }
  return {};
}

DimensionValues as_told(DimensionValues values, const Corrections& corrections) {
  auto& project = values[index_of(Dimension::project)];
  project = corrections.shown(project);
  return values;
}

std::optional<std::string> key_text(Dimension dimension, std::int64_t key, Names& names) {
  if (is_period(dimension)) return period_text(dimension, key);
  if (key == 0) return std::nullopt;
  switch (dimension) {
    case Dimension::actor: return std::string(name_of(static_cast<parser::Actor>(key - 1)));
    case Dimension::action: return std::string(name_of(static_cast<parser::Action>(key - 1)));
    case Dimension::entity_type: return std::string(name_of(static_cast<EntityType>(key - 1)));
    case Dimension::tool_class: return std::string(name_of(static_cast<parser::ToolClass>(key)));
    default: return names.text_of(key);
  }
}

std::vector<ValueFilter> numbered_filters(const std::vector<StatsFilter>& filters, Names& names) {
  std::vector<ValueFilter> numbered;
  for (const auto& filter : filters) {
    const auto same = std::ranges::find(numbered, filter.dimension, &ValueFilter::dimension);
    const std::int64_t value = value_of(filter, names);
    if (same != numbered.end()) {
      same->values.push_back(value);
    } else {
      numbered.push_back({filter.dimension, {value}});
    }
  }
  return numbered;
}

std::string filter_sql(const std::vector<ValueFilter>& filters) {
  std::string sql;
  for (const auto& filter : filters) sql += " AND " + condition_of(filter);
  return sql;
}

TimeRules rules_of(SQLite::Database& db, const StatsQuery& query) {
  TimeRules rules{query.preset, stored_limits(db), query.zone};
  if (query.preset != Preset::vigil) rules.limits.human = timeout_of(query.preset);
  rules.limits.human = query.timeout.value_or(rules.limits.human);
  return rules;
}

SlotRange slots_of(SQLite::Database& db, const StatsQuery& query, const TimeRules& rules) {
  return within_days(query, slots_with_events(db, rules.reach()));
}

}  // namespace vigil::agent
