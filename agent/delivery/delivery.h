#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/delivery/lane_sender.h"
#include "base/time.h"

namespace vigil::agent {

/// Path of a hub's ingest route below its address.
inline constexpr std::string_view kIngestPath = "/api/v1/ingest";

/// Most sinks that one agent serves: with two lanes each it bounds the requests under way.
inline constexpr std::size_t kSinksServedMax = 16;

/// What is known of a sink at the moment, its lanes taken together.
struct SinkState {
  SinkName name;
  std::string url;
  std::string state;  ///< `paused`, `sending`, a condition's name, `pending` or `idle`
  std::uint64_t pending = 0;
  std::uint64_t delivered = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t evicted = 0;
  std::uint32_t attempts = 0;  ///< failures in a row
  std::string last_error;      ///< a status or our own words; empty while all is well
  std::optional<MonoTime> next_try;
};

enum class DeliveryProgress : std::uint8_t {
  drained,  ///< every sink has everything
  working,  ///< something is under way or about to be
  stuck,    ///< rows are left, and every lane that has some waits after a failure
};

/// Brings the outbox to its sinks: seals when a timer, a full batch or a flush says so, signs at
/// the moment of sending, applies answers. A dead sink holds up no other. Single-threaded; reads no
/// clock: call step() when the transport's descriptor is readable, after appends, and at
/// deadline().
class Delivery {
 public:
  /// At most kSinksServedMax sinks. The parts must outlive it.
  Delivery(DeliveryParts parts, SourceId source, std::vector<SinkSettings> sinks);
  ~Delivery();

  /// Tells the outbox who its sinks are. Call once before the first step.
  Result<void> start(WallTime wall_now);

  /// Applies what came back and sends what is due, with one commit in between, which is also that
  /// of whatever was appended before. A failure (the outbox's) rolls all of it back, and nothing
  /// is sent.
  Result<void> step(MonoTime now, WallTime wall_now);

  /// Applies what came back, within the open transaction, and sends what was sealed ahead: step()
  /// in part, for whoever is busy for long between two of them. After a failure the transaction
  /// must be rolled back.
  Result<void> take_answers(MonoTime now, WallTime wall_now);

  /// Somebody else rolled the transaction back.
  void rolled_back();

  /// When step() has something to do even without a wake-up; MonoTime::max() for never.
  [[nodiscard]] MonoTime deadline(MonoTime now) const;

  /// Everything that is queued goes at once, also to sinks that are being waited for.
  void flush(MonoTime now);

  /// Between pause() and resume() nothing new is sent; queueing goes on.
  void pause() { paused_ = true; }
  void resume() { paused_ = false; }
  [[nodiscard]] bool is_paused() const { return paused_; }

  /// A sink answered from another store than the one that everything went to: call
  /// Outbox::start_anew() and begin again. Once for each time that it was seen.
  struct NewStore {
    SinkName sink;
    std::string id;
  };
  [[nodiscard]] std::optional<NewStore> take_new_store();

  [[nodiscard]] DeliveryProgress progress() const;
  [[nodiscard]] std::vector<SinkState> states() const;

 private:
  Result<void> note_conditions(MonoTime now, WallTime wall_now);
  Result<void> prepare(MonoTime now, WallTime wall_now);
  void send(MonoTime now, WallTime wall_now);

  struct Channel {
    SinkSettings settings;
    std::vector<LaneSender> lanes;  ///< live before backfill
    SinkNote noted;

    [[nodiscard]] const LaneSender& worst() const;
  };

  DeliveryParts parts_;
  SourceId source_;
  std::vector<std::unique_ptr<Channel>> channels_;  ///< lanes refer to their channel's settings
  bool paused_ = false;
};

}  // namespace vigil::agent
