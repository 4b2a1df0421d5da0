#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "agent/heartbeat/batch_json.h"
#include "agent/hub/http_message.h"
#include "agent/hub/rate_limit.h"
#include "agent/hub/registry.h"
#include "agent/hub/store/hub_store.h"
#include "agent/hub/strict_sources.h"
#include "base/digest.h"

namespace vigil::agent {

/// How far a sender's clock may be off, either way.
inline constexpr std::chrono::seconds kClockWindow{300};

/// A batch that passed every check but those of the store.
struct AdmittedBatch {
  SourceId source;
  std::string key_id;
  BatchHeader header;  ///< empty but for the batch id for a bare array
  std::optional<Digest> prev;
  Digest digest{};
  WallTime received{};
  std::vector<Heartbeat> heartbeats;
  std::vector<RejectedEvent> rejected;

  /// For HubStore; a view of this.
  [[nodiscard]] IngestBatch to_store() const;
};

/// The answer to a batch that was stored: `{"batch","digest","store","stored",...}`; `store` is the
/// store's id.
[[nodiscard]] Response ingest_answer(const AdmittedBatch& batch, const IngestOutcome& outcome,
                                     std::string_view store);
/// The answer to one that the store refused.
[[nodiscard]] Response ingest_refusal(const Error& error);

/// The checks of POST /api/v1/ingest in their order: syntax of the headers, source, digest,
/// signature, time, rate, then the body (docs/formats/ingest.md). Nothing of a body is looked at
/// before its signature holds. Pure but for the mark of sources that use v1. Not thread-safe.
class IngestGate {
 public:
  /// `own` is the source of the agent that this hub is a part of, with the keys it signs with; it
  /// needs no entry in the registry and has no limits. May be empty.
  IngestGate(RateLimits limits, StrictSources& strict, std::vector<SourceKey> own);

  [[nodiscard]] std::expected<AdmittedBatch, Response> admit(const Request& request,
                                                             const Registry& registry,
                                                             WallTime wall_now, MonoTime now);

  void set_own_keys(std::vector<SourceKey> own) { own_ = std::move(own); }

 private:
  struct Signer;
  [[nodiscard]] std::expected<Signer, Response> authenticate(const Request& request,
                                                             const Registry& registry,
                                                             WallTime wall_now);
  [[nodiscard]] std::vector<const SourceKey*> keys_of(const SourceId& source,
                                                      const Registry& registry) const;

  RateLimiter limiter_;
  StrictSources& strict_;
  std::vector<SourceKey> own_;
  BatchReader reader_;
};

}  // namespace vigil::agent
