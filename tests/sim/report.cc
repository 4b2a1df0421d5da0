#include "tests/sim/report.h"

#include <algorithm>
#include <array>
#include <iomanip>

namespace vigil::sim {
namespace {

/// Every kind of fault that a run can meet.
constexpr std::array<std::string_view, 53> kFaults{"NUL run",
                                                   "NUL run in power cut",
                                                   "agent cannot start",
                                                   "agent killed",
                                                   "agent's power cut",
                                                   "answer 200 for another body",
                                                   "answer 200 of somebody else",
                                                   "answer 202 without body",
                                                   "answer 302",
                                                   "answer 401",
                                                   "answer 404",
                                                   "answer 413",
                                                   "answer 422 (poison)",
                                                   "answer 429",
                                                   "answer 500",
                                                   "answer 503",
                                                   "answer lost",
                                                   "batch sent again",
                                                   "body corrupted",
                                                   "clock jumped",
                                                   "delay",
                                                   "disk error",
                                                   "disk full",
                                                   "disk read-only",
                                                   "event evicted",
                                                   "event quarantined",
                                                   "hint lost",
                                                   "history copied",
                                                   "hub killed",
                                                   "hub unreachable",
                                                   "hub's power cut",
                                                   "line without its LF",
                                                   "log deleted",
                                                   "log torn in power cut",
                                                   "name lost in power cut",
                                                   "overflow",
                                                   "oversized line",
                                                   "queue damaged",
                                                   "queue rebuilt",
                                                   "queued heartbeat damaged",
                                                   "reading paused at the cap",
                                                   "replaced by rename",
                                                   "request duplicated",
                                                   "request lost",
                                                   "rewritten in place",
                                                   "rotated by copy and truncate",
                                                   "rotated by rename",
                                                   "sector lost in power cut",
                                                   "state deleted",
                                                   "sync error",
                                                   "sync error that drops pages",
                                                   "torn line",
                                                   "truncated and regrown"};

}  // namespace

void Report::add(const Outcome& outcome) {
  ++runs_;
  if (!outcome.is_good()) ++failed_;
  submitted_ += outcome.submitted;
  evicted_ += outcome.evicted;
  events_.expected += outcome.events.expected;
  events_.stored += outcome.events.stored;
  events_.lost += outcome.events.lost;
  events_.doubled += outcome.events.doubled;
  events_.wrong += outcome.events.wrong;
  events_.allowed_loss += outcome.events.allowed_loss;
  events_.poison_kept += outcome.events.poison_kept;
  for (const auto& [cause, count] : outcome.events.allowed_by) events_.allowed_by[cause] += count;
  simulated_ += outcome.simulated;
  for (const auto& [fault, count] : outcome.fired) fired_[fault] += count;
}

double Report::allowed_percent() const {
  return 100.0 * static_cast<double>(events_.allowed_loss) /
         static_cast<double>(std::max<std::uint64_t>(events_.expected, 1));
}

std::vector<std::string> Report::never_fired() const {
  std::vector<std::string> missing;
  for (const auto fault : kFaults) {
    if (!fired_.contains(fault)) missing.emplace_back(fault);
  }
  return missing;
}

void Report::print(std::ostream& out, std::chrono::nanoseconds real) const {
  using Seconds = std::chrono::duration<double>;
  const double took = std::chrono::duration_cast<Seconds>(real).count();
  const double played = std::chrono::duration_cast<Seconds>(simulated_).count();
  out << std::fixed << std::setprecision(1);
  out << "seeds           " << runs_ << ", failed " << failed_ << '\n'
      << "time            " << played / 3600 << " h simulated in " << took
      << " s: " << std::setprecision(0) << (took > 0 ? played / took : 0) << " times real time, "
      << std::setprecision(1) << (runs_ > 0 ? took * 1000 / static_cast<double>(runs_) : 0)
      << " ms a seed\n"
      << "events          expected " << events_.expected << ", stored " << events_.stored
      << ", lost " << events_.lost << ", doubled " << events_.doubled << ", wrong " << events_.wrong
      << ", allowed loss " << events_.allowed_loss << ", poison kept " << events_.poison_kept
      << '\n'
      << "submissions     accepted " << submitted_ << ", evicted and counted " << evicted_ << '\n'
      << "allowed loss    " << std::setprecision(2) << allowed_percent() << " % of the expected\n";
  for (const auto& [cause, count] : events_.allowed_by) {
    out << std::setw(12) << count << "  " << cause << '\n';
  }
  out << "faults fired\n";
  for (const auto fault : kFaults) {
    const auto at = fired_.find(fault);
    out << std::setw(12) << (at == fired_.end() ? 0 : at->second) << "  " << fault << '\n';
  }
}

}  // namespace vigil::sim
