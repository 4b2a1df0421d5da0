#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::agent {

struct Environment;  // agent/config/environment.h

/// The environment's say in proxies, as values: HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
struct ProxyVariables {
  std::string https_proxy;
  std::string http_proxy;
  std::string no_proxy;
};

/// What the environment says of proxies, in either spelling; upper case goes first.
[[nodiscard]] ProxyVariables proxy_variables(const Environment& environment);

/// The proxy for a request to `url`; empty for none. `configured` goes before the environment,
/// NO_PROXY before both; loopback addresses never get one.
[[nodiscard]] std::string choose_proxy(std::string_view url, std::string_view configured,
                                       const ProxyVariables& variables);

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string user;  ///< empty: no credentials
  std::string password;
};

/// `http://[user[:password]@]host[:port]`; nothing for anything else.
[[nodiscard]] std::optional<Proxy> parse_proxy(std::string_view text);

}  // namespace vigil::agent
