#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "agent/heartbeat/event_id.h"
#include "base/id.h"
#include "base/time.h"

namespace vigil::agent {

/// A tool call of an AI tool that wrote a file, as its log says.
struct AgentWrite {
  std::string path;  ///< absolute
  WallTime time{};   ///< when it was called
  WallTime seen{};   ///< when its end was read in the log: the file was written between the two
  EventId call;
  std::string app;
  std::string session;  ///< the keyed hash
  std::string model;
};

/// Which AI sessions are at work, where, and what their logs say they wrote. Logs come late: some
/// seconds after the write. Bounded. Not thread-safe.
class AgentClaims {
 public:
  static constexpr std::chrono::seconds kLive{60};  ///< since a session's last record
  static constexpr std::chrono::seconds kSlack{
      5};  ///< clocks of logs and files, and orders of lines
  static constexpr std::size_t kWritesMax = 4096;
  static constexpr std::size_t kProjectsMax = 1024;

  /// A record of a session in the project (its root, or the folder that the session works in).
  void saw_session(const std::string& project, WallTime time);
  void add(AgentWrite write);

  [[nodiscard]] bool is_live(const std::string& project, WallTime at) const;

  /// Whether the call can have written what was saved then.
  [[nodiscard]] static bool covers(const AgentWrite& write, WallTime saved);

  /// The nearest call that can have written the path then. It can be taken once.
  [[nodiscard]] std::optional<AgentWrite> take(const std::string& path, WallTime saved);

 private:
  std::unordered_map<std::string, WallTime> last_seen_;  ///< by project
  std::deque<AgentWrite> writes_;                        ///< in the order of their logs
};

}  // namespace vigil::agent
