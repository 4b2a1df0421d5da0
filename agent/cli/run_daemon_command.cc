#include "agent/cli/run_command.h"

namespace vigil::agent {
namespace {

Exit exit_of(int code) {
  return static_cast<Exit>(code);
}

}  // namespace

Outcome run_command(const CommandContext& context, const RunCommand& command) {
  const auto reload = [&context]() -> Result<Config> {
    auto loaded = VIGIL_TRY(load_config(context.platform.files, context.paths,
                                        context.platform.environment, context.flags));
    return std::move(loaded.config);
  };
  const RunOptions options{.mode = command.once ? RunMode::once : RunMode::forever,
                           .hub = command.no_hub ? HubMode::none : HubMode::embedded,
                           .reload = reload};
  return exit_of(run_agent(context.platform, context.config(), context.paths, options,
                           context.console.out, context.console.err));
}

Outcome run_command(const CommandContext& context, const ServeCommand&) {
  return exit_of(run_hub(context.platform, context.config(), context.paths, context.console.out,
                         context.console.err));
}

}  // namespace vigil::agent
