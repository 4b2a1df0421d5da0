#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/delivery/transport.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// What a signature is over.
struct SigningRequest {
  std::string_view body;
  BatchId batch;
  std::string authority;  ///< `host`, or `host:port` where the port is not the scheme's own
  std::string path;
  WallTime timestamp{};
};

/// Signs a body with the current key at the moment of sending.
class Signer {
 public:
  virtual ~Signer() = default;

  /// The headers that prove who sends. Fails where there is no usable key: then rows stay queued.
  [[nodiscard]] virtual Result<std::vector<HttpHeader>> sign(const SigningRequest& request) = 0;
};

}  // namespace vigil::agent
