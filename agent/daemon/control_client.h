#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigil::agent {

/// Where the daemon of a state directory listens: `<state>/agent.sock`; where that is longer than
/// a socket's address may be (107 bytes) and there is a runtime folder, `vigil-<hash>.sock` in it.
[[nodiscard]] std::string control_socket_path(const std::string& state_dir,
                                              const std::string& runtime_dir);

/// Sends one request (a JSON object on one line, docs/formats/control.md) to the running daemon and
/// returns its answer object. Requests: {"do":"status"}, {"do":"flush"}, {"do":"retry"},
/// {"do":"catch_up"} (reconcile, deliver, answer when done), {"do":"heartbeat","heartbeats":[...]},
/// {"do":"link"} (a one-time dashboard link). Answers carry "ok":true, or "ok":false with "code"
/// and "message".
///
/// `not_found`/`unavailable`: no daemon listens there. Blocks up to `timeout`.
[[nodiscard]] Result<std::string> ask_daemon(const std::string& socket_path,
                                             std::string_view request,
                                             std::chrono::milliseconds timeout);

}  // namespace vigil::agent
