#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "agent/hub/http_message.h"
#include "agent/hub/store/hub_store.h"
#include "base/result.h"

namespace vigil::agent {

/// What Timecode's extension for VS Code sends (docs/formats/timecode.md).

inline constexpr std::string_view kTimecodeSource = "timecode";
inline constexpr std::size_t kTimecodeEventsMax = 500;
inline constexpr std::size_t kTimecodeBodyMax = 1024 * 1024;

/// Longest stretch of time that one event is believed to be; of a longer one the end counts.
inline constexpr std::chrono::minutes kTimecodeStretchMax{15};

/// An event that is not taken.
struct TimecodeRefusal {
  std::size_t index = 0;
  std::string id;    ///< empty where it has none
  std::string code;  ///< schema, future, too_old, zero, too_long
  std::string message;
};

/// The events of one request. Those that make no sense never keep the others out.
struct TimecodeEvents {
  std::vector<Heartbeat> heartbeats;  ///< of the source kTimecodeSource
  std::vector<std::size_t> first;     ///< the number of each taken event's first heartbeat
  std::vector<TimecodeRefusal> refused;
  std::size_t clamped = 0;  ///< events longer than kTimecodeStretchMax, or than their two ends
};

/// An event of a stretch of work becomes a human's heartbeats at its ends and between them, less
/// than any timeout apart, so that it is as long by Vigil's rules. Pure: sent twice, the heartbeats
/// are the same. `malformed`: no such body; `full`: more than kTimecodeEventsMax.
[[nodiscard]] Result<TimecodeEvents> parse_timecode_events(std::string_view body, WallTime now);

/// `{"accepted","duplicates","rejected","clamped","errors":[{"index","id","code","message"}]}`.
[[nodiscard]] std::string timecode_answer(const TimecodeEvents& events,
                                          const IngestOutcome& outcome);

/// `{"error":text}`, as Timecode's clients expect it.
[[nodiscard]] Response timecode_error(int status, std::string_view message);

}  // namespace vigil::agent
