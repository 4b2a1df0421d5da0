#include "agent/hub/ingest_gate.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/hub/auth.h"
#include "base/encoding.h"
#include "base/failpoint.h"
#include "base/json_text.h"
#include "base/planted_bug.h"
#include "crypto/batch_signature.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kKeysTriedMax = 8;  // of one source

/// Any valid key: an unknown source costs the same verification as a known one, so that the time of
/// an answer does not tell which names exist.
constexpr PublicKey kNobody = [] {
  constexpr std::array<unsigned char, 32> kBytes{0xD7, 0x5A, 0x98, 0x01, 0x82, 0xB1, 0x0A, 0xB7,
                                                 0xD5, 0x4B, 0xFE, 0xD3, 0xC9, 0x64, 0x07, 0x3A,
                                                 0x0E, 0xE1, 0x72, 0xF3, 0xDA, 0xA6, 0x23, 0x25,
                                                 0xAF, 0x02, 0x1A, 0x68, 0xF7, 0x07, 0x51, 0x1A};
  PublicKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(kBytes[i]);
  return key;
}();

Response bad_header(std::string_view name) {
  return error_response(400, "bad_header", std::string(name) + " is missing or not valid");
}

Response clock_skew(WallTime now) {
  JsonText json;
  json.begin_object().name("error").begin_object();
  json.name("code").text("clock_skew");
  json.name("message").text("the sender's clock is more than 300 s off");
  json.name("server_time").text(format_rfc3339(now));
  Response response = json_response(std::move(json.end_object().end_object()).take());
  response.status = 401;
  return response;
}

Response too_fast(milliseconds wait) {
  Response response = error_response(429, "too_fast", "this source sends more than it may");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  response.headers.emplace_back("Retry-After", std::to_string(seconds.count()));
  return response;
}

std::string_view unquoted(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  constexpr std::int64_t kFarthest = 253'402'300'799;  // the year 9999
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (seconds < 0 || seconds > kFarthest) return std::nullopt;
  return seconds;
}

std::expected<std::optional<Digest>, Response> parse_prev(std::string_view hex) {
  if (hex.empty()) return std::nullopt;
  const auto bytes = from_hex(hex);
  Digest digest{};
  if (!bytes || bytes->size() != digest.size()) {
    return std::unexpected(error_response(400, "malformed", "prev is not a digest"));
  }
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

/// What the headers say, before anything of it is believed.
struct Claim {
  SourceId source;
  std::string authority;
  std::string_view signature_v0;
  std::string_view signature_v1;
  crypto::SignedRequest signed_v1;
  std::optional<Digest> stated_digest;
  Digest digest{};

  [[nodiscard]] bool uses_v1() const { return !signature_v1.empty(); }

  [[nodiscard]] bool is_signed_by(const PublicKey& key, std::string_view body) const {
    // v1 covers the digest of the body and more than v0 does: where it holds, v0 adds nothing.
    return uses_v1() ? crypto::verify_v1(signature_v1, signed_v1, key)
                     : crypto::verify_v0(signature_v0, body, key);
  }
};

std::optional<Response> read_v1(const Request& request, Claim& claim) {
  const std::string_view batch = unquoted(request.header("Idempotency-Key"));
  if (!batch.empty() && !crypto::is_signable(batch)) return bad_header("Idempotency-Key");
  claim.signed_v1.batch = batch;
  if (!claim.uses_v1()) return std::nullopt;
  if (batch.empty()) return bad_header("Idempotency-Key");
  const auto timestamp = parse_timestamp(request.header("X-Timestamp"));
  if (!timestamp) return bad_header("X-Timestamp");
  if (!claim.stated_digest) return bad_header("Content-Digest");
  claim.authority = lower_case(request.header("Host"));
  claim.signed_v1.method = request.method;
  claim.signed_v1.authority = claim.authority;
  claim.signed_v1.path = request.path;
  claim.signed_v1.source = claim.source.text();
  claim.signed_v1.timestamp = *timestamp;
  claim.signed_v1.body_digest = claim.digest;
  return std::nullopt;
}

}  // namespace

/// Who signed a request, proven.
struct IngestGate::Signer {
  SourceId source;
  std::string key_id;
  BatchId batch;
  Digest digest{};
};

IngestBatch AdmittedBatch::to_store() const {
  return {.source = source,
          .key_id = key_id,
          .id = header.batch,
          .instance = header.instance,
          .lane = header.lane,
          .seq = header.seq,
          .prev = prev,
          .digest = digest,
          .received = received,
          .heartbeats = heartbeats};
}

Response ingest_answer(const AdmittedBatch& batch, const IngestOutcome& outcome,
                       std::string_view store) {
  JsonText json;
  json.begin_object();
  json.name("batch").text(batch.header.batch.text());
  json.name("digest").text(to_hex(batch.digest));
  json.name("store").text(store);
  json.name("stored").number(static_cast<std::int64_t>(outcome.stored));
  json.name("duplicate").number(static_cast<std::int64_t>(outcome.duplicate));
  json.name("revised").number(static_cast<std::int64_t>(outcome.revised));
  json.name("rejected").begin_list();
  for (const auto& event : batch.rejected) {
    json.begin_object().name("index").number(static_cast<std::int64_t>(event.index));
    json.name("id").text(event.id).name("code").text(event.code);
    json.name("message").text(event.message).end_object();
  }
  json.end_list().end_object();
  return json_response(std::move(json).take());
}

Response ingest_refusal(const Error& error) {
  if (error.code == Errc::exists) {
    return error_response(422, "batch_reused", "this batch id was used for another body");
  }
  if (error.code == Errc::malformed) return error_response(400, "malformed", error.message);
  Response response =
      error_response(503, error.code == Errc::full ? "store_full" : "store_unavailable",
                     "the store cannot take anything just now");
  response.headers.emplace_back("Retry-After", "10");
  return response;
}

IngestGate::IngestGate(RateLimits limits, StrictSources& strict, std::vector<SourceKey> own)
    : limiter_(limits), strict_(strict), own_(std::move(own)) {}

std::vector<const SourceKey*> IngestGate::keys_of(const SourceId& source,
                                                  const Registry& registry) const {
  std::vector<const SourceKey*> keys;
  const auto collect = [&](const std::vector<SourceKey>& from, KeyState state) {
    for (const auto& entry : from) {
      if (entry.source != source || entry.state != state) continue;
      if (keys.size() < kKeysTriedMax) keys.push_back(&entry);
    }
  };
  collect(own_, KeyState::active);
  collect(registry.keys, KeyState::active);
  collect(registry.keys, KeyState::revoked);
  return keys;
}

std::expected<IngestGate::Signer, Response> IngestGate::authenticate(const Request& request,
                                                                     const Registry& registry,
                                                                     WallTime wall_now) {
  Claim claim;
  claim.source = SourceId(std::string(request.header("X-Source-ID")));
  claim.signature_v0 = request.header("X-Signature");
  claim.signature_v1 = request.header("X-Signature-V1");
  if (claim.source.empty() || (claim.signature_v0.empty() && claim.signature_v1.empty())) {
    return std::unexpected(unauthorized());
  }
  if (!is_source_id(claim.source.text())) return std::unexpected(bad_header("X-Source-ID"));
  claim.digest = sha256(request.body);
  if (const std::string_view stated = request.header("Content-Digest"); !stated.empty()) {
    auto digest = crypto::parse_content_digest(stated);
    if (!digest) return std::unexpected(bad_header("Content-Digest"));
    claim.stated_digest = *digest;
    if (planted(PlantedBug::body_digest_trusted)) claim.digest = *digest;
  }
  if (auto fault = read_v1(request, claim)) return std::unexpected(*std::move(fault));
  if (claim.stated_digest && *claim.stated_digest != claim.digest) {
    // Not 400, which says that these bytes are bad: they are not the ones that were sent.
    return std::unexpected(
        error_response(409, "digest_mismatch", "the body came damaged; send it again"));
  }

  failpoint("hub.digest");
  const auto keys = keys_of(claim.source, registry);
  const auto signer = std::ranges::find_if(
      keys, [&](const SourceKey* entry) { return claim.is_signed_by(entry->key, request.body); });
  if (keys.empty()) (void)claim.is_signed_by(kNobody, request.body);  // see kNobody
  if (signer == keys.end()) return std::unexpected(unauthorized());
  failpoint("hub.verified");
  // From here on the sender has proven to be the source, and may be told what is wrong.
  if ((*signer)->state == KeyState::revoked) {
    return std::unexpected(error_response(401, "key_revoked", "this key was revoked"));
  }
  if (!claim.uses_v1() && strict_.contains(claim.source)) {
    return std::unexpected(error_response(
        401, "v1_needed", "this source has signed with v1; nothing less is accepted"));
  }
  if (claim.uses_v1()) {
    const auto skew = std::chrono::floor<std::chrono::seconds>(wall_now).time_since_epoch() -
                      std::chrono::seconds(claim.signed_v1.timestamp);
    if (std::chrono::abs(skew) > kClockWindow) return std::unexpected(clock_skew(wall_now));
    // If the mark cannot be written it holds until the hub ends, and is written again after.
    (void)strict_.mark(claim.source);
  }
  return Signer{claim.source, (*signer)->key_id, BatchId(std::string(claim.signed_v1.batch)),
                claim.digest};
}

std::expected<AdmittedBatch, Response> IngestGate::admit(const Request& request,
                                                         const Registry& registry,
                                                         WallTime wall_now, MonoTime now) {
  auto signer = authenticate(request, registry, wall_now);
  if (!signer) return std::unexpected(std::move(signer).error());
  const bool is_own = std::ranges::find(own_, signer->source, &SourceKey::source) != own_.end();
  if (!is_own) {
    if (const auto wait = limiter_.take(signer->source, request.body.size(), now)) {
      return std::unexpected(too_fast(*wait));
    }
  }
  auto body = reader_.read(request.body, signer->source);
  if (!body) {
    const bool is_foreign = body.error().code == Errc::denied;
    return std::unexpected(is_foreign ? error_response(403, "foreign_source", body.error().message)
                                      : error_response(400, "malformed", body.error().message));
  }
  failpoint("hub.parsed");
  AdmittedBatch batch{.source = signer->source,
                      .key_id = signer->key_id,
                      .header = {},
                      .prev = {},
                      .digest = signer->digest,
                      .received = wall_now,
                      .heartbeats = std::move(body->events),
                      .rejected = std::move(body->rejected)};
  batch.header.batch = signer->batch;
  if (!body->header) return batch;
  if (!signer->batch.empty() && signer->batch != body->header->batch) {
    return std::unexpected(
        error_response(400, "batch_mismatch", "Idempotency-Key names another batch than the body"));
  }
  batch.header = *std::move(body->header);
  auto prev = parse_prev(batch.header.prev);
  if (!prev) return std::unexpected(std::move(prev).error());
  batch.prev = *prev;
  return batch;
}

}  // namespace vigil::agent
