#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/stats_query.h"

namespace vigil::agent {

/// What a heartbeat is in each dimension that is no period, as numbers: of texts, or of entries of
/// a list (from 1; a tool class from 0, which is none). 0: none.
inline constexpr std::size_t kValueDimensions = 16;
using DimensionValues = std::array<std::int64_t, kValueDimensions>;

[[nodiscard]] constexpr std::size_t index_of(Dimension dimension) {
  return static_cast<std::size_t>(dimension);
}

/// The dimensions that are rolled up: the first ones of DimensionValues.
inline constexpr std::size_t kRolledUpDimensions = 7;

/// A filter on numbers instead of texts: any of `values`.
struct ValueFilter {
  Dimension dimension = Dimension::project;
  std::vector<std::int64_t> values;
};

[[nodiscard]] bool passes(const DimensionValues& values, std::span<const ValueFilter> filters);

/// Where figures go: first the group of a heartbeat is asked for, then figures come for the group.
class FigureSink {
 public:
  virtual ~FigureSink() = default;

  /// Nothing: figures of such heartbeats are not wanted.
  virtual std::optional<std::uint32_t> group_of(const DimensionValues& values) = 0;
  virtual void add(std::uint32_t group, Slot slot, const Figures& figures) = 0;
};

}  // namespace vigil::agent
