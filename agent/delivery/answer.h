#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/delivery/transport.h"
#include "agent/outbox/outbox.h"
#include "base/time.h"

namespace vigil::agent {

/// What counts as "taken".
enum class AckRule : std::uint8_t {
  named,  ///< a 2xx whose body names the batch and its digest
  plain,  ///< 200, 201 or 202: servers that answer with nothing else; a weaker promise
};

/// What an answer means for the batch and its lane.
enum class Verdict : std::uint8_t {
  delivered,  ///< taken, but for `refused`
  retry,      ///< the same batch again, after `wait` or the usual back-off
  refused,    ///< at least one event is poison: halve to find it
  too_large,  ///< halve; a single event goes to quarantine
  denied,     ///< key, signature or permission: keep all, ask seldom
  misplaced,  ///< nobody takes batches at this address: keep all, ask seldom
  skewed,     ///< the clocks differ by `clock_offset`: sign again with the server's time
};

struct Decision {
  Verdict verdict = Verdict::retry;
  std::string reason;            ///< status and our own words; never what the other side wrote
  std::vector<Refusal> refused;  ///< of `delivered`
  std::string store;             ///< of `delivered`: the id of the hub's store, where it tells
  std::optional<std::chrono::milliseconds> wait;  ///< of `retry`: Retry-After, at most an hour
  std::chrono::milliseconds clock_offset{0};      ///< of `skewed`: server minus us
};

inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(1);

/// Reads what came back for `batch`. Pure; the whole table of answers is in its tests.
[[nodiscard]] Decision judge(const Result<HttpAnswer>& answer, const SealedBatch& batch,
                             AckRule rule, WallTime now);

/// Seconds or an HTTP date, at most kLongestWait; nothing for anything else.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                                         WallTime now);

}  // namespace vigil::agent
