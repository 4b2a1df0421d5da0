#pragma once

#include "agent/cli/commands.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"

namespace vigil::agent {

// What each command does: one file per group (`stats_command.cc`, `queue_command.cc`, ...). All
// write data to `console.out`; a Failure is left to the caller to print.

Outcome run_command(const CommandContext& context, const InitCommand& command);
Outcome run_command(const CommandContext& context, const RunCommand& command);
Outcome run_command(const CommandContext& context, const ServeCommand& command);
Outcome run_command(const CommandContext& context, const StatusCommand& command);
Outcome run_command(const CommandContext& context, const DoctorCommand& command);
Outcome run_command(const CommandContext& context, const QueueCommand& command);
Outcome run_command(const CommandContext& context, const KeysCommand& command);
Outcome run_command(const CommandContext& context, const HubCommand& command);
Outcome run_command(const CommandContext& context, const SourcesCommand& command);
Outcome run_command(const CommandContext& context, const OpenCommand& command);
Outcome run_command(const CommandContext& context, const HeartbeatCommand& command);
Outcome run_command(const CommandContext& context, const StatsCommand& command);
Outcome run_command(const CommandContext& context, const TimelineCommand& command);
Outcome run_command(const CommandContext& context, const SessionsCommand& command);
Outcome run_command(const CommandContext& context, const TailCommand& command);
Outcome run_command(const CommandContext& context, const StatuslineCommand& command);
Outcome run_command(const CommandContext& context, const DatabaseCommand& command);
Outcome run_command(const CommandContext& context, const ExportCommand& command);
Outcome run_command(const CommandContext& context, const ProjectCommand& command);
Outcome run_command(const CommandContext& context, const PrivacyCommand& command);
Outcome run_command(const CommandContext& context, const PauseCommand& command);
Outcome run_command(const CommandContext& context, const ConfigCommand& command);
Outcome run_command(const CommandContext& context, const CorrectCommand& command);
Outcome run_command(const CommandContext& context, const CardCommand& command);

}  // namespace vigil::agent
