#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/hub/store/figure_sink.h"
#include "base/result.h"

namespace vigil::agent {

/// A filter on a number instead of a text.
struct ValueFilter {
  Dimension dimension = Dimension::project;
  std::int64_t value = 0;
};

/// An item whose keys are still numbers: of the dimension's value, of the day since 1970, or of
/// the hour plus one.
struct NumberedItem {
  std::array<std::int64_t, kDimensionsMax> keys{};
  Figures figures;
};

/// Sums figures up by the dimensions of a query. Pure; not thread-safe.
class StatsGrouping final : public FigureSink {
 public:
  StatsGrouping(std::vector<Dimension> by, std::vector<ValueFilter> filters, TimeZone zone);

  std::optional<std::uint32_t> group_of(const DimensionValues& values) override;
  void add(std::uint32_t group, Slot slot, const Figures& figures) override;

  /// In no particular order. Groups without any figures are left out.
  [[nodiscard]] std::vector<NumberedItem> items() const;
  [[nodiscard]] const Figures& total() const { return total_; }

  /// Past kStatsItemsMax groups or items there was no room: the figures are not complete.
  [[nodiscard]] bool is_full() const { return is_full_; }

 private:
  /// Which day or hour, or both, of the zone; 0 where the query asks for neither.
  using Period = std::int32_t;
  using Keys = std::array<std::int64_t, kDimensionsMax>;

  struct KeysHash {
    std::size_t operator()(const Keys& keys) const;
  };

  [[nodiscard]] Period period_of(Slot slot);
  [[nodiscard]] std::int64_t period_key(Dimension dimension, Period period) const;

  std::vector<Dimension> by_;
  std::vector<ValueFilter> filters_;
  TimeZone zone_;
  bool by_day_ = false;
  bool by_hour_ = false;
  std::unordered_map<Keys, std::uint32_t, KeysHash> groups_;
  std::vector<Keys> keys_;                            ///< of each group
  std::unordered_map<std::uint64_t, Figures> cells_;  ///< by period and group
  Figures total_;
  bool is_full_ = false;
  Slot last_slot_{};
  Period last_period_ = 0;
  bool has_period_ = false;  ///< the two above are of each other
};

}  // namespace vigil::agent
