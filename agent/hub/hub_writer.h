#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "agent/hub/http_listener.h"
#include "agent/hub/ingest_gate.h"
#include "agent/hub/live_feed.h"
#include "agent/hub/registry_file.h"
#include "agent/hub/store/hub_store.h"
#include "agent/hub/store_change.h"
#include "agent/hub/work_queue.h"
#include "base/clock.h"

namespace vigil::agent {

/// The one writer of the store: takes signed batches off a queue, commits what waits together,
/// answers when it is durable, and uses quiet moments for the roll-ups and for what can be saved of
/// a damaged store. step() is the loop's body; push(), close(), renew_store(), forget(),
/// change() and set_own_keys() may be called from any thread.
class HubWriter {
 public:
  static constexpr std::size_t kWaitingMax = 256;
  static constexpr std::size_t kWaitingBytesMax = 16 * 1024 * 1024;
  static constexpr std::size_t kGroupMax = 64;
  static constexpr std::size_t kGroupBytesMax = 4 * 1024 * 1024;

  struct World {
    HubStore& store;
    RegistryFile& registry;
    LiveFeed& feed;
    const Clock& clock;
    std::function<void()> on_news;  ///< the feed has something new
  };

  HubWriter(World world, IngestGate gate) : world_(std::move(world)), gate_(std::move(gate)) {}

  /// Queues a request. When there is no room it is answered with 503 at once.
  void push(Request request, HttpListener::Reply reply);
  void close() { queue_.close(); }

  /// Somebody found the store damaged: it is renewed.
  void renew_store();

  void set_own_keys(std::vector<SourceKey> own);

  /// Erases heartbeats with the next step. Past kForgetsMax the request is dropped: whoever asked
  /// finds them still there.
  static constexpr std::size_t kForgetsMax = 16;
  void forget(ForgetQuery query);

  /// Makes or undoes a correction, or stores Timecode's events, with the next step, and answers:
  /// 201 with the correction, 204, what became of the events, or what is wrong. With kChangesMax
  /// waiting, or once the writer has ended, 503.
  static constexpr std::size_t kChangesMax = 64;
  void change(StoreChange change, HttpListener::Reply reply);

  enum class Outcome : std::uint8_t { go_on, closed };
  /// Waits for work at most for a moment, and does it.
  Outcome step();

 private:
  struct Job {
    Request request;
    HttpListener::Reply reply;
  };

  void ingest(std::vector<Job> jobs);
  void publish(AdmittedBatch& batch, const IngestOutcome& outcome);
  void roll_up();
  void take_own_keys();
  void do_forgets();
  void do_changes();
  [[nodiscard]] Response done(Correction& correction);
  [[nodiscard]] Response done(UndoneCorrection& undone);
  [[nodiscard]] Response done(TimecodeEvents& events);
  void note_restated();
  void renew();
  void salvage();

  World world_;
  IngestGate gate_;
  WorkQueue<Job> queue_{kWaitingMax, kWaitingBytesMax};
  enum class Rollup : std::uint8_t { done, wanted } rollup_ = Rollup::wanted;
  MonoTime next_rollup_{};
  std::size_t rollup_left_ = 0;
  std::atomic<bool> is_damaged_ = false;  ///< the store, as far as somebody found
  MonoTime next_renewal_{};
  MonoTime next_salvage_{};
  std::mutex own_mutex_;
  std::optional<std::vector<SourceKey>> own_;  ///< not yet taken over
  std::mutex forgets_mutex_;
  std::vector<ForgetQuery> forgets_;  ///< not yet done

  struct Change {
    StoreChange what;
    HttpListener::Reply reply;
  };
  std::mutex changes_mutex_;
  std::vector<Change> changes_;  ///< not yet done
  bool has_ended_ = false;       ///< nobody does them any more
};

}  // namespace vigil::agent
