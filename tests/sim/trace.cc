#include "tests/sim/trace.h"

#include <iomanip>

namespace vigil::sim {

void Trace::mix(std::string_view bytes) {
  for (const char c : bytes) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
}

void Trace::mix(std::uint64_t number) {
  hash_ = (hash_ ^ number) * 0x100000001B3ULL;
  hash_ ^= hash_ >> 29U;
}

void Trace::add(std::string_view what, std::string_view detail) {
  add(what, detail, 0);
}

void Trace::add(std::string_view what, std::string_view detail, std::uint64_t number) {
  mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  mix(what);
  mix(detail);
  mix(number);
  if (out_ == nullptr) return;
  const auto ms = std::chrono::duration_cast<milliseconds>(now_.time_since_epoch()).count();
  *out_ << std::setw(12) << ms % 10'000'000'000 << "  " << what << ' ' << detail;
  if (number != 0) *out_ << ' ' << number;
  *out_ << '\n';
}

}  // namespace vigil::sim
