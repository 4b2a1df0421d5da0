#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/store/hub_store.h"

namespace vigil::agent {

struct SampleShape {
  std::size_t count = 1'000;
  WallTime begin = from_unix_ms(1'790'000'000'000);  ///< 2026-09-21T14:13:20Z
  milliseconds span = std::chrono::hours{24};
  std::size_t sessions = 8;
  std::size_t projects = 4;
};

/// Heartbeats of a person and several agents at work, in order of time; the same for the same
/// seed. Their ids differ, and every optional field is there in some of them.
[[nodiscard]] std::vector<Heartbeat> sample_heartbeats(std::uint64_t seed,
                                                       const SampleShape& shape);

/// A batch of them as it would come from one source.
[[nodiscard]] IngestBatch sample_batch(std::span<const Heartbeat> heartbeats,
                                       const std::string& source = "laptop");

}  // namespace vigil::agent
