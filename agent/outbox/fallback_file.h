#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"

namespace vigil::agent {

/// Largest fallback file; beyond it nothing is taken any more (`full`).
inline constexpr std::size_t kFallbackMax = 64 * 1024 * 1024;

/// Keeps heartbeats that nobody can read again while agent.db cannot be written: an append-only
/// file of frames (docs/formats/fallback-file.md), synced at each append. Taken back into the
/// outbox and removed after its commit; being killed in between only repeats events that have their
/// ids. Not thread-safe; several processes may append while one takes.
class FallbackFile {
 public:
  FallbackFile(FileSystem& files, std::string path);

  /// Durable when it returns. `full` beyond kFallbackMax. `body` is not empty.
  Result<void> append(std::string_view body);

  struct Content {
    std::vector<std::string> bodies;
    std::uint64_t damaged_bytes = 0;  ///< skipped: belonging to no sound frame
  };
  /// Every sound frame in it, in order; nothing where there is no file.
  [[nodiscard]] Result<Content> read() const;

  /// Moves the file out of the way of those who append and gives what is in it. Where one that was
  /// taken before is still there, gives that one first. Nothing where there is none.
  [[nodiscard]] Result<std::optional<Content>> take();

  /// After the commit of what take() gave.
  Result<void> remove_taken();

 private:
  [[nodiscard]] Result<Content> frames_of(const std::string& path) const;
  FileSystem& files_;
  std::string path_;
  std::string taken_path_;
};

}  // namespace vigil::agent
