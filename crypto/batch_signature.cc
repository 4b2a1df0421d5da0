#include "crypto/batch_signature.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/encoding.h"

namespace vigil::crypto {
namespace {

constexpr std::string_view kTag = "vigil-ingest/v1";
constexpr std::string_view kMark = "v1a,";
constexpr std::string_view kDigestOpen = "sha-256=:";

std::optional<Signature> parse_signature(std::string_view base64) {
  const auto bytes = from_base64(base64);
  Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return std::nullopt;
  std::ranges::copy(*bytes, signature.begin());
  return signature;
}

}  // namespace

bool is_signable(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._:/-[]").contains(c);
  });
}

std::string signing_text(const SignedRequest& request, std::string_view key_id) {
  std::string text(kTag);
  for (const std::string_view part :
       {request.method, request.authority, request.path, request.source, key_id, request.batch}) {
    text.append("\n").append(part);
  }
  text.append("\n").append(std::to_string(request.timestamp));
  return text.append("\n").append(to_hex(request.body_digest));
}

std::string sign_v0(const KeyPair& key, std::string_view body) {
  return to_base64(key.sign(body));
}

std::string sign_v1(std::span<const KeyPair* const> keys, const SignedRequest& request) {
  std::string header;
  for (const KeyPair* key : keys) {
    if (!header.empty()) header += ' ';
    header += kMark;
    header += to_base64(key->sign(signing_text(request, key_id(key->public_key()))));
  }
  return header;
}

Result<BatchHeaders> sign_batch(std::span<const KeyPair* const> keys, SignedRequest request,
                                std::string_view body) {
  check(!keys.empty() && keys.size() <= kSignaturesMax);
  const std::array named{std::pair("method", request.method),
                         std::pair("authority", request.authority), std::pair("path", request.path),
                         std::pair("source", request.source), std::pair("batch", request.batch)};
  for (const auto& [name, text] : named) {
    if (!is_signable(text)) return fail(Errc::malformed, std::string(name) + " cannot be signed");
  }
  request.body_digest = sha256(body);
  return BatchHeaders{.source = std::string(request.source),
                      .signature_v0 = sign_v0(*keys.front(), body),
                      .key_id = key_id(keys.front()->public_key()),
                      .timestamp = std::to_string(request.timestamp),
                      .idempotency_key = std::string(request.batch),
                      .content_digest = content_digest(request.body_digest),
                      .signature_v1 = sign_v1(keys, request)};
}

std::string content_digest(const Digest& digest) {
  return std::string(kDigestOpen) + to_base64(digest) + ":";
}

bool verify_v0(std::string_view header, std::string_view body, const PublicKey& key) {
  const auto signature = parse_signature(header);
  return signature && verify(*signature, body, key);
}

bool verify_v1(std::string_view header, const SignedRequest& request, const PublicKey& key) {
  const std::string text = signing_text(request, key_id(key));
  for (std::size_t looked_at = 0; looked_at < kSignaturesMax && !header.empty(); ++looked_at) {
    const std::size_t end = std::min(header.find(' '), header.size());
    const std::string_view one = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    if (!one.starts_with(kMark)) continue;
    const auto signature = parse_signature(one.substr(kMark.size()));
    if (signature && verify(*signature, text, key)) return true;
  }
  return false;
}

Result<Digest> parse_content_digest(std::string_view header) {
  Digest digest{};
  if (header.starts_with(kDigestOpen) && header.ends_with(':')) {
    header.remove_prefix(kDigestOpen.size());
    header.remove_suffix(1);
    const auto bytes = from_base64(header);
    if (bytes && bytes->size() == digest.size()) {
      std::ranges::copy(*bytes, digest.begin());
      return digest;
    }
  }
  return fail(Errc::malformed, "Content-Digest must be sha-256=:<base64>:");
}

}  // namespace vigil::crypto
