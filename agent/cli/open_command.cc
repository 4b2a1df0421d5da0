#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/run_command.h"
#include "agent/config/environment.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

std::expected<std::string, Failure> ask_hub(const CommandContext& context, const SinkConfig& hub) {
  const auto answer = hub_client(context, hub, read_token(context)).post("/api/v1/tickets");
  if (!answer) return std::unexpected(answer.error());
  const auto json = JsonValue::parse(*answer);
  const auto path = json ? json->text("/path") : std::nullopt;
  if (path) return hub.url + *path;
  return std::unexpected(Failure{Exit::failed, "hub_refused", "the hub gives no link", {}});
}

/// From the hub on another machine; else from the agent here, which knows where its hub listens;
/// else from a hub that runs alone at the configured address.
std::expected<std::string, Failure> new_link(const CommandContext& context) {
  if (const auto hub = remote_hub(context.config())) return ask_hub(context, *hub);
  const auto answer = ask_running(context, R"({"do":"link"})");
  if (answer) {
    if (auto url = answer->text("/url")) return *std::move(url);
  }
  const HubConfig& own = context.config().hub;
  SinkConfig alone;
  alone.url = (own.tls_cert.empty() ? "http://" : "https://") + own.listen;
  alone.ca_file = own.tls_cert;
  auto link = ask_hub(context, alone);
  if (!link && link.error().exit == Exit::unreachable) {
    return std::unexpected(Failure{Exit::unreachable, "no_hub",
                                   "neither an agent nor a hub is running here", "agent run"});
  }
  return link;
}

/// Whether a browser could show anything: without a display xdg-open would start a text browser in
/// this terminal.
bool has_display(const CommandContext& context) {
  const Environment& environment = context.platform.environment;
  return environment.find("DISPLAY") || environment.find("WAYLAND_DISPLAY");
}

/// Lets the desktop open the link, and waits for its answer. False where it cannot.
bool open_in_browser(const CommandContext& context, std::string url) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : context.platform.environment.variables) {
    if (!name.starts_with("VIGIL_"))
      variables.push_back(std::string(name).append("=").append(value));
  }
  std::vector<char*> block;
  for (std::string& variable : variables) block.push_back(variable.data());
  block.push_back(nullptr);
  std::string program = "xdg-open";
  std::array<char*, 3> arguments{program.data(), url.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), block.data());
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return failed == 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

}  // namespace

Outcome run_command(const CommandContext& context, const OpenCommand& command) {
  const auto url = new_link(context);
  if (!url) return std::unexpected(url.error());
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.open/1").name("url").text(*url);
    context.console.out << std::move(json.end_object()).take() << '\n';
    return Exit::done;
  }
  if (!command.print && has_display(context) && open_in_browser(context, *url)) return Exit::done;
  context.console.out << *url << '\n';
  if (!command.print) context.console.err << "The link opens once, within a minute.\n";
  return Exit::done;
}

}  // namespace vigil::agent
