#pragma once

#include <functional>
#include <memory>

#include "agent/delivery/signer.h"
#include "agent/identity/keys.h"

namespace vigil::agent {

/// Signs batches with the installation's keys (docs/formats/signature.md). Where the keys cannot be
/// used, each attempt to sign looks again, so that a mended file is taken up without a restart.
class KeySigner final : public Signer {
 public:
  using LoadKeys = std::function<Result<Keys>()>;

  KeySigner(SourceId source, LoadKeys load);

  [[nodiscard]] Result<BodySigner> signer_of(const SigningRequest& request) override;

  /// After a rotation or a reload: the keys are loaded again at the next signature.
  void forget_keys() { keys_.reset(); }

 private:
  SourceId source_;
  LoadKeys load_;
  std::shared_ptr<const Keys> keys_;  ///< shared with the threads that sign with them
};

}  // namespace vigil::agent
