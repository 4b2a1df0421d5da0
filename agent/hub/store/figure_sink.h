#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/hub/store/activity_time.h"
#include "agent/hub/store/stats_query.h"

namespace vigil::agent {

/// What a heartbeat is in each dimension up to `entity`, as numbers: of texts, of actors and tool
/// classes (from 1). 0: none.
inline constexpr std::size_t kValueDimensions = 12;
using DimensionValues = std::array<std::int64_t, kValueDimensions>;

[[nodiscard]] constexpr std::size_t index_of(Dimension dimension) {
  return static_cast<std::size_t>(dimension);
}

/// The dimensions that are rolled up: the first ones of DimensionValues.
inline constexpr std::size_t kRolledUpDimensions = 7;

/// Where figures go: first the group of a heartbeat is asked for, then figures come for the group.
class FigureSink {
 public:
  virtual ~FigureSink() = default;

  /// Nothing: figures of such heartbeats are not wanted.
  virtual std::optional<std::uint32_t> group_of(const DimensionValues& values) = 0;
  virtual void add(std::uint32_t group, Slot slot, const Figures& figures) = 0;
};

}  // namespace vigil::agent
