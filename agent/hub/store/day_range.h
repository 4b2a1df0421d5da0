#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigil::agent {

/// Days of a calendar, both ends inclusive; an absent end is open. Means nothing without a zone.
struct DayRange {
  std::optional<std::chrono::local_days> first;
  std::optional<std::chrono::local_days> last;

  friend bool operator==(const DayRange&, const DayRange&) = default;
};

/// Reads `2026-09-01`; `malformed` for anything else and for days that do not exist.
[[nodiscard]] Result<std::chrono::local_days> parse_day(std::string_view text);

[[nodiscard]] std::string format_day(std::chrono::local_days day);

/// Reads a RANGE: `today`, `yesterday`, `week` (from Monday), `month`, `year` (each up to today),
/// `last_7_days`, `last_30_days` (today is one of them), `last_6_months`, `last_year` (up to today,
/// from the day after the one of that date), `all_time`, a day D, or `D..D` with either end left
/// out. `malformed` names what is possible.
[[nodiscard]] Result<DayRange> parse_range(std::string_view text, std::chrono::local_days today);

/// The days that `range` is compared with, `text` being what parse_range() made it of: of a `week`
/// the same weekdays before, of a `month` or `year` up to today the one before up to the same date,
/// of others as many days right before. `malformed` where the range has an open end.
[[nodiscard]] Result<DayRange> previous_range(std::string_view text, const DayRange& range);

}  // namespace vigil::agent
