#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tests/sim/expectation.h"
#include "tests/sim/scenario.h"
#include "tests/sim/trace.h"

namespace vigil::sim {

/// What became of a run.
struct Outcome {
  std::uint64_t trace_hash = 0;
  std::vector<std::string> faults;  ///< breaches of the invariants; empty: all held
  Ledger::Counts events;
  std::uint64_t submitted = 0;  ///< heartbeats of the control socket that were accepted
  std::uint64_t evicted = 0;    ///< of these, given up at the cap and counted
  Fired fired;
  std::chrono::milliseconds simulated{};

  [[nodiscard]] bool is_good() const { return faults.empty(); }
};

/// Plays a scenario to its end and beyond, until all is at rest, and checks the invariants: nothing
/// lost but what the writers' side allows (I1), nothing doubled (I2), batches immutable and
/// acknowledged only by the hub (I4), the accounts balance (I6), it comes to rest (I8), and both
/// databases are sound. One thread, no real time: equal scenarios give equal outcomes. `trace`,
/// when given, is told everything.
[[nodiscard]] Outcome simulate(const Scenario& scenario, std::ostream* trace = nullptr);

}  // namespace vigil::sim
