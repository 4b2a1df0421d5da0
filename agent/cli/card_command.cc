#include <ostream>

#include "agent/cli/hub_access.h"
#include "agent/cli/output_file.h"
#include "agent/cli/run_command.h"
#include "agent/hub/picture_answers.h"
#include "agent/hub/store/hub_reader.h"

namespace vigil::agent {
namespace {

QueryParameters parameters_of(const CommandContext& context, const CardCommand& command) {
  QueryParameters parameters = day_parameters(context, command.days, "week");
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) parameters.emplace_back(name, value);
  };
  add("format", command.format);
  add("template", command.form);
  add("theme", command.theme);
  add("title", command.title);
  add("redact", command.redact);
  if (command.scale != 1) add("scale", std::to_string(command.scale));
  return parameters;
}

std::expected<std::string, Failure> drawn_remotely(const CommandContext& context,
                                                   const SinkConfig& hub,
                                                   const QueryParameters& parameters) {
  std::string bytes;
  const HubClient client = hub_client(context, hub, read_token(context));
  auto done = client.get("/api/v1/export/image", parameters, [&](std::string_view piece) {
    bytes += piece;
    return true;
  });
  if (!done) return std::unexpected(std::move(done).error());
  return bytes;
}

std::expected<std::string, Failure> drawn_here(const CommandContext& context,
                                               const QueryParameters& parameters) {
  const auto reader = HubReader::open(store_path(context));
  if (!reader) return store_failure(context, reader.error());
  Request request;
  request.query = parameters;
  PictureMaker pictures;
  auto file = pictures.card(**reader, request, {"UTC", context.platform.clock.wall_now()});
  if (file) return std::move(file->bytes);
  if (file.error().code == Errc::unavailable) {
    return std::unexpected(Failure{Exit::failed, "no_pictures", file.error().message,
                                   "agent card svg, or apt install libpangocairo-1.0-0"});
  }
  if (file.error().code != Errc::malformed) return store_failure(context, file.error());
  return std::unexpected(Failure{Exit::usage, "usage", file.error().message, "agent card --help"});
}

}  // namespace

Outcome run_command(const CommandContext& context, const CardCommand& command) {
  auto parameters = parameters_of(context, command);
  const auto where = where_parameters(command.where);
  if (!where) return std::unexpected(where.error());
  parameters.insert(parameters.end(), where->begin(), where->end());
  const auto hub = remote_hub(context.config());
  const auto bytes =
      hub ? drawn_remotely(context, *hub, parameters) : drawn_here(context, parameters);
  if (!bytes) return std::unexpected(bytes.error());
  return with_output(context.console.out, command.out, [&](std::ostream& out) -> Outcome {
    out << *bytes;
    return Exit::done;
  });
}

}  // namespace vigil::agent
