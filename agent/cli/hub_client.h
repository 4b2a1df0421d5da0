#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/cli/exit_code.h"
#include "agent/config/config.h"

namespace vigil::agent {

/// Names and values of a query string, not yet encoded.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// Asks a hub on another machine, or a running one on this, with a read token.
///
/// Blocking: 5 s to connect, 30 s without a byte. Certificates are always verified; redirects are
/// never followed, so that the token goes to nobody else.
class HubClient {
 public:
  /// `hub.url`, `ca_file` and `proxy` are used; the proxy is the one for this address, as
  /// hub_client() (agent/cli/hub_access.h) chooses it.
  HubClient(SinkConfig hub, std::string token);

  /// Gives the body piece by piece to `take`, which returns false to stop. Failures: `unreachable`
  /// (5), `token_needed` (4), else `hub_refused` (1) with the hub's own word for it.
  [[nodiscard]] std::expected<void, Failure> get(
      const std::string& path, const QueryParameters& query,
      const std::function<bool(std::string_view)>& take) const;

  /// The whole answer to a POST without a body.
  [[nodiscard]] std::expected<std::string, Failure> post(const std::string& path) const;

 private:
  SinkConfig hub_;
  std::string token_;
};

}  // namespace vigil::agent
