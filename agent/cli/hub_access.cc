#include "agent/cli/hub_access.h"

#include "agent/cli/daemon_link.h"
#include "agent/delivery/proxy.h"
#include "agent/hub/routes.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store_answer.h"
#include "base/check.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kTokenFileMax = 1'024;

}  // namespace

std::unexpected<Failure> store_failure(const CommandContext& context, Error error) {
  if (error.code == Errc::not_found) {
    return std::unexpected(Failure{Exit::missing, "no_store", std::move(error).message,
                                   "agent run (or `agent run --once`), which fills it"});
  }
  if (error.code != Errc::damaged) return failure_of(std::move(error));
  const bool is_told = ask_running(context, R"({"do":"renew_store"})").has_value();
  return failure_of(std::move(error), is_told ? "the same command again in a while"
                                              : "agent run, whose hub makes it anew");
}

std::optional<SinkConfig> remote_hub(const Config& config) {
  if (wants_embedded_hub(config) || config.sinks.empty()) return std::nullopt;
  return config.sinks.front();
}

HubClient hub_client(const CommandContext& context, SinkConfig hub, std::string token) {
  hub.proxy = choose_proxy(hub.url, hub.proxy, proxy_variables(context.platform.environment));
  return {std::move(hub), std::move(token)};
}

std::string read_token(const CommandContext& context) {
  if (const auto token = context.platform.environment.find("VIGIL_TOKEN")) {
    return std::string(*token);
  }
  auto text = read_file(context.platform.files, context.paths.token_file(), kTokenFileMax);
  if (!text) return {};
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  return *std::move(text);
}

std::string store_path(const CommandContext& context) {
  const std::string& configured = context.config().hub.store;
  return configured.empty() ? context.paths.hub_db() : configured;
}

std::string zone_name(const CommandContext& context) {
  const std::string& configured = context.config().time.zone;
  if (!configured.empty()) return configured;
  std::optional<std::string> variable;
  if (const auto tz = context.platform.environment.find("TZ")) variable = *tz;
  const std::string local = local_zone_name(context.platform.files, variable);
  return TimeZone::named(local) ? local : "UTC";
}

QueryParameters day_parameters(const CommandContext& context, const DaysAsked& days,
                               std::string_view fallback) {
  QueryParameters parameters{{"tz", zone_name(context)}};
  if (!days.from.empty()) parameters.emplace_back("from", days.from);
  if (!days.to.empty()) parameters.emplace_back("to", days.to);
  if (parameters.size() == 1) {
    parameters.emplace_back("range", days.range.empty() ? fallback : days.range);
  }
  return parameters;
}

std::expected<QueryParameters, Failure> where_parameters(const std::vector<std::string>& where) {
  QueryParameters parameters;
  for (const std::string& condition : where) {
    const auto sign = condition.find('=');
    if (sign == std::string::npos) {
      return std::unexpected(Failure{Exit::usage, "usage", "--where: not DIM=VALUE: " + condition,
                                     "agent stats --where project=vigil"});
    }
    parameters.emplace_back(condition.substr(0, sign), condition.substr(sign + 1));
  }
  return parameters;
}

std::expected<std::string, Failure> ask_hub(const CommandContext& context, const std::string& path,
                                            const QueryParameters& parameters) {
  if (const auto hub = remote_hub(context.config())) {
    std::string body;
    const HubClient client = hub_client(context, *hub, read_token(context));
    auto done = client.get(path, parameters, [&](std::string_view piece) {
      body += piece;
      return true;
    });
    if (!done) return std::unexpected(std::move(done).error());
    return body;
  }
  const auto reader = HubReader::open(store_path(context));
  if (!reader) return store_failure(context, reader.error());
  Request request;
  request.method = "GET";
  request.path = path;
  request.query = parameters;
  const auto route = find_route(request);
  check(route.has_value());
  auto body =
      answer_from_store(*route, **reader, request, {"UTC", context.platform.clock.wall_now()});
  if (body) return *std::move(body);
  if (body.error().code != Errc::malformed) return store_failure(context, body.error());
  return std::unexpected(Failure{Exit::usage, "usage", body.error().message, "agent help"});
}

}  // namespace vigil::agent
