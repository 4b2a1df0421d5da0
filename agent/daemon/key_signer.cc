#include "agent/daemon/key_signer.h"

#include <utility>

#include "base/digest.h"
#include "crypto/batch_signature.h"

namespace vigil::agent {

KeySigner::KeySigner(SourceId source, LoadKeys load)
    : source_(std::move(source)), load_(std::move(load)) {}

Result<BodySigner> KeySigner::signer_of(const SigningRequest& request) {
  if (!keys_) keys_ = std::make_shared<const Keys>(VIGIL_TRY(load_()));
  return [keys = keys_, source = source_, request](std::string_view body) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(request.timestamp);
    const crypto::SignedRequest covered{.method = "POST",
                                        .authority = request.authority,
                                        .path = request.path,
                                        .source = source.text(),
                                        .batch = request.batch.text(),
                                        .timestamp = seconds.time_since_epoch().count(),
                                        .body_digest = sha256(body)};
    return std::vector<HttpHeader>{{"X-Source-ID", source.text()},
                                   {"X-Signature", crypto::sign_v0(keys->current, body)},
                                   {"X-Key-ID", crypto::key_id(keys->current.public_key())},
                                   {"X-Timestamp", std::to_string(covered.timestamp)},
                                   {"Idempotency-Key", request.batch.text()},
                                   {"Content-Digest", crypto::content_digest(covered.body_digest)},
                                   {"X-Signature-V1", crypto::sign_v1(keys->all(), covered)}};
  };
}

}  // namespace vigil::agent
