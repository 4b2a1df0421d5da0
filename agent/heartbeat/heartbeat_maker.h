#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>

#include "agent/context/project_finder.h"
#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/file_event.h"
#include "agent/heartbeat/heartbeat.h"
#include "parser/log_parser.h"

namespace vigil::agent {

/// What is the same for every heartbeat of one installation.
struct Origins {
  SourceId source;
  std::string machine;  ///< MachineId's text
  std::string os;
  std::string timezone;  ///< IANA name
  std::string home;      ///< home directory, empty where there is none
};

/// Turns what a parser read into heartbeats: identity, project, language, keyed session names.
/// The one place where a path becomes an entity. Not thread-safe.
class HeartbeatMaker {
 public:
  /// Hashes a session's logged id with a salt that never leaves the machine.
  using SessionHash = std::function<std::string(std::string_view session)>;

  HeartbeatMaker(Origins origins, SessionHash hash_session, ProjectFinder& projects);

  /// `wall_now` is only for telling times in the future, which are clamped to it and flagged.
  [[nodiscard]] Heartbeat make(const parser::Activity& activity, parser::Format format,
                               WallTime wall_now, MonoTime now);

  /// Project and branch are those of the file at this moment.
  [[nodiscard]] Heartbeat make(const FileEvent& event, WallTime wall_now, MonoTime now);

  /// Completes a heartbeat that somebody sent (`agent heartbeat`, hooks): machine, project and
  /// language where it has none, its path made relative, and its id, a hash of the fields.
  [[nodiscard]] Heartbeat complete(Heartbeat heartbeat, WallTime wall_now, MonoTime now);

 private:
  static constexpr std::size_t kSessionsRemembered = 1024;

  void place(Heartbeat& heartbeat, const std::string& path, const std::string& cwd, MonoTime now);
  void stamp(Heartbeat& heartbeat, WallTime wall_now) const;
  [[nodiscard]] std::string short_path(const std::string& path, const std::string& root) const;
  [[nodiscard]] const std::string& session_name(const std::string& session);

  Origins origins_;
  SessionHash hash_session_;
  ProjectFinder& projects_;
  EventIdMaker ids_;
  std::unordered_map<std::string, std::string> sessions_;
};

}  // namespace vigil::agent
