// What a row costs from append to settled, without a network: CPU seconds of this process.

#include <ctime>
#include <iostream>

#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::stoull(argv[1]) : 250'000;
  constexpr std::size_t kPerCommit = 1'000;
  OutboxFixture fixture;
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < rows; ++i) bodies.push_back(event(i, 350));

  const auto append = [&](std::size_t at) {
    std::vector<agent::OutboxEntry> entries;
    for (std::size_t i = at; i < std::min(rows, at + kPerCommit); ++i) {
      entries.push_back({agent::Lane::backfill, agent::Origin::log, bodies[i]});
    }
    return fixture->append(entries, kNow) && fixture->commit(kNow);
  };
  // One batch as delivery does it: a commit settles the batch before and seals the next.
  const auto work_off = [&]() -> std::size_t {
    const auto batch = fixture->seal(kHub, agent::Lane::backfill, {}, kSource, kNow);
    if (!batch || !fixture->commit(kNow) || !*batch) return 0;
    return fixture->settle(**batch, {}, kNow) ? (*batch)->events : 0;
  };

  const double start = cpu_seconds();
  for (std::size_t at = 0; at < rows; at += kPerCommit) {
    if (!append(at)) return 1;
  }
  const double appended = cpu_seconds();
  std::size_t settled = 0;
  for (std::size_t got = work_off(); got > 0; got = work_off()) settled += got;
  const double drained = cpu_seconds();
  for (std::size_t at = 0; at < rows; at += kPerCommit) {
    if (!append(at)) return 1;
    settled += work_off();
  }
  while (const std::size_t got = work_off()) settled += got;
  const double done = cpu_seconds();
  const auto per_row = [&](double seconds) { return seconds * 1e6 / static_cast<double>(rows); };
  std::cout << settled << " rows settled; CPU us a row: append " << per_row(appended - start)
            << ", seal + settle + delete " << per_row(drained - appended) << "; in turn "
            << per_row(done - drained) << " (" << done - drained << " s)\n";
  return settled == 2 * rows ? 0 : 1;
}
