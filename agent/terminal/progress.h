#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace vigil::agent {

/// The line that shows how far reading back is: share, bytes, rate and remaining time. Says when
/// something is to be written and what; writes nothing. Not thread-safe.
class Progress {
 public:
  static constexpr milliseconds kQuietFor{300};  ///< shorter work shows nothing at all
  static constexpr milliseconds kRedrawEvery{100};

  /// `columns` is the terminal's width, at least 20.
  Progress(MonoTime started, std::size_t columns);

  /// What to write now: the line, returning to its beginning. Nothing while it is too early.
  [[nodiscard]] std::optional<std::string> step(MonoTime now, std::uint64_t bytes_done,
                                                std::uint64_t bytes_total);

  /// What clears the line again; empty when none was shown.
  [[nodiscard]] std::string finish();

 private:
  MonoTime started_;
  std::size_t columns_;
  std::optional<MonoTime> drawn_;
};

}  // namespace vigil::agent
