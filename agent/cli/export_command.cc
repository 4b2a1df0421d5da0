#include <ostream>

#include "agent/cli/hub_access.h"
#include "agent/cli/output_file.h"
#include "agent/cli/run_command.h"
#include "agent/hub/export_text.h"
#include "agent/hub/stats_request.h"
#include "agent/hub/store/hub_reader.h"

namespace vigil::agent {
namespace {

/// Text that is written before more is gathered.
constexpr std::size_t kPieceSize = 256 * 1024;

Outcome export_remote(const CommandContext& context, const SinkConfig& hub,
                      QueryParameters parameters, const std::string& format, std::ostream& out) {
  parameters.emplace_back("format", format);
  const HubClient client = hub_client(context, hub, read_token(context));
  auto done = client.get("/api/v1/export", parameters, [&](std::string_view piece) {
    out << piece;
    return out.good();
  });
  if (!done) return std::unexpected(std::move(done).error());
  return Exit::done;
}

Outcome export_local(const CommandContext& context, const QueryParameters& parameters,
                     ExportFormat format, std::ostream& out) {
  Request request;
  request.query = parameters;
  const auto time = time_parameters(request, "UTC", "all_time", context.platform.clock.wall_now());
  if (!time) {
    return std::unexpected(
        Failure{Exit::usage, "usage", time.error().message, "agent export --help"});
  }
  const auto reader = HubReader::open(store_path(context));
  if (!reader) return store_failure(context, reader.error());
  ExportWriter writer(format);
  std::string text;
  writer.begin(text);
  const auto done = (*reader)->export_heartbeats(
      {time->days, time->zone}, [&](const ExportedHeartbeat& row) -> Result<void> {
        writer.add(row.heartbeat, text);
        if (text.size() < kPieceSize) return {};
        out << text;
        text.clear();
        if (!out) return fail(Errc::io, "the export cannot be written");
        return {};
      });
  if (!done) return store_failure(context, done.error());
  writer.end(text);
  out << text;
  return Exit::done;
}

}  // namespace

Outcome run_command(const CommandContext& context, const ExportCommand& command) {
  const auto format = export_format_named(command.format);
  if (!format) {
    return std::unexpected(Failure{Exit::usage, "usage", "--format: ndjson, json or csv", {}});
  }
  const QueryParameters parameters = day_parameters(context, command.days, "all_time");
  return with_output(context.console.out, command.out, [&](std::ostream& out) {
    const auto hub = remote_hub(context.config());
    return hub ? export_remote(context, *hub, parameters, command.format, out)
               : export_local(context, parameters, *format, out);
  });
}

}  // namespace vigil::agent
