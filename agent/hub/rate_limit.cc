#include "agent/hub/rate_limit.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace vigil::agent {
namespace {

using Seconds = std::chrono::duration<double>;

/// How long until `amount` can be taken from a bucket that `rate` a second flows into.
milliseconds wait_for(double level, double amount, double rate) {
  if (rate == 0 || level >= amount) return milliseconds{0};
  return milliseconds(static_cast<std::int64_t>(std::ceil((amount - level) / rate * 1'000)));
}

}  // namespace

std::optional<milliseconds> RateLimiter::take(const SourceId& source, std::size_t bytes,
                                              MonoTime now) {
  const double request_rate = limits_.requests_per_second;
  const auto byte_rate = static_cast<double>(limits_.bytes_per_second);
  auto [entry, is_new] = sources_.try_emplace(source);
  auto& [requests, volume] = entry->second;
  if (is_new) entry->second = {{request_rate, now}, {byte_rate, now}};
  const auto refill = [now](Bucket& bucket, double rate) {
    bucket.level = std::min(rate, bucket.level + rate * Seconds(now - bucket.filled).count());
    bucket.filled = now;
  };
  refill(requests, request_rate);
  refill(volume, byte_rate);
  const double size = std::min(static_cast<double>(bytes), byte_rate);
  const auto wait =
      std::max(wait_for(requests.level, 1, request_rate), wait_for(volume.level, size, byte_rate));
  if (wait > milliseconds{0}) return wait;
  requests.level -= 1;
  volume.level -= size;
  return std::nullopt;
}

}  // namespace vigil::agent
