#pragma once

#include <cstddef>

#include "base/file_system.h"
#include "watcher/read_buffer.h"
#include "watcher/reading.h"
#include "watcher/tracked_file.h"

namespace vigil::watcher {

/// Reads what is new in plain files, a turn at a time, and moves their positions over whole lines.
///
/// Before each turn the bytes right before the position are compared with what was read there
/// (and the file's head after a restart): a file that was cut and has grown again past the
/// position looks like one that grew, except there.
///
/// A line longer than a turn is first searched for its end without being kept; once that is
/// known it is either read as a whole or, if longer than `line_max`, passed over. So the memory
/// is bounded by `line_max`, and a line that is written in many small pieces is not read again
/// from its start for each of them.
class PlainReader {
 public:
  PlainReader(std::size_t slice_size, std::size_t line_max, std::size_t padding);

  [[nodiscard]] Result<Reading> read(TrackedFile& file, const ReadableFile& handle);

 private:
  [[nodiscard]] Result<Reading> read_lines(TrackedFile& file, const ReadableFile& handle);
  [[nodiscard]] Result<Reading> find_line_end(TrackedFile& file, const ReadableFile& handle);
  [[nodiscard]] Result<Reading> take_long_line(TrackedFile& file, const ReadableFile& handle,
                                               std::size_t length, std::size_t line_break);
  [[nodiscard]] Result<Reading> take_last_line(TrackedFile& file, const ReadableFile& handle);
  [[nodiscard]] Reading take(TrackedFile& file, std::string_view text) const;

  std::size_t slice_size_;
  std::size_t line_max_;
  ReadBuffer buffer_;
};

/// Whether what lies before the position is still what was read there.
[[nodiscard]] Result<bool> matches_position(const ReadableFile& handle, const ReadState& read);

}  // namespace vigil::watcher
