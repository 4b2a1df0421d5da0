#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/delivery/answer.h"
#include "agent/delivery/backoff.h"
#include "agent/delivery/signer.h"
#include "agent/delivery/transport.h"
#include "agent/outbox/outbox.h"
#include "base/random.h"

namespace vigil::agent {

/// A destination as delivery sees it: what differs between protocols is in these fields.
struct SinkSettings {
  SinkName name;
  std::string url;                          ///< of the ingest route itself
  std::chrono::milliseconds timer{60'000};  ///< from the first row to its batch; 0: at once
  BatchLimits limits;
  AckRule acknowledged_by = AckRule::named;
  std::string ca_file;
  std::string proxy;
};

/// What a lane is about; ordered by how much a person should know of it.
enum class LaneCondition : std::uint8_t {
  ok,             ///< idle or sending
  retrying,       ///< the other side is away, busy or does not make sense
  no_key,         ///< nothing to sign with: rows stay queued
  denied,         ///< key or permission: a person must act
  misplaced,      ///< wrong address: a person must act
  misconfigured,  ///< three different events running refused with the same answer: not their fault
};
[[nodiscard]] std::string_view condition_name(LaneCondition condition);

/// What every lane needs of the world; outlives the lanes.
struct DeliveryParts {
  Outbox& outbox;
  Transport& transport;
  Signer& signer;
  Random& random;
};

/// One lane of one sink: at most one batch under way, decides when to seal and what an answer
/// means. The calls of a step come in this order, each for all lanes: finish() and send(),
/// prepare(), then the outbox's commit, then send(). Not thread-safe.
///
/// While a batch is under way the next ones are sealed as soon as they are full, so that an answer
/// is followed by the next request and not by a commit.
class LaneSender {
 public:
  static constexpr std::size_t kAheadMax = 2;

  LaneSender(const SinkSettings& sink, Lane lane, DeliveryParts parts);

  [[nodiscard]] bool is_sending(Ticket ticket) const { return ticket_ == ticket; }
  [[nodiscard]] bool is_sending() const { return ticket_.has_value(); }

  /// Applies the answer to the batch under way.
  Result<void> finish(const Result<HttpAnswer>& answer, MonoTime now, WallTime wall_now);

  /// Gets the next batch ready if one is due, and those behind it that are full.
  Result<void> prepare(const SourceId& source, MonoTime now, WallTime wall_now);

  /// Signs and sends what is ready, now that it is durable.
  void send(MonoTime now, WallTime wall_now);

  /// The outbox rolled back: what was settled or sealed since the last commit was not.
  void forget_uncommitted();

  /// Everything that is queued goes without waiting for timer or back-off.
  void flush(MonoTime now);

  /// When prepare() will have something to do; MonoTime::max() when only an answer or a new row
  /// can change anything.
  [[nodiscard]] MonoTime deadline(MonoTime now) const;

  /// Rows are left and the last try failed.
  [[nodiscard]] bool is_stuck() const;

  /// Id of a store that answered, of which the sink had none before: what was delivered is not
  /// there. Empty: there was none since the last call.
  [[nodiscard]] std::string take_new_store() { return std::exchange(new_store_, {}); }

  [[nodiscard]] Backlog backlog() const;
  [[nodiscard]] Lane lane() const { return lane_; }
  [[nodiscard]] LaneCondition condition() const { return condition_; }
  [[nodiscard]] std::uint32_t attempts() const { return attempts_; }
  [[nodiscard]] const std::string& last_error() const { return last_error_; }
  [[nodiscard]] MonoTime next_try() const { return not_before_; }

 private:
  Result<void> apply(const Decision& decision, const SealedBatch& batch, MonoTime now,
                     WallTime wall_now);
  Result<void> take_delivered(const Decision& decision, const SealedBatch& batch,
                              WallTime wall_now);
  Result<void> take_refused(const Decision& decision, const SealedBatch& batch, MonoTime now,
                            WallTime wall_now);
  Result<void> quarantine(const SealedBatch& batch, const std::string& code, WallTime wall_now);
  void take_skew(const Decision& decision, MonoTime now);
  void wait(LaneCondition condition, const std::string& why, MonoTime now,
            std::optional<std::chrono::milliseconds> exactly = std::nullopt);
  void recover();
  void look_again();
  [[nodiscard]] bool is_due(const Backlog& backlog, MonoTime now) const;
  [[nodiscard]] bool is_full(const Backlog& backlog) const;
  [[nodiscard]] bool wants_batch(MonoTime now) const;

  const SinkSettings& sink_;
  Lane lane_;
  DeliveryParts parts_;

  std::optional<Ticket> ticket_;
  std::optional<SealedBatch> batch_;  ///< under way (its body is with the transport), or ready
  std::deque<SealedBatch> ahead_;     ///< sealed behind it
  bool holds_all_ = false;            ///< the outbox has no sealed batch but these
  bool flush_ = false;
  std::optional<MonoTime> due_;  ///< when the rows that wait now are sealed

  std::string new_store_;

  LaneCondition condition_ = LaneCondition::ok;
  std::uint32_t attempts_ = 0;  ///< failures in a row
  std::string last_error_;
  MonoTime not_before_{};
  std::chrono::milliseconds clock_offset_{0};
  bool corrected_clock_ = false;  ///< since the last success

  std::string refusal_;                 ///< the answer to the last single event
  std::uint32_t refusals_ = 0;          ///< single events running that got it
  std::vector<std::int64_t> suspects_;  ///< quarantined for it
};

}  // namespace vigil::agent
