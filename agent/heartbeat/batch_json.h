#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/heartbeat/heartbeat.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace vigil::agent {

/// Events that one batch may hold; a body with more is refused whole.
inline constexpr std::size_t kBatchEventsMax = 10'000;

/// The facts of an envelope around the events (docs/formats/ingest.md).
struct BatchHeader {
  SourceId source;
  std::string instance;  ///< random, born with agent.db
  std::string lane;      ///< `live` or `backfill`
  BatchId batch;
  std::uint64_t seq = 0;  ///< per source, instance and lane, from 1
  std::string prev;  ///< hex SHA-256 of the batch sealed before in that lane; empty for the first
  WallTime created{};
  BatchId split_of;  ///< the batch of which this is a part; mostly empty

  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

/// Writes the body of a batch around events that already are canonical JSON. Equal input gives
/// equal bytes, so a sealed batch can be rebuilt from its rows.
class BatchWriter {
 public:
  explicit BatchWriter(const BatchHeader& header);

  /// Room for the whole body, where its size is known beforehand.
  void reserve(std::size_t bytes) { body_.reserve(bytes); }
  void add(std::string_view event);

  /// Bytes of the body if it were finished now.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t events() const { return events_; }
  [[nodiscard]] std::string finish() &&;

 private:
  std::string body_;
  std::size_t events_ = 0;
};

/// An event of a batch that is not stored, and why. `message` names fields, never their content.
struct RejectedEvent {
  std::size_t index = 0;
  std::string id;    ///< empty where the event has none that is valid
  std::string code;  ///< `malformed`
  std::string message;

  friend bool operator==(const RejectedEvent&, const RejectedEvent&) = default;
};

struct ReadBatch {
  std::optional<BatchHeader> header;  ///< nothing for a bare array
  std::vector<Heartbeat> events;      ///< the valid ones, in order
  std::vector<RejectedEvent> rejected;
};

/// Reads bodies of batches; keeps its scanner's memory between calls. Not thread-safe.
class BatchReader {
 public:
  BatchReader();
  BatchReader(BatchReader&&) noexcept;
  ~BatchReader();

  /// `body` is an envelope or a bare array of heartbeats, with parser::kLinePadding readable bytes
  /// behind it. `malformed`: neither of these, a field of the envelope is missing, doubled or of
  /// another type, another version, more than kBatchEventsMax events. `denied`: an event names
  /// another source than `source`. Single bad events are listed instead of failing the batch.
  [[nodiscard]] Result<ReadBatch> read(std::string_view body, const SourceId& source);

 private:
  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace vigil::agent
