#pragma once

#include <string>

#include "agent/delivery/transport.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// What a signature is over, beside the body.
struct SigningRequest {
  BatchId batch;
  std::string authority;  ///< `host`, or `host:port` where the port is not the scheme's own
  std::string path;
  WallTime timestamp{};
};

/// Signs with the current key at the moment of sending.
class Signer {
 public:
  virtual ~Signer() = default;

  /// Fails where there is no usable key: then rows stay queued.
  [[nodiscard]] virtual Result<BodySigner> signer_of(const SigningRequest& request) = 0;
};

}  // namespace vigil::agent
