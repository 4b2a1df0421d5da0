#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/hub/store/corrections.h"
#include "agent/hub/store/figure_sink.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class Names;

/// Most heartbeats that a scan keeps at a time, where a single slot with its surroundings does not
/// have more.
inline constexpr std::size_t kScanHeartbeats = 32'768;

/// A heartbeat as a scan reads it. Its project is the settled one (Corrections::settled).
struct ScannedHeartbeat {
  std::int64_t seq = 0;
  Moment moment;
  DimensionValues values{};
  Figures counts;  ///< heartbeats and tokens; it has no time yet
};

/// Sees what a scan goes over.
class ScanSink {
 public:
  virtual ~ScanSink() = default;

  /// A heartbeat within the slots of the scan or within reach of them, in order of time; one that
  /// lies around the border of two pieces comes for each. Nothing: its time is not wanted; else a
  /// number of the sink's choice.
  virtual std::optional<std::uint32_t> note(const ScannedHeartbeat& heartbeat) = 0;
  /// A heartbeat that counts: within the slots, once.
  virtual void count(std::uint32_t number, const ScannedHeartbeat& heartbeat) = 0;
  /// Time of the heartbeat with that number, in order of time within a piece, as pieces are.
  virtual void share(std::uint32_t number, const TimeShare& share) = 0;
};

/// Goes over the heartbeats of `slots`, in pieces that fit into memory, and attributes its time.
/// Those with `same_as` repeat others and count nowhere, as those that are to be ignored. Inside
/// the caller's transaction; throws SQLite::Exception.
void scan_events(SQLite::Database& db, Names& names, SlotRange slots, const TimeRules& rules,
                 const Corrections& corrections, ScanSink& sink);

/// Counts and accounts the heartbeats of all `ranges`, from table `events` alone. Otherwise as
/// scan_events().
void scan_figures(SQLite::Database& db, Names& names, std::span<const SlotRange> ranges,
                  const TimeRules& rules, const Corrections& corrections, FigureSink& sink);

/// The slots from the first to the last heartbeat and `reach` behind it; empty where there are
/// none.
[[nodiscard]] SlotRange slots_with_events(SQLite::Database& db, milliseconds reach);

/// Slots within `reach` of one of `touched` (ascending): joined, ascending, apart from each other.
[[nodiscard]] std::vector<SlotRange> reached_from(const std::vector<Slot>& touched,
                                                  milliseconds reach);

}  // namespace vigil::agent
