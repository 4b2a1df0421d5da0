#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace vigil::agent {

/// How many different files were written about the same time: people save one after the other.
/// Not thread-safe.
class BurstMeter {
 public:
  static constexpr std::chrono::seconds kShort{1};
  static constexpr std::chrono::seconds kLong{5};
  static constexpr std::size_t kShortFiles = 4;  ///< within kShort, itself included: a burst
  static constexpr std::size_t kLongFiles = 10;  ///< within kLong
  static constexpr std::size_t kRemembered = 4096;

  /// Somebody wrote a file.
  void add(const std::string& path, MonoTime at);

  /// Whether so many others were written about `at` that no person did it.
  [[nodiscard]] bool is_burst(MonoTime at) const;

 private:
  using Writes = std::multimap<MonoTime, const std::string*>;

  [[nodiscard]] bool has_run(MonoTime at, std::size_t files, std::chrono::seconds span) const;

  Writes writes_;  ///< each file's latest only
  std::unordered_map<std::string, Writes::iterator> latest_;
};

}  // namespace vigil::agent
