// simulate --seeds N [--from S]        many runs, a report at the end
// simulate --seed S [--trace]          one run; --trace tells everything that happens
// simulate --shrink S                  as few actions of that seed as still fail
// simulate --schedules FILE            the schedules of a file, one a line
// simulate --twice N [--from S]        each seed twice: both must be equal byte for byte
// simulate --planted                   each planted bug until it is found
// simulate --bug NAME ...              any of the above with that bug planted
//
// The last two need a build with -DVIGIL_PLANTED_BUGS=ON. Exits with 1 where an invariant was
// broken or, in many runs, some kind of fault never happened or too much was allowed to be lost.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>

#include "base/planted_bug.h"
#include "base/system_clock.h"
#include "tests/sim/report.h"
#include "tests/sim/schedule_list.h"
#include "tests/sim/shrink.h"
#include "tests/sim/sim_vfs.h"

namespace vigil::sim {
namespace {

/// From so many runs on every kind of fault must have happened.
constexpr std::uint64_t kManyRuns = 1'500;
constexpr std::size_t kToldMax = 5;

void tell(const Scenario& scenario, const Outcome& outcome) {
  if (outcome.is_good()) return;
  std::cout << "FAILED " << schedule_line(scenario) << '\n';
  for (std::size_t i = 0; i < outcome.faults.size() && i < kToldMax; ++i) {
    std::cout << "  " << outcome.faults[i] << '\n';
  }
}

int run_many(std::uint64_t from, std::uint64_t count) {
  const SystemClock clock;
  const auto begin = clock.mono_now();
  Report report;
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    const Scenario scenario = make_scenario(seed);
    const Outcome outcome = simulate(scenario);
    tell(scenario, outcome);
    report.add(outcome);
  }
  report.print(std::cout, clock.mono_now() - begin);
  if (count < kManyRuns) return report.failed() == 0 ? 0 : 1;
  const auto missing = report.never_fired();
  for (const auto& fault : missing) std::cout << "NEVER FIRED " << fault << '\n';
  const bool is_vague = report.allowed_percent() > Report::kAllowedPercentMax;
  if (is_vague) std::cout << "TOO MUCH MAY BE LOST\n";
  return report.failed() == 0 && missing.empty() && !is_vague ? 0 : 1;
}

int run_one(std::uint64_t seed, std::ostream* trace) {
  const Scenario scenario = make_scenario(seed);
  const Outcome outcome = simulate(scenario, trace);
  tell(scenario, outcome);
  std::cout << "trace hash " << std::hex << outcome.trace_hash << std::dec << '\n';
  return outcome.is_good() ? 0 : 1;
}

int run_schedules(const std::string& path, std::ostream* trace) {
  std::ifstream in(path);
  if (!in) {
    std::cerr << path << ": cannot be read\n";
    return 1;
  }
  std::uint64_t count = 0;
  std::uint64_t failed = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto scenario = read_schedule(line);
    if (!scenario) {
      std::cerr << "no schedule: " << line << '\n';
      return 1;
    }
    const Outcome outcome = simulate(*scenario, trace);
    tell(*scenario, outcome);
    ++count;
    if (!outcome.is_good()) ++failed;
  }
  std::cout << count << " schedules, failed " << failed << '\n';
  return count > 0 && failed == 0 ? 0 : 1;
}

int run_shrink(std::uint64_t seed) {
  const auto fails = [](const Scenario& scenario) { return !simulate(scenario).is_good(); };
  Scenario scenario = make_scenario(seed);
  if (!fails(scenario)) {
    std::cout << "seed " << seed << " does not fail\n";
    return 1;
  }
  scenario = shrink(std::move(scenario), fails);
  std::cout << schedule_line(scenario) << '\n';
  for (const auto& action : scenario.actions) {
    std::cout << "  " << action.at.count() << " ms  " << name_of(action.what) << '\n';
  }
  tell(scenario, simulate(scenario));
  return 0;
}

int run_twice(std::uint64_t from, std::uint64_t count) {
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    const Scenario scenario = make_scenario(seed);
    const auto first = simulate(scenario).trace_hash;
    if (first == simulate(scenario).trace_hash) continue;
    std::cout << "seed " << seed << " does not play the same twice\n";
    return 1;
  }
  std::cout << count << " seeds played the same twice\n";
  return 0;
}

#ifdef VIGIL_PLANTED_BUGS

/// A bug that is not found within so many runs shows a blind spot.
constexpr std::uint64_t kSeedsMax = 2'000;

/// How many seeds it took; nothing where kSeedsMax were not enough.
std::optional<std::uint64_t> seeds_until_found(std::string& how) {
  for (std::uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    const Outcome outcome = simulate(make_scenario(seed));
    if (outcome.is_good()) continue;
    how = outcome.faults.front();
    return seed;
  }
  return std::nullopt;
}

int run_planted() {
  int missed = 0;
  std::cout << "seeds until found, planted bug, what was seen first\n";
  for (std::size_t i = 1; i < kPlantedBugNames.size(); ++i) {
    planted_bug = static_cast<PlantedBug>(i);
    std::string how;
    const auto seeds = seeds_until_found(how);
    std::cout << std::setw(8) << (seeds ? std::to_string(*seeds) : "-") << "  " << std::left
              << std::setw(26) << kPlantedBugNames[i] << std::right << how << std::endl;
    if (!seeds) ++missed;
  }
  std::cout << missed << " not found within " << kSeedsMax << " seeds\n";
  return missed == 0 ? 0 : 1;
}

bool plant(const std::string& name) {
  const auto at = std::ranges::find(kPlantedBugNames, name);
  if (at != kPlantedBugNames.end()) {
    planted_bug = static_cast<PlantedBug>(at - kPlantedBugNames.begin());
  }
  return at != kPlantedBugNames.end();
}

#else

bool plant(const std::string& name) {
  if (name == "none") return true;
  std::cerr << "this build has no planted bugs: configure with -DVIGIL_PLANTED_BUGS=ON\n";
  return false;
}

int run_planted() {
  return plant("any") ? 0 : 1;
}

#endif

int run(int argc, char** argv) {
  SimVfs::tune_process();
  CLI::App app{"Plays agent and hub through seeded faults"};
  std::optional<std::uint64_t> seeds;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> shrunk;
  std::optional<std::uint64_t> twice;
  std::uint64_t from = 1;
  std::string schedules;
  std::string bug = "none";
  bool is_planted = false;
  bool is_traced = false;
  app.add_option("--seeds", seeds, "How many runs");
  app.add_option("--from", from, "The first seed");
  app.add_option("--seed", seed, "One run");
  app.add_option("--shrink", shrunk, "A seed that fails");
  app.add_option("--twice", twice, "Play so many seeds twice and compare");
  app.add_option("--schedules", schedules, "A file of schedules");
  app.add_flag("--planted", is_planted, "Look for each planted bug");
  app.add_option("--bug", bug, "Plant this one");
  app.add_flag("--trace", is_traced, "Tell everything that happens");
  CLI11_PARSE(app, argc, argv);
  std::ostream* trace = is_traced ? &std::cout : nullptr;
  if (!plant(bug)) return 1;
  if (is_planted) return run_planted();
  if (shrunk) return run_shrink(*shrunk);
  if (twice) return run_twice(from, *twice);
  if (!schedules.empty()) return run_schedules(schedules, trace);
  if (seed) return run_one(*seed, trace);
  return run_many(from, seeds.value_or(200));
}

}  // namespace
}  // namespace vigil::sim

int main(int argc, char** argv) {
  return vigil::sim::run(argc, argv);
}
