#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/hub_client.h"

namespace vigil::agent {

/// The hub that read commands ask over HTTP; nothing where the one on this machine holds the store.
[[nodiscard]] std::optional<SinkConfig> remote_hub(const Config& config);

/// A client for that hub, through the proxy that the configuration or the environment names.
[[nodiscard]] HubClient hub_client(const CommandContext& context, SinkConfig hub,
                                   std::string token);

/// VIGIL_TOKEN, else what the token file holds; empty where there is neither.
[[nodiscard]] std::string read_token(const CommandContext& context);

/// The database of the hub on this machine.
[[nodiscard]] std::string store_path(const CommandContext& context);

/// What a failure to read the store means. Where it is damaged, the hub that runs on it is told.
[[nodiscard]] std::unexpected<Failure> store_failure(const CommandContext& context, Error error);

/// The IANA name of the zone in which days begin: the configured one, else the machine's where its
/// rules are installed, else UTC.
[[nodiscard]] std::string zone_name(const CommandContext& context);

/// `from`, `to`, `range` and `tz` as the hub's API takes them. `fallback` is the range where none
/// was asked for.
[[nodiscard]] QueryParameters day_parameters(const CommandContext& context, const DaysAsked& days,
                                             std::string_view fallback);

/// `project=vigil` as parameters. A failure names what has no `=`.
[[nodiscard]] std::expected<QueryParameters, Failure> where_parameters(
    const std::vector<std::string>& where);

/// What the hub's API answers to a GET of `path`, from wherever the store is.
[[nodiscard]] std::expected<std::string, Failure> ask_hub(const CommandContext& context,
                                                          const std::string& path,
                                                          const QueryParameters& parameters);

}  // namespace vigil::agent
