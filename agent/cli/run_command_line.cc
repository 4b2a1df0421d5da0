#include "agent/cli/run_command_line.h"

#include <algorithm>
#include <ostream>

#include "agent/cli/command_line.h"
#include "agent/cli/run_command.h"
#include "agent/terminal/printable.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

int code_of(Exit exit) {
  return static_cast<int>(exit);
}

int print_failure(const Console& console, OutputForm form, const Failure& failure) {
  if (form == OutputForm::json) {
    JsonText json;
    json.begin_object();
    json.name("type").text("error");
    json.name("code").text(failure.code);
    json.name("message").text(failure.message);
    if (!failure.hint.empty()) json.name("hint").text(failure.hint);
    json.name("exit").number(std::int64_t{code_of(failure.exit)});
    json.end_object();
    console.err << std::move(json).take() << '\n';
  } else {
    console.err << "agent: " << printable(failure.message) << '\n';
    if (!failure.hint.empty()) console.err << "try: " << printable(failure.hint) << '\n';
  }
  return code_of(failure.exit);
}

Failure configuration_failure(Error error) {
  return {Exit::configuration, "configuration", std::move(error).message,
          "agent config validate, docs/formats/config.md"};
}

/// Another key is never taken in place of the one that was given.
Failure key_failure(const std::string& message) {
  return {Exit::configuration, "key_unusable", message,
          "VIGIL_KEY_FD, vigil-key in the credentials folder, or VIGIL_KEY with a key of 32 bytes"};
}

/// `agent config path` and `validate` are how a broken configuration is found: they must run with
/// one.
bool runs_without_configuration(const Command& command) {
  const auto* config = std::get_if<ConfigCommand>(&command);
  return config != nullptr && config->action != ConfigCommand::Do::get;
}

Outcome run_invocation(const Platform& platform, const Console& console, Invocation invocation) {
  if (!platform.seed_failure.empty()) {
    return std::unexpected(key_failure(platform.seed_failure));
  }
  auto paths = find_paths(platform.environment, invocation.config_file);
  if (!paths) return std::unexpected(configuration_failure(std::move(paths).error()));
  CommandContext context{.platform = platform,
                         .console = console,
                         .form = invocation.form,
                         .paths = *paths,
                         .loaded = {},
                         .flags = invocation.settings};
  if (!runs_without_configuration(invocation.command)) {
    auto loaded = load_config(platform.files, *paths, platform.environment, invocation.settings);
    if (!loaded) return std::unexpected(configuration_failure(std::move(loaded).error()));
    context.loaded = *std::move(loaded);
  }
  return std::visit([&](const auto& command) { return run_command(context, command); },
                    invocation.command);
}

}  // namespace

int run_command_line(const Platform& platform, const Console& console,
                     std::span<const std::string> arguments) {
  // The answer that scripts ask for most often needs no grammar.
  if (arguments.size() == 1 && arguments.front() == "--version") {
    console.out << "agent " VIGIL_VERSION "\n" << std::flush;
    return code_of(Exit::done);
  }
  auto answer = parse_command_line(arguments);
  if (const auto* plain = std::get_if<PlainAnswer>(&answer)) {
    console.out << plain->text << std::flush;
    return code_of(Exit::done);
  }
  if (const auto* failure = std::get_if<Failure>(&answer)) {
    const bool json = std::ranges::find(arguments, "--json") != arguments.end();
    return print_failure(console, json ? OutputForm::json : OutputForm::human, *failure);
  }
  auto& invocation = std::get<Invocation>(answer);
  const OutputForm form = invocation.form;
  const Outcome outcome = run_invocation(platform, console, std::move(invocation));
  console.out << std::flush;
  if (!outcome) return print_failure(console, form, outcome.error());
  // A full disk or a closed pipe must not pass for success.
  return console.out.good() ? code_of(*outcome) : code_of(Exit::failed);
}

}  // namespace vigil::agent
