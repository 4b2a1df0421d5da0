#include <iostream>
#include <cstdlib>
#include <chrono>
#include "tests/sim/simulation.h"
int main(int argc, char** argv) {
  using namespace vigil::sim;
  std::uint64_t from = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  std::uint64_t n = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  bool trace = argc > 3;
  Fired fired; int bad = 0;
  for (auto s = from; s < from + n; ++s) {
    auto o = simulate(make_scenario(s), trace ? &std::cout : nullptr);
    for (auto& [k, v] : o.fired) fired[k] += v;
    if (!o.is_good()) { ++bad; std::cout << "seed " << s << " hash " << o.trace_hash << "\n"; int k=0; for (auto& f : o.faults) if (k++<5) std::cout << "   " << f << "\n"; }
  }
  for (auto& [k, v] : fired) std::cout << k << " " << v << "\n";
  std::cout << "bad " << bad << "\n";
}
