#include "agent/daemon/hub_options.h"

#include "agent/config/address.h"
#include "agent/hub/store/time_zone.h"

namespace vigil::agent {

Result<HubOptions> hub_options(const FileSystem& files, const Config& config, const Paths& paths,
                               const Environment& environment) {
  const auto listen = parse_listen_address(config.hub.listen);
  if (!listen) return fail(Errc::malformed, "hub.listen: " + config.hub.listen + " is no address");
  HubOptions options;
  options.store_path = config.hub.store.empty() ? paths.hub_db() : config.hub.store;
  options.address = listen->host == "localhost" ? "127.0.0.1" : listen->host;
  options.port = listen->port;
  options.port_taken = config.hub.listen == kDefaultListen ? PortTaken::take_next : PortTaken::fail;
  options.names = config.hub.hosts;
  options.origins = config.hub.origins;
  options.tls_cert = config.hub.tls_cert;
  options.tls_key = config.hub.tls_key;
  options.trusted_proxy = config.hub.trusted_proxy;
  options.default_zone = zone_of(files, config, environment);
  options.rates = {static_cast<std::uint32_t>(config.hub.requests_per_second),
                   static_cast<std::uint64_t>(config.hub.bytes_per_second)};
  options.times.human = config.time.human_timeout;
  return options;
}

std::string zone_of(const FileSystem& files, const Config& config, const Environment& environment) {
  if (!config.time.zone.empty()) return config.time.zone;
  std::optional<std::string> variable;
  if (const auto text = environment.find("TZ")) variable = std::string(*text);
  return local_zone_name(files, variable);
}

}  // namespace vigil::agent
