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

/// An item whose keys are still numbers: of the dimension's value, or of a period: the day (of a
/// week or month the first) since 1970, the weekday from 1, the hour plus one.
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
  using Keys = std::array<std::int64_t, kDimensionsMax>;

  struct KeysHash {
    std::size_t operator()(const Keys& keys) const;
  };

  /// The number of the periods that a slot lies in, among those met so far.
  [[nodiscard]] std::uint32_t periods_of(Slot slot);
  [[nodiscard]] Keys period_keys(Slot slot) const;

  /// Where the figures of a group in these periods are summed up; stays where it is.
  [[nodiscard]] Figures& cell(std::uint32_t periods, std::uint32_t group);

  std::vector<Dimension> by_;
  std::vector<ValueFilter> filters_;
  TimeZone zone_;
  bool has_periods_ = false;
  std::unordered_map<Keys, std::uint32_t, KeysHash> groups_;
  std::vector<Keys> keys_;  ///< of each group
  std::unordered_map<Keys, std::uint32_t, KeysHash> periods_;
  std::vector<Keys> period_keys_;                     ///< of each number
  std::unordered_map<std::uint64_t, Figures> cells_;  ///< by periods and group
  /// The cells of the periods that came last, by group: figures come slot by slot.
  std::vector<std::pair<std::uint32_t, Figures*>> recent_;
  Figures total_;
  bool is_full_ = false;
  std::optional<Slot> last_slot_;
  std::uint32_t last_periods_ = 0;  ///< of that slot
};

}  // namespace vigil::agent
