#include <istream>
#include <ostream>
#include <string>

#include "agent/cli/hub_access.h"
#include "agent/cli/init_projects.h"
#include "agent/cli/own_identity.h"
#include "agent/cli/run_command.h"
#include "agent/cli/setting_edit.h"
#include "agent/config/address.h"
#include "agent/config/environment.h"
#include "agent/config/log_roots.h"
#include "agent/identity/installation.h"
#include "agent/terminal/printable.h"
#include "base/json_text.h"
#include "crypto/ed25519.h"

namespace vigil::agent {
namespace {

/// A new key is a thing to be sure about; where nobody can be asked, --force says it.
bool may_renew(const CommandContext& context, const InitCommand& command) {
  const Console& console = context.console;
  if (!command.force || command.yes || console.in_is != Attached::to_terminal) return true;
  console.err << "Make a new key? Hubs must then allow it. The old one is kept aside. [y/N] "
              << std::flush;
  std::string answer;
  std::getline(console.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Whether the hub on the other machine answers at all; that it does not take the key yet is
/// what the printed line is for.
std::optional<Failure> try_endpoint(const CommandContext& context, const std::string& endpoint) {
  SinkConfig hub;
  hub.url = endpoint;
  hub.ca_file = context.config().delivery.ca_file;
  hub.proxy = context.config().delivery.proxy;
  auto done =
      hub_client(context, hub, {}).get("/health", {}, [](std::string_view) { return true; });
  if (done) return std::nullopt;
  return std::move(done).error();
}

/// How the hub that was named behaves.
enum class Endpoint : std::uint8_t { none, answers, silent };

void add_projects(JsonText& json, const OfferedProjects& projects) {
  json.name("projects").begin_list();
  for (const auto& root : projects.found) json.text(root);
  json.end_list().name("projects_taken").truth(projects.are_taken);
  json.name("projects_complete").truth(projects.is_complete);
}

void print_projects(std::ostream& out, const OfferedProjects& projects) {
  for (const auto& root : projects.found) {
    out << (projects.are_taken ? "watches   " : "found     ") << printable(root) << "\n";
  }
  if (!projects.found.empty() && !projects.are_taken) {
    out << "          agent project add FOLDER watches one of these\n";
  }
}

void print_made(const CommandContext& context, const InitOutcome& made,
                const OfferedProjects& projects, const std::string& endpoint, Endpoint state) {
  const std::string line = registry_line(made.identity.source, made.key.public_key());
  const std::string_view was = made.what == Initialised::made      ? "made"
                               : made.what == Initialised::renewed ? "renewed"
                                                                   : "there";
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.init/1").name("identity").text(was);
    json.name("source").text(made.identity.source.text());
    json.name("key_id").text(crypto::key_id(made.key.public_key()));
    json.name("registry_line").text(line);
    json.name("config_dir").text(context.paths.config_dir);
    if (state != Endpoint::none) {
      json.name("endpoint").text(endpoint).name("answers").truth(state == Endpoint::answers);
    }
    add_projects(json, projects);
    context.console.out << std::move(json.end_object()).take() << '\n';
    return;
  }
  std::ostream& out = context.console.out;
  out << "identity  " << made.identity.source.text() << " (" << was << " in "
      << context.paths.config_dir << ")\n"
      << "registry  " << line << "\n";
  for (const std::string& root :
       claude_roots(context.config(), context.platform.environment, context.paths)) {
    out << "watches   " << root << "\n";
  }
  for (const std::string& root :
       codex_roots(context.config(), context.platform.environment, context.paths)) {
    out << "watches   " << root << "\n";
  }
  print_projects(out, projects);
  if (state == Endpoint::none) {
    out << "next      agent run\n";
    return;
  }
  out << "hub       " << endpoint
      << (state == Endpoint::answers ? " (answers)" : " (does not answer now)") << '\n'
      << "\nThe hub's owner must allow this installation once:\n\n  agent hub allow " << line
      << "\n\n";
}

/// What was typed and cannot be.
std::optional<Failure> bad_usage(const InitCommand& command) {
  if (!command.source.empty() && !is_source_name(command.source)) {
    return Failure{Exit::usage, "usage", "--source must be 1 to 64 of A-Z a-z 0-9 . _ : -", {}};
  }
  if (!command.endpoint.empty() && !is_hub_url(command.endpoint)) {
    return Failure{
        Exit::usage, "usage", "--endpoint must be an https URL (http only for this machine)", {}};
  }
  return std::nullopt;
}

}  // namespace

Outcome run_command(const CommandContext& context, const InitCommand& command) {
  if (auto failure = bad_usage(command)) return std::unexpected(*std::move(failure));
  if (!may_renew(context, command)) return Exit::done;
  const Platform& platform = context.platform;
  const auto made = init_installation(
      platform.files, platform.random, platform.clock.wall_now(), context.paths.config_dir,
      command.source.empty() ? context.config().source : command.source,
      platform.environment.hostname, command.force ? ExistingKey::set_aside : ExistingKey::keep);
  if (!made) {
    return failure_of(made.error(), "agent init --force makes a new key and keeps the old aside");
  }
  const std::string& endpoint =
      command.endpoint.empty() ? context.config().endpoint : command.endpoint;
  if (!command.endpoint.empty()) {
    if (auto kept = write_setting(context, "endpoint", endpoint); !kept) {
      return std::unexpected(kept.error());
    }
  }
  if (endpoint.empty()) {
    const std::string line = registry_line(made->identity.source, made->key.public_key());
    if (auto allowed = allow_on_this_machine(context, line); !allowed) {
      return failure_of(std::move(allowed).error());
    }
  }
  std::optional<Failure> unreachable;
  if (!endpoint.empty()) unreachable = try_endpoint(context, endpoint);
  const auto projects = offer_projects(context, command);
  if (!projects) return std::unexpected(projects.error());
  print_made(context, *made, *projects, endpoint,
             endpoint.empty() ? Endpoint::none
             : unreachable    ? Endpoint::silent
                              : Endpoint::answers);
  if (!unreachable) return Exit::done;
  return std::unexpected(*std::move(unreachable));
}

}  // namespace vigil::agent
