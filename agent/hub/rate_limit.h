#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "base/id.h"
#include "base/time.h"

namespace vigil::agent {

/// What one source may send. 0 lifts a limit.
struct RateLimits {
  std::uint32_t requests_per_second = 100;  ///< as many at once
  std::uint64_t bytes_per_second = 64 * 1024 * 1024;
};

/// Token buckets, two per source; a bucket holds what a second brings. Pure: takes `now`. Sources
/// must be authenticated first, so their number is that of the registry. Not thread-safe.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimits limits) : limits_(limits) {}

  /// Takes one request of that size out of the buckets, or says how long to wait for room. A
  /// request larger than what a second brings passes when its bucket is full.
  [[nodiscard]] std::optional<milliseconds> take(const SourceId& source, std::size_t bytes,
                                                 MonoTime now);

 private:
  struct Bucket {
    double level = 0;
    MonoTime filled{};
  };
  struct Buckets {
    Bucket requests;
    Bucket bytes;
  };

  RateLimits limits_;
  std::map<SourceId, Buckets> sources_;
};

}  // namespace vigil::agent
