#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tests/sim/simulation.h"

namespace vigil::sim {

/// Adds up the outcomes of many runs.
class Report {
 public:
  void add(const Outcome& outcome);

  /// What was run, what fired, what was found. `real` is the time that it took.
  void print(std::ostream& out, std::chrono::nanoseconds real) const;

  [[nodiscard]] std::uint64_t failed() const { return failed_; }

  /// What may be lost must be so little that no other loss hides in it.
  static constexpr double kAllowedPercentMax = 1.0;
  [[nodiscard]] double allowed_percent() const;

  /// Faults that no run met: with many runs that says that the simulator is broken.
  [[nodiscard]] std::vector<std::string> never_fired() const;

 private:
  std::uint64_t runs_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t submitted_ = 0;
  std::uint64_t evicted_ = 0;
  Ledger::Counts events_;
  Fired fired_;
  std::chrono::milliseconds simulated_{};
};

}  // namespace vigil::sim
