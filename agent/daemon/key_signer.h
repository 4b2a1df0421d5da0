#pragma once

#include <functional>
#include <optional>

#include "agent/delivery/signer.h"
#include "agent/identity/keys.h"

namespace vigil::agent {

/// Signs batches with the installation's keys (docs/formats/signature.md). Where the keys cannot be
/// used, each attempt to sign looks again, so that a mended file is taken up without a restart.
class KeySigner final : public Signer {
 public:
  using LoadKeys = std::function<Result<Keys>()>;

  KeySigner(SourceId source, LoadKeys load);

  [[nodiscard]] Result<std::vector<HttpHeader>> sign(const SigningRequest& request) override;

  /// After a rotation or a reload: the keys are loaded again at the next signature.
  void forget_keys() { keys_.reset(); }

 private:
  SourceId source_;
  LoadKeys load_;
  std::optional<Keys> keys_;
};

}  // namespace vigil::agent
