#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vigil::agent {

/// Exclusive use of a state directory: flock(2) on `<state>/lock`, which the kernel gives back
/// when the process ends in whatever way, so there is no stale lock.
class StateLock {
 public:
  /// `busy` names the process that still holds it after `patience`: `another agent (pid 4182) uses
  /// <dir>`.
  [[nodiscard]] static Result<StateLock> take(const std::string& state_dir,
                                              std::chrono::milliseconds patience = {});

 private:
  explicit StateLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace vigil::agent
