#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vigil {

/// Mistakes that can be switched on, one at a time, in a build that is made for it
/// (-DVIGIL_PLANTED_BUGS=ON): they show whether the tests would find the like. Each is one line in
/// otherwise unchanged code, and costs nothing in every other build.
enum class PlantedBug : std::uint8_t {
  none,
  position_before_events,   ///< a position is committed before the heartbeats that it covers
  ack_before_commit,        ///< the hub answers before it stores
  outbox_not_synced,        ///< synchronous=NORMAL
  hub_not_synced,           ///< likewise
  unsynced_log_trusted,     ///< what a failed sync left in SQLite's log counts as durable
  random_ids,               ///< an id depends on when its line was read
  no_tail_hash,             ///< the bytes before a position are not compared
  overflow_ignored,         ///< lost hints are not made good by looking at everything
  any_2xx_settles,          ///< an answer need not name the batch
  digest_unchecked,         ///< ... nor its digest
  retry_deadline,           ///< after five failures a batch counts as delivered
  busy_is_poison,           ///< 503 is taken for a refusal of the events
  too_large_dropped,        ///< 413 ends a batch instead of halving it
  partial_line_parsed,      ///< what stands before the LF has come is taken for a line
  unfinished_object_taken,  ///< a last line without LF is taken though it is not complete
  last_line_forgotten,      ///< ... or never tried, where others came with it
  truncation_unnoticed,     ///< a file shorter than its position
  rollback_forgotten,       ///< what could not be stored is not read again
  parser_state_ignored,     ///< reading goes on with a parser that knows nothing
  newest_batch_first,       ///< of two sealed batches the later one goes first
  sent_before_commit,       ///< a batch leaves before it is durable that it was sealed
  timer_on_wall_clock,      ///< a civil clock that is set back holds up what is due
  clock_followed_once,      ///< the second jump of a clock is not made good
  quarantine_loop,          ///< what was quarantined is queued again at once
  evicted_uncounted,        ///< rows given up at the cap are not counted
  fallback_uncommitted,     ///< the fallback file goes before what it held is stored
  row_checksum_unchecked,   ///< damaged rows are sent
  cut_page_unnoticed,       ///< a queue that ends in half a page is used
  dedupe_per_batch,         ///< the hub knows events of the same batch again, no others
  revision_ignored,         ///< the hub keeps the first revision
  body_digest_trusted,      ///< the hub believes the digest in the header
};

inline constexpr std::array<std::string_view, 32> kPlantedBugNames{"none",
                                                                   "position before events",
                                                                   "ack before commit",
                                                                   "outbox not synced",
                                                                   "hub not synced",
                                                                   "unsynced log trusted",
                                                                   "random ids",
                                                                   "no tail hash",
                                                                   "overflow ignored",
                                                                   "any 2xx settles",
                                                                   "digest unchecked",
                                                                   "retry deadline",
                                                                   "busy is poison",
                                                                   "too large dropped",
                                                                   "partial line parsed",
                                                                   "unfinished object taken",
                                                                   "last line forgotten",
                                                                   "truncation unnoticed",
                                                                   "rollback forgotten",
                                                                   "parser state ignored",
                                                                   "newest batch first",
                                                                   "sent before commit",
                                                                   "timer on wall clock",
                                                                   "clock followed once",
                                                                   "quarantine loop",
                                                                   "evicted uncounted",
                                                                   "fallback uncommitted",
                                                                   "row checksum unchecked",
                                                                   "cut page unnoticed",
                                                                   "dedupe per batch",
                                                                   "revision ignored",
                                                                   "body digest trusted"};

#ifdef VIGIL_PLANTED_BUGS
/// The one that is switched on. Set by the simulator, between runs.
inline PlantedBug planted_bug = PlantedBug::none;  // NOLINT: the point of this build

[[nodiscard]] inline bool planted(PlantedBug bug) {
  return bug == planted_bug;
}
#else
[[nodiscard]] constexpr bool planted(PlantedBug /*bug*/) {
  return false;
}
#endif

}  // namespace vigil
