#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "watcher/tracked_file.h"

namespace vigil::watcher {

/// Whose turn it is to be read. Files that one turn brings up to date come first (but never more
/// than kLiveRun turns in a row while others wait), then in rotation one turn each of: files that
/// grow but have fallen behind, old files, a compressed file.
///
/// Of the old ones the newest begin, kInTurn at a time: a start with thousands of them does not
/// begin them all at once.
class TurnOrder {
 public:
  static constexpr std::size_t kLiveRun = 16;
  static constexpr std::size_t kInTurn = 32;

  /// Queues the file in `lane`. One that waits already stays where it is, unless it moves up.
  void add(TrackedFile& file, Lane lane);

  /// After its turn, when there is more to read: behind the others of its lane. A compressed file
  /// stays in front.
  void add_again(TrackedFile& file, Lane lane);

  void remove(TrackedFile& file);

  /// A file and the lane that it waited in.
  struct Turn {
    TrackedFile* file = nullptr;
    Lane lane = Lane::none;
  };

  /// The next file, taken out of its queue; none when none waits.
  [[nodiscard]] std::optional<Turn> next();

  [[nodiscard]] bool empty() const;

 private:
  using Queue = std::deque<TrackedFile*>;
  [[nodiscard]] Queue& queue_of(Lane lane);
  [[nodiscard]] TrackedFile* next_behind();
  void refill_old();

  Queue live_;
  Queue growing_;
  Queue old_;                          ///< being read in rotation
  std::vector<TrackedFile*> waiting_;  ///< old ones not begun, newest last once sorted
  bool sorted_ = true;
  Queue compressed_;  ///< only the front is read
  std::size_t live_run_ = 0;
  std::size_t rotation_ = 0;
};

}  // namespace vigil::watcher
