#include "agent/cli/run_command.h"
#include "agent/config/settings_json.h"

namespace vigil::agent {
namespace {

Exit exit_of(int code) {
  return static_cast<Exit>(code);
}

}  // namespace

Outcome run_command(const CommandContext& context, const RunCommand& command) {
  LoadedConfig last = context.loaded;
  const auto reload = [&context, &last]() -> Result<Config> {
    last = VIGIL_TRY(load_config(context.platform.files, context.paths,
                                 context.platform.environment, context.flags));
    return last.config;
  };
  const RunOptions options{.mode = command.once ? RunMode::once : RunMode::forever,
                           .hub = command.no_hub ? HubMode::none : HubMode::embedded,
                           .reload = reload,
                           .settings = [&last] { return settings_json(last); }};
  return exit_of(run_agent(context.platform, context.config(), context.paths, options,
                           context.console.out, context.console.err));
}

Outcome run_command(const CommandContext& context, const ServeCommand&) {
  return exit_of(run_hub(context.platform, context.config(), context.paths,
                         settings_json(context.loaded), context.console.out, context.console.err));
}

}  // namespace vigil::agent
