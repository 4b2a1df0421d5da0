#pragma once

#include <string>
#include <string_view>

#include "agent/cli/commands.h"
#include "agent/heartbeat/heartbeat.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// What a hand-made heartbeat does not say itself.
struct HeartbeatDefaults {
  WallTime now;
  std::string directory;  ///< that relative paths are meant from
  std::string home;
};

/// The heartbeat of one command line, without id, machine and project: those are completed where it
/// is queued. `malformed` names the flag.
[[nodiscard]] Result<Heartbeat> heartbeat_of(const HeartbeatCommand& command,
                                             const HeartbeatDefaults& defaults);

/// The heartbeat of one line of `--stdin`: an object with fields as on docs/formats/heartbeat.md,
/// of which only `entity` must be there; `time` may also be seconds since 1970. `malformed` names
/// the field.
[[nodiscard]] Result<Heartbeat> heartbeat_of_line(std::string_view line,
                                                  const HeartbeatDefaults& defaults);

/// `2026-09-01T08:00:00Z`, or seconds since 1970 with at most 6 decimals.
[[nodiscard]] std::optional<WallTime> parse_heartbeat_time(std::string_view text);

}  // namespace vigil::agent
