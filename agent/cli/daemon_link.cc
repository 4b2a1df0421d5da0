#include "agent/cli/daemon_link.h"

#include <chrono>

#include "agent/daemon/control_client.h"

namespace vigil::agent {
namespace {

/// A flush answers after one try of every destination, which is at most 30 s.
constexpr std::chrono::seconds kPatience{60};

Exit exit_named(std::string_view code) {
  if (code == "unavailable") return Exit::later;
  return code == "malformed" ? Exit::usage : Exit::failed;
}

}  // namespace

std::expected<JsonValue, Failure> ask_running(const CommandContext& context,
                                              std::string_view request) {
  const std::string path = control_socket_path(context.paths.state_dir, context.paths.runtime_dir);
  auto answer = ask_daemon(path, request, kPatience);
  if (!answer) {
    return std::unexpected(Failure{Exit::unreachable, "daemon_unreachable",
                                   std::move(answer).error().message, "agent run"});
  }
  auto json = JsonValue::parse(*answer);
  if (!json) return failure_of(std::move(json).error().within("the agent's answer"));
  if (json->truth("/ok").value_or(false)) return *std::move(json);
  const std::string code = json->text("/code").value_or("failed");
  return std::unexpected(
      Failure{exit_named(code), code, json->text("/message").value_or("refused"), {}});
}

}  // namespace vigil::agent
