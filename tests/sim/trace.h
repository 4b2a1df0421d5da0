#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "base/time.h"

namespace vigil::sim {

/// Everything that happens in a run, as a running hash (FNV-1a, 64 bit) of lines, and as text where
/// somebody wants to read it. Two runs of one seed must give the same hash.
class Trace {
 public:
  explicit Trace(std::ostream* out = nullptr) : out_(out) {}

  void set_time(MonoTime now) { now_ = now; }
  void add(std::string_view what, std::string_view detail = {});
  void add(std::string_view what, std::string_view detail, std::uint64_t number);

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] bool is_read() const { return out_ != nullptr; }

 private:
  void mix(std::string_view bytes);
  void mix(std::uint64_t number);

  std::ostream* out_;
  MonoTime now_{};
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

/// How often each kind of fault really happened, by name.
using Fired = std::map<std::string, std::uint64_t, std::less<>>;

}  // namespace vigil::sim
