#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// A stretch of time of which nothing is recorded, whatever logs tell of it later.
struct Pause {
  WallTime since{};
  std::optional<WallTime> until;  ///< nothing: until resumed

  friend bool operator==(const Pause&, const Pause&) = default;
};

/// All pauses that were ever made, in order, without overlap. Kept in a file of its own
/// (docs/formats/pauses.md), so that `agent pause` works whether or not the daemon runs and a lost
/// queue brings nothing back. Not thread-safe.
class PauseBook {
 public:
  static constexpr std::size_t kFileMax = 1024 * 1024;

  /// Empty where there is no file. `malformed` names the line: then nothing may be recorded, since
  /// what must not be is not known.
  [[nodiscard]] static Result<PauseBook> load(const FileSystem& files, const std::string& path);
  [[nodiscard]] static Result<PauseBook> parse(std::string_view text);
  Result<void> save(FileSystem& files, const std::string& path) const;
  [[nodiscard]] std::string text() const;

  /// From now on, in place of what the open pause says, if there is one.
  void pause(WallTime now, std::optional<WallTime> until);

  /// False where there was nothing to end.
  bool resume(WallTime now);

  /// Whether something that happened then is not recorded.
  [[nodiscard]] bool covers(WallTime time) const;

  /// The pause that holds `now`; null where there is none.
  [[nodiscard]] const Pause* current(WallTime now) const;

  [[nodiscard]] const std::vector<Pause>& pauses() const { return pauses_; }

 private:
  std::vector<Pause> pauses_;
};

}  // namespace vigil::agent
