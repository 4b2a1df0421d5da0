#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace vigil::agent {

enum class LogLevel : std::uint8_t { debug, info, warn, error, off };
enum class LogFormat : std::uint8_t {
  text,      ///< `2026-11-21T09:00:00.000Z info  started ...`
  json,      ///< one object a line: time, level, event, message
  journald,  ///< `<6>started ...`: systemd adds the time
};

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::string file;  ///< empty: stderr. A file is capped at kLogFileMax and rotated once.
};

inline constexpr std::size_t kLogFileMax = 8 * 1024 * 1024;

}  // namespace vigil::agent
