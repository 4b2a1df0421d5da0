#pragma once

#include <string>

#include "agent/heartbeat/heartbeat.h"

namespace vigil::agent {

/// Appends the canonical JSON object of a heartbeat: fields in the order of the struct, no white
/// space, defaults omitted (see docs/formats/heartbeat.md). Equal heartbeats give equal bytes.
/// Text that is not UTF-8 is written with U+FFFD.
void append_json(const Heartbeat& heartbeat, std::string& out);
[[nodiscard]] std::string to_json(const Heartbeat& heartbeat);

}  // namespace vigil::agent
