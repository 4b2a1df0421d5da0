#pragma once

#include <string_view>
#include <utility>

#include "agent/privacy/path_rules.h"
#include "agent/privacy/pause_book.h"
#include "base/time.h"

namespace vigil::agent {

/// What is recorded at all: a pure function of time and place, so that reading a log again brings
/// nothing back. Not thread-safe.
class Admission {
 public:
  Admission() = default;  ///< everything
  explicit Admission(PathRules paths) : paths_(std::move(paths)) {}

  void set_pauses(PauseBook pauses) { pauses_ = std::move(pauses); }
  [[nodiscard]] const PauseBook& pauses() const { return pauses_; }

  /// `path`: the file, else the folder that it happened in; empty where there is neither.
  [[nodiscard]] bool admits(WallTime time, std::string_view path) const {
    return !pauses_.covers(time) && !paths_.excluding(path);
  }

 private:
  PathRules paths_;
  PauseBook pauses_;
};

}  // namespace vigil::agent
