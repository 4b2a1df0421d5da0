#pragma once

#include <cstddef>
#include <memory>

#include "base/file_system.h"
#include "watcher/reading.h"
#include "watcher/tracked_file.h"

namespace vigil::watcher {

/// Reads one compressed log from its start, a turn at a time. Such files are written once and
/// never grow, so their position knows only "nothing yet" (0) and "all of it" (their size): a
/// reader that is given up in between begins again.
///
/// Memory: the window of the frame (at most 32 MiB, else `malformed`), two pieces of a turn's
/// size, and at most `line_max` for one line.
class ZstdReader {
 public:
  ZstdReader(std::size_t slice_size, std::size_t line_max, std::size_t padding);
  ZstdReader(ZstdReader&&) noexcept;
  ZstdReader& operator=(ZstdReader&&) noexcept;
  ~ZstdReader();

  /// The next lines. `file.scanned` counts the compressed bytes taken in; a frame that breaks off
  /// leaves the file caught up with its position still at 0. `malformed`: no zstd data.
  [[nodiscard]] Result<Reading> read(TrackedFile& file, const ReadableFile& handle);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::watcher
