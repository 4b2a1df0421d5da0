#pragma once

#include <string>

#include "agent/cli/json_value.h"
#include "agent/hub/store/time_zone.h"

namespace vigil::agent {

// What a hub's answer holds at a JSON pointer, as tables show it.

/// Seconds: `1 h 05 m`.
[[nodiscard]] std::string span_at(const JsonValue& value, const std::string& pointer);

[[nodiscard]] std::string count_at(const JsonValue& value, const std::string& pointer);

/// RFC 3339: `09-01 14:03:20` in the zone, `-` where there is no time.
[[nodiscard]] std::string local_text(const JsonValue& value, const std::string& pointer,
                                     const TimeZone& zone);

/// The zone in which the hub answered; UTC where it says none.
[[nodiscard]] TimeZone zone_in(const JsonValue& answer);

}  // namespace vigil::agent
