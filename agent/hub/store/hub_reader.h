#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/corrections.h"
#include "agent/hub/store/explanation.h"
#include "agent/hub/store/forget.h"
#include "agent/hub/store/session_summary.h"
#include "agent/hub/store/stats_query.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// Heartbeats of whole days, those with `same_as` too.
struct ExportQuery {
  DayRange days;
  TimeZone zone;
  std::vector<StatsFilter> filters{};
};

/// Where a page ended; the next one begins behind it.
struct ExportCursor {
  std::int64_t time = 0;
  std::int64_t id_time = 0;
  std::int64_t id_hash = 0;
  std::int64_t source = 0;

  friend bool operator==(const ExportCursor&, const ExportCursor&) = default;
};

struct ExportPage {
  std::vector<ExportedHeartbeat> heartbeats;
  std::optional<ExportCursor> next;  ///< nothing after the last page
};

inline constexpr std::size_t kExportPageMax = 1'000;

/// What the hub knows of one sender.
struct SourceSummary {
  SourceId source;
  std::int64_t heartbeats = 0;
  WallTime first_received{};
  WallTime last_received{};
  WallTime last_time{};      ///< the latest time that a heartbeat names
  std::int64_t missing = 0;  ///< batches whose number was skipped and that did not come later
  std::int64_t breaks = 0;   ///< batches that name another predecessor than the one stored
};

/// Answers questions about the store, whether or not a hub is running on it; changes nothing.
/// Each call sees one moment of the store. Not thread-safe: one per thread. Blocks on the disk.
///
/// Errors: `damaged`, `malformed` for a query that cannot be answered (the message says why),
/// `busy`, `io`.
class HubReader {
 public:
  /// Errors as of open_store_for_reading: `not_found` where there is no store.
  [[nodiscard]] static Result<std::unique_ptr<HubReader>> open(const std::string& path);
  ~HubReader();

  /// The store was found damaged since the last call; whoever writes it should renew() it.
  [[nodiscard]] bool take_damage();

  /// Figures by the query's dimensions. Costs milliseconds where all dimensions are rolled up, else
  /// about a second per million heartbeats in the range.
  [[nodiscard]] Result<Stats> stats(const StatsQuery& query);

  /// What stands behind a total. About a second per million heartbeats in the range.
  [[nodiscard]] Result<Explanation> explain(const ExplainQuery& query);

  [[nodiscard]] Result<Timeline> timeline(const StatsQuery& query);

  [[nodiscard]] Result<Sessions> sessions(const StatsQuery& query);

  [[nodiscard]] Result<DaySummary> summary_of(std::chrono::local_days day, const TimeZone& zone);

  /// In order of time and id, at most `limit` (up to kExportPageMax), from `after` on.
  [[nodiscard]] Result<ExportPage> export_page(const ExportQuery& query,
                                               const std::optional<ExportCursor>& after,
                                               std::size_t limit = kExportPageMax);

  /// All pages, of one moment of the store, in bounded memory. An error of `visit` ends it.
  [[nodiscard]] Result<void> export_heartbeats(
      const ExportQuery& query, const std::function<Result<void>(const ExportedHeartbeat&)>& visit);

  /// Heartbeats with numbers above `seq` in the order in which they were stored, at most `limit`.
  [[nodiscard]] Result<std::vector<ExportedHeartbeat>> stored_after(std::int64_t seq,
                                                                    std::size_t limit);

  [[nodiscard]] Result<std::vector<SourceSummary>> sources();

  /// Those in force, the newest first.
  [[nodiscard]] Result<std::vector<Correction>> corrections();

  /// How many heartbeats HubStore::forget() would erase.
  [[nodiscard]] Result<std::size_t> count(const ForgetQuery& query);

  /// Greater after every change of the heartbeats or of what corrects them; 0 for an empty store.
  /// Cheap.
  [[nodiscard]] Result<std::int64_t> revision();

 private:
  struct State;
  explicit HubReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
