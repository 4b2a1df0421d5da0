#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/json_value.h"
#include "agent/outbox/outbox_reader.h"

namespace vigil::agent {

enum class Health : std::uint8_t {
  ok,
  degraded,  ///< works, but a person should look
  down,      ///< nothing is recorded
};

[[nodiscard]] std::string_view name_of(Health health);

/// A verdict and the reasons for it, worst first.
struct Verdict {
  Health health = Health::ok;
  std::vector<std::string> reasons;

  void note(Health at_least, std::string reason);
};

/// What is known about this installation. Pure: `daemon` is its answer to `status`, or nothing when
/// none runs; `queue` nothing while there is none.
[[nodiscard]] Verdict judge(const std::optional<JsonValue>& daemon,
                            const std::optional<QueueStatus>& queue);

}  // namespace vigil::agent
