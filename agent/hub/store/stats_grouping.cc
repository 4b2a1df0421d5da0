#include "agent/hub/store/stats_grouping.h"

#include <algorithm>

namespace vigil::agent {
namespace {

using std::chrono::local_days;

std::uint64_t cell_of(std::uint32_t periods, std::uint32_t group) {
  return std::uint64_t{periods} << 32 | group;
}

std::int64_t number_of(local_days day) {
  return day.time_since_epoch().count();
}

std::int64_t period_key(Dimension period, local_days day, std::int64_t hour) {
  const std::chrono::year_month_day date{day};
  const std::chrono::weekday weekday{day};
  switch (period) {
    case Dimension::week: return number_of(day - (weekday - std::chrono::Monday));
    case Dimension::month: return number_of(local_days{date.year() / date.month() / 1});
    case Dimension::weekday: return std::int64_t{weekday.iso_encoding()};
    case Dimension::hour: return hour + 1;
    default: return number_of(day);
  }
}

}  // namespace

bool passes(const DimensionValues& values, std::span<const ValueFilter> filters) {
  return std::ranges::all_of(filters, [&values](const ValueFilter& filter) {
    return std::ranges::find(filter.values, values.at(index_of(filter.dimension))) !=
           filter.values.end();
  });
}

std::size_t StatsGrouping::KeysHash::operator()(const Keys& keys) const {
  std::uint64_t hash = 0;
  for (const std::int64_t key : keys) {
    hash = (hash ^ static_cast<std::uint64_t>(key)) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32;
  }
  return hash;
}

StatsGrouping::StatsGrouping(std::vector<Dimension> by, std::vector<ValueFilter> filters,
                             TimeZone zone)
    : by_(std::move(by)),
      filters_(std::move(filters)),
      zone_(std::move(zone)),
      has_periods_(std::ranges::any_of(by_, is_period)) {}

std::optional<std::uint32_t> StatsGrouping::group_of(const DimensionValues& values) {
  if (!passes(values, filters_)) return std::nullopt;
  Keys keys{};
  for (std::size_t i = 0; i < by_.size(); ++i) {
    if (!is_period(by_[i])) keys.at(i) = values.at(index_of(by_[i]));
  }
  const auto known = groups_.find(keys);
  if (known != groups_.end()) return known->second;
  is_full_ = is_full_ || keys_.size() == kStatsItemsMax;
  if (is_full_) return std::nullopt;
  const auto group = static_cast<std::uint32_t>(keys_.size());
  keys_.push_back(keys);
  groups_.emplace(keys, group);
  return group;
}

void StatsGrouping::add(std::uint32_t group, Slot slot, const Figures& figures) {
  cell(periods_of(slot), group) += figures;
  is_full_ = is_full_ || cells_.size() > kStatsItemsMax;
  total_ += figures;
}

Figures& StatsGrouping::cell(std::uint32_t periods, std::uint32_t group) {
  if (group >= recent_.size()) recent_.resize(group + 1);
  auto& [of, figures] = recent_[group];
  if (figures == nullptr || of != periods) {
    of = periods;
    figures = &cells_[cell_of(periods, group)];
  }
  return *figures;
}

std::uint32_t StatsGrouping::periods_of(Slot slot) {
  if (!has_periods_) return 0;
  if (slot == last_slot_) return last_periods_;
  const Keys keys = period_keys(slot);
  const auto [found, is_new] =
      periods_.try_emplace(keys, static_cast<std::uint32_t>(period_keys_.size()));
  if (is_new) period_keys_.push_back(keys);
  last_slot_ = slot;
  return last_periods_ = found->second;
}

/// The keys of the dimensions that are periods, where they are in `by_`; else 0.
StatsGrouping::Keys StatsGrouping::period_keys(Slot slot) const {
  const auto local = zone_.local_time(slot);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto hour = std::chrono::floor<std::chrono::hours>(local - day).count();
  Keys keys{};
  for (std::size_t i = 0; i < by_.size(); ++i) {
    if (is_period(by_[i])) keys.at(i) = period_key(by_[i], day, hour);
  }
  return keys;
}

std::vector<NumberedItem> StatsGrouping::items() const {
  std::vector<NumberedItem> items;
  items.reserve(cells_.size());
  for (const auto& [cell, figures] : cells_) {
    NumberedItem item{keys_[static_cast<std::uint32_t>(cell)], figures};
    for (std::size_t i = 0; has_periods_ && i < by_.size(); ++i) {
      if (is_period(by_[i])) item.keys.at(i) = period_keys_.at(cell >> 32).at(i);
    }
    items.push_back(item);
  }
  return items;
}

}  // namespace vigil::agent
