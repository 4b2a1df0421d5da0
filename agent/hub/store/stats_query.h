#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/day_range.h"
#include "agent/hub/store/time_zone.h"
#include "parser/activity.h"

namespace vigil::agent {

/// What statistics can be broken down by. Those up to `source` are rolled up and cost little, those
/// up to `entity_type` are counted from the heartbeats themselves; the periods behind them are cut
/// in the zone of the query and combine with either: a `week` is its Monday, a `month` as
/// `2026-09`, a `weekday` from `1` (Monday) to `7`, an `hour` of the day from `00` to `23`.
enum class Dimension : std::uint8_t {
  project,
  language,
  app,
  model,
  actor,
  machine,
  source,
  tool_class,
  session,
  branch,
  category,
  entity,
  os,
  action,
  tool,
  entity_type,
  day,
  week,
  month,
  weekday,
  hour,
};

inline constexpr std::size_t kDimensions = 21;

[[nodiscard]] constexpr bool is_period(Dimension dimension) {
  return dimension >= Dimension::day;
}

[[nodiscard]] std::string_view name_of(Preset preset);
[[nodiscard]] std::optional<Preset> preset_named(std::string_view name);

[[nodiscard]] std::string_view name_of(Dimension dimension);
[[nodiscard]] std::optional<Dimension> dimension_named(std::string_view name);

/// Most dimensions of one query, and most items of one answer.
inline constexpr std::size_t kDimensionsMax = 4;
inline constexpr std::size_t kStatsItemsMax = 100'000;

/// Only heartbeats whose dimension has this value; empty: those that have none.
struct StatsFilter {
  Dimension dimension = Dimension::project;
  std::string value;
};

/// How long a timeout may be.
inline constexpr milliseconds kTimeoutMin = std::chrono::minutes{1};
inline constexpr milliseconds kTimeoutMax = std::chrono::hours{4};

/// Filters choose among what was attributed, so that an item has the same figures with and
/// without one.
struct StatsQuery {
  DayRange days;
  TimeZone zone;
  std::vector<Dimension> by;  ///< each at most once
  /// Of one dimension any must hold, and so for every dimension; none on periods.
  std::vector<StatsFilter> filters;
  Preset preset = Preset::vigil;
  std::optional<milliseconds> timeout;  ///< default: the preset's; Vigil's is that of the store
};

/// Counts and times of a group of heartbeats. Times are attributed (see account_time), so figures
/// of groups that exclude each other add up.
struct Figures {
  std::int64_t heartbeats = 0;
  parser::Tokens tokens;
  microseconds human{};
  microseconds agent{};
  microseconds united{};  ///< `seconds` in answers: of the union of human and agent time

  /// For a whole, not for a part of it: how long human and agents were active together.
  [[nodiscard]] microseconds overlap() const { return human + agent - united; }

  Figures& operator+=(const Figures& other);
  friend bool operator==(const Figures&, const Figures&) = default;
};

struct StatsItem {
  std::vector<std::optional<std::string>> keys;  ///< one per dimension; nothing where absent
  Figures figures;

  friend bool operator==(const StatsItem&, const StatsItem&) = default;
};

struct Stats {
  std::vector<StatsItem> items;  ///< in order of their keys, absent ones last
  Figures total;
  TimeLimits limits;  ///< that were applied; `agent` means nothing to presets but Vigil's

  friend bool operator==(const Stats&, const Stats&) = default;
};

/// What a person wants to see at a glance; each list like a query by that dimension.
struct DaySummary {
  std::chrono::local_days day{};
  Figures total;
  std::vector<StatsItem> projects;
  std::vector<StatsItem> languages;
  std::vector<StatsItem> apps;
  std::vector<StatsItem> models;
};

}  // namespace vigil::agent
