// What a row costs from append to settled, without a network: CPU seconds of this process.

#include <ctime>
#include <iostream>

#include "tests/agent/outbox/outbox_fixture.h"

namespace {

using namespace vigil;
using namespace vigil::test;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::stoull(argv[1]) : 250'000;
  constexpr std::size_t kPerCommit = 1'000;
  OutboxFixture fixture;
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < rows; ++i) bodies.push_back(event(i, 350));

  const double start = cpu_seconds();
  for (std::size_t at = 0; at < rows; at += kPerCommit) {
    std::vector<agent::OutboxEntry> entries;
    for (std::size_t i = at; i < std::min(rows, at + kPerCommit); ++i) {
      entries.push_back({agent::Lane::backfill, agent::Origin::log, bodies[i]});
    }
    if (!fixture->append(entries, kNow) || !fixture->commit(kNow)) return 1;
  }
  const double appended = cpu_seconds();
  std::size_t settled = 0;
  while (true) {
    auto batch = fixture->seal(kHub, agent::Lane::backfill, {}, kSource, kNow);
    if (!batch) return 1;
    if (!fixture->commit(kNow)) return 1;
    if (!*batch) break;
    if (!fixture->settle(**batch, {}, kNow)) return 1;
    settled += (*batch)->events;
  }
  const double done = cpu_seconds();
  const auto per_row = [&](double seconds) { return seconds * 1e6 / static_cast<double>(rows); };
  std::cout << rows << " rows, " << settled << " settled: append " << per_row(appended - start)
            << " us a row, seal + settle + delete " << per_row(done - appended)
            << " us a row, together " << done - start << " s CPU\n";
}
