#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "crypto/ed25519.h"

/// How a batch is signed (docs/formats/signature.md). v0 is a signature over the body alone; v1
/// covers method, authority, path, source, key, batch, time and body, so that a captured request is
/// of no use elsewhere or later. The v1 text begins with a tag that no JSON begins with: neither
/// signature can pass for the other.
namespace vigil::crypto {

/// Signatures in one X-Signature-V1: more are neither made nor looked at.
inline constexpr std::size_t kSignaturesMax = 4;

/// What a v1 signature covers. Texts that is_signable() only. Refers to texts of its owner.
struct SignedRequest {
  std::string_view method;     ///< `POST`
  std::string_view authority;  ///< the Host header's value, lower case
  std::string_view path;       ///< `/api/v1/ingest`
  std::string_view source;
  std::string_view batch;      ///< Idempotency-Key without quotes
  std::int64_t timestamp = 0;  ///< Unix seconds, per attempt
  Digest body_digest{};        ///< SHA-256 of the bytes sent
};

/// Whether a text may stand in a signed request: not empty, `[A-Za-z0-9._:/-]` and the brackets of
/// an IPv6 authority, so that nothing can end its line.
[[nodiscard]] bool is_signable(std::string_view text);

/// The exact text that a key signs for v1.
[[nodiscard]] std::string signing_text(const SignedRequest& request, std::string_view key_id);

/// `base64(ed25519(body))`: X-Signature.
[[nodiscard]] std::string sign_v0(const KeyPair& key, std::string_view body);

/// `v1a,<base64>`, one for each key, separated by a space: X-Signature-V1. During a rotation the
/// new key comes first; X-Key-ID names that one.
[[nodiscard]] std::string sign_v1(std::span<const KeyPair* const> keys,
                                  const SignedRequest& request);

/// The values of the headers that a signed batch carries, named in docs/formats/signature.md.
struct BatchHeaders {
  std::string source;           ///< X-Source-ID
  std::string signature_v0;     ///< X-Signature
  std::string key_id;           ///< X-Key-ID
  std::string timestamp;        ///< X-Timestamp
  std::string idempotency_key;  ///< Idempotency-Key
  std::string content_digest;   ///< Content-Digest
  std::string signature_v1;     ///< X-Signature-V1
};

/// Signs a body in both ways; `request.body_digest` is computed here. `keys` has the current key
/// first, which alone signs v0, and at most kSignaturesMax. `malformed` names the part that is not
/// signable.
[[nodiscard]] Result<BatchHeaders> sign_batch(std::span<const KeyPair* const> keys,
                                              SignedRequest request, std::string_view body);

/// `sha-256=:<base64>:`: Content-Digest.
[[nodiscard]] std::string content_digest(const Digest& digest);

[[nodiscard]] bool verify_v0(std::string_view header, std::string_view body, const PublicKey& key);

/// Whether one of the header's first kSignaturesMax signatures is the key's.
[[nodiscard]] bool verify_v1(std::string_view header, const SignedRequest& request,
                             const PublicKey& key);

/// The digest that a Content-Digest header states; `malformed` for other algorithms and lengths.
[[nodiscard]] Result<Digest> parse_content_digest(std::string_view header);

}  // namespace vigil::crypto
