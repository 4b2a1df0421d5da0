#include "agent/hub/store/stats_grouping.h"

#include <algorithm>

namespace vigil::agent {
namespace {

constexpr std::int32_t kHours = 24;

bool is_period(Dimension dimension) {
  return dimension == Dimension::day || dimension == Dimension::hour;
}

std::uint64_t cell_of(std::int32_t period, std::uint32_t group) {
  return std::uint64_t{static_cast<std::uint32_t>(period)} << 32 | group;
}

}  // namespace

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
      by_day_(std::ranges::find(by_, Dimension::day) != by_.end()),
      by_hour_(std::ranges::find(by_, Dimension::hour) != by_.end()) {}

std::optional<std::uint32_t> StatsGrouping::group_of(const DimensionValues& values) {
  for (const auto& filter : filters_) {
    if (values.at(index_of(filter.dimension)) != filter.value) return std::nullopt;
  }
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
  cells_[cell_of(period_of(slot), group)] += figures;
  is_full_ = is_full_ || cells_.size() > kStatsItemsMax;
  total_ += figures;
}

StatsGrouping::Period StatsGrouping::period_of(Slot slot) {
  if (has_period_ && slot == last_slot_) return last_period_;
  Period period = 0;
  if (by_day_ || by_hour_) {
    const auto local = zone_.local_time(slot);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto hour = std::chrono::floor<std::chrono::hours>(local - day);
    if (by_day_) period = static_cast<Period>(day.time_since_epoch().count());
    if (by_hour_) period = period * kHours + static_cast<Period>(hour.count());
  }
  has_period_ = true;
  last_slot_ = slot;
  return last_period_ = period;
}

std::int64_t StatsGrouping::period_key(Dimension dimension, Period period) const {
  const Period hour = ((period % kHours) + kHours) % kHours;
  if (dimension == Dimension::hour) return hour + 1;
  return by_hour_ ? (period - hour) / kHours : period;
}

std::vector<NumberedItem> StatsGrouping::items() const {
  std::vector<NumberedItem> items;
  items.reserve(cells_.size());
  for (const auto& [cell, figures] : cells_) {
    NumberedItem item{keys_[static_cast<std::uint32_t>(cell)], figures};
    const auto period = static_cast<Period>(static_cast<std::uint32_t>(cell >> 32));
    for (std::size_t i = 0; i < by_.size(); ++i) {
      if (is_period(by_[i])) item.keys.at(i) = period_key(by_[i], period);
    }
    items.push_back(item);
  }
  return items;
}

}  // namespace vigil::agent
