#include "agent/hub/store/day_range.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/time.h"

namespace vigil::agent {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

/// The same date `back` months earlier, or that month's last day where it has no such date.
local_days months_before(local_days day, months back) {
  const year_month_day date{day};
  const auto earlier = date - back;
  if (earlier.ok()) return local_days{earlier};
  return local_days{
      year_month_day_last{earlier.year(), std::chrono::month_day_last{earlier.month()}}};
}

local_days week_start(local_days day) {
  return day - (std::chrono::weekday{day} - std::chrono::Monday);
}

std::optional<DayRange> named_range(std::string_view word, local_days today) {
  const year_month_day date{today};
  if (word == "today") return DayRange{today, today};
  if (word == "yesterday") return DayRange{today - days{1}, today - days{1}};
  if (word == "week") return DayRange{week_start(today), today};
  if (word == "month") return DayRange{local_days{date.year() / date.month() / 1}, today};
  if (word == "year") return DayRange{local_days{date.year() / 1 / 1}, today};
  if (word == "last_7_days") return DayRange{today - days{6}, today};
  if (word == "last_30_days") return DayRange{today - days{29}, today};
  if (word == "last_6_months") return DayRange{months_before(today, months{6}) + days{1}, today};
  if (word == "last_year") return DayRange{months_before(today, months{12}) + days{1}, today};
  if (word == "all_time") return DayRange{};
  return std::nullopt;
}

template <class Number>
bool read_digits(std::string_view text, Number& to) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::ranges::all_of(text, is_digit) &&
         std::from_chars(text.data(), text.data() + text.size(), to).ec == std::errc{};
}

Result<std::optional<local_days>> parse_end(std::string_view text) {
  if (text.empty()) return std::optional<local_days>{};
  return std::optional(VIGIL_TRY(parse_day(text)));
}

}  // namespace

Result<local_days> parse_day(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const bool is_date = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                       read_digits(text.substr(0, 4), year) &&
                       read_digits(text.substr(5, 2), month) && read_digits(text.substr(8), day);
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (!is_date || !date.ok()) return fail(Errc::malformed, "not a day (like 2026-09-01)");
  return local_days{date};
}

std::string format_day(local_days day) {
  return format_rfc3339(WallTime{day.time_since_epoch()}).substr(0, 10);
}

Result<DayRange> parse_range(std::string_view text, local_days today) {
  if (const auto range = named_range(text, today)) return *range;
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto day = parse_day(text);
    if (day) return DayRange{*day, *day};
    return fail(
        Errc::malformed,
        "not a range: give today, yesterday, week, month, year, last_7_days, last_30_days, "
        "last_6_months, last_year, all_time, a day like 2026-09-01, or 2026-09-01..2026-09-30");
  }
  const DayRange range{VIGIL_TRY(parse_end(text.substr(0, dots))),
                       VIGIL_TRY(parse_end(text.substr(dots + 2)))};
  if (range.first && range.last && *range.last < *range.first) {
    return fail(Errc::malformed, "the range ends before it begins");
  }
  return range;
}

Result<DayRange> previous_range(std::string_view text, const DayRange& range) {
  if (!range.first || !range.last) {
    return fail(Errc::malformed, "only a range with two ends can be compared with the one before");
  }
  const local_days first = *range.first;
  const local_days last = *range.last;
  if (text == "week") return DayRange{first - days{7}, last - days{7}};
  if (text == "month" || text == "year") {
    const months back{text == "month" ? 1 : 12};
    return DayRange{months_before(first, back), months_before(last, back)};
  }
  return DayRange{first - (last - first) - days{1}, first - days{1}};
}

}  // namespace vigil::agent
