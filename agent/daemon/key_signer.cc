#include "agent/daemon/key_signer.h"

#include <utility>

#include "base/digest.h"
#include "crypto/batch_signature.h"

namespace vigil::agent {

KeySigner::KeySigner(SourceId source, LoadKeys load)
    : source_(std::move(source)), load_(std::move(load)) {}

Result<std::vector<HttpHeader>> KeySigner::sign(const SigningRequest& request) {
  if (!keys_) keys_ = VIGIL_TRY(load_());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(request.timestamp);
  const crypto::SignedRequest covered{.method = "POST",
                                      .authority = request.authority,
                                      .path = request.path,
                                      .source = source_.text(),
                                      .batch = request.batch.text(),
                                      .timestamp = seconds.time_since_epoch().count(),
                                      .body_digest = sha256(request.body)};
  return std::vector<HttpHeader>{{"X-Source-ID", source_.text()},
                                 {"X-Signature", crypto::sign_v0(keys_->current, request.body)},
                                 {"X-Key-ID", crypto::key_id(keys_->current.public_key())},
                                 {"X-Timestamp", std::to_string(covered.timestamp)},
                                 {"Idempotency-Key", request.batch.text()},
                                 {"Content-Digest", crypto::content_digest(covered.body_digest)},
                                 {"X-Signature-V1", crypto::sign_v1(keys_->all(), covered)}};
}

}  // namespace vigil::agent
