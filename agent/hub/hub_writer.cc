#include "agent/hub/hub_writer.h"

#include <utility>

#include "base/failpoint.h"
#include "base/planted_bug.h"

namespace vigil::agent {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kQuiet{200};               // without work, before roll-ups begin
constexpr std::chrono::seconds kRollupPause{60};  // while a slot is still being filled
constexpr std::chrono::minutes kRollupAge{5};     // of the end of a slot that is rolled up
constexpr milliseconds kPatience{60'000};         // with nothing to do at all
constexpr std::chrono::minutes kRenewalPause{1};  // a disk that damages every store wears out
constexpr std::chrono::minutes kSalvagePause{1};  // after a page that could not be copied

Response too_busy() {
  Response response = error_response(503, "busy", "too many batches are waiting");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response correction_refusal(const Error& error) {
  switch (error.code) {
    case Errc::malformed: return error_response(400, "bad_parameter", error.message);
    case Errc::not_found: return error_response(404, "not_found", error.message);
    default: return ingest_refusal(error);
  }
}

}  // namespace

void HubWriter::push(Request request, HttpListener::Reply reply) {
  const std::size_t weight = request.body.size();
  Job job{std::move(request), std::move(reply)};
  // A queue that is full takes nothing.
  // NOLINTNEXTLINE(bugprone-use-after-move)
  if (!queue_.push(std::move(job), weight)) job.reply(too_busy());
}

void HubWriter::set_own_keys(std::vector<SourceKey> own) {
  const std::lock_guard lock(own_mutex_);
  own_ = std::move(own);
}

void HubWriter::take_own_keys() {
  const std::lock_guard lock(own_mutex_);
  if (own_) gate_.set_own_keys(*std::exchange(own_, std::nullopt));
}

void HubWriter::renew_store() {
  is_damaged_ = true;
  queue_.wake();
}

void HubWriter::forget(ForgetQuery query) {
  {
    const std::lock_guard lock(forgets_mutex_);
    if (forgets_.size() == kForgetsMax) return;
    forgets_.push_back(std::move(query));
  }
  queue_.wake();
}

void HubWriter::do_forgets() {
  std::vector<ForgetQuery> queries;
  {
    const std::lock_guard lock(forgets_mutex_);
    queries = std::exchange(forgets_, {});
  }
  for (const auto& query : queries) {
    const auto count = world_.store.forget(query);
    if (!count && count.error().code == Errc::damaged) is_damaged_ = true;
    if (count && *count != 0) note_restated();
  }
}

/// Figures that were told before are no longer right.
void HubWriter::note_restated() {
  rollup_ = Rollup::wanted;
  world_.feed.restate();
  world_.on_news();
}

void HubWriter::change(StoreChange change, HttpListener::Reply reply) {
  {
    const std::lock_guard lock(changes_mutex_);
    if (!has_ended_ && changes_.size() < kChangesMax) {
      changes_.push_back({std::move(change), std::move(reply)});
      queue_.wake();
      return;
    }
  }
  reply(too_busy());
}

void HubWriter::do_changes() {
  std::vector<Change> changes;
  {
    const std::lock_guard lock(changes_mutex_);
    changes = std::exchange(changes_, {});
    has_ended_ = queue_.is_done();
  }
  for (auto& change : changes) {
    change.reply(std::visit([this](auto& what) { return done(what); }, change.what));
  }
}

Response HubWriter::done(Correction& correction) {
  const auto made = world_.store.correct(correction, world_.clock.wall_now());
  if (!made) return correction_refusal(made.error());
  note_restated();
  JsonText json;
  write_correction(json, *made);
  Response response = json_response(std::move(json).take());
  response.status = 201;
  return response;
}

Response HubWriter::done(UndoneCorrection& undone) {
  const auto done = world_.store.undo_correction(undone.id);
  if (!done) return correction_refusal(done.error());
  note_restated();
  Response response;
  response.status = 204;
  return response;
}

Response HubWriter::done(TimecodeEvents& events) {
  IngestBatch batch;
  batch.source = SourceId(std::string(kTimecodeSource));
  batch.key_id = "unsigned";
  batch.received = world_.clock.wall_now();
  batch.heartbeats = events.heartbeats;
  IngestOutcome outcome;
  if (!events.heartbeats.empty()) {
    auto results = world_.store.ingest({&batch, 1});
    if (!results && results.error().code == Errc::damaged) is_damaged_ = true;
    const bool is_stored = results && results->front();
    if (!is_stored) return timecode_error(503, "the store cannot take anything just now");
    outcome = *results->front();
  }
  for (const auto& change : outcome.changes) {
    world_.feed.publish(change.seq, events.heartbeats.at(change.index));
  }
  if (!outcome.changes.empty()) {
    rollup_ = Rollup::wanted;
    world_.on_news();
  }
  return json_response(timecode_answer(events, outcome));
}

HubWriter::Outcome HubWriter::step() {
  const MonoTime now = world_.clock.mono_now();
  const bool has_salvage = world_.store.needs_salvage() && now >= next_salvage_;
  const bool has_rollup = rollup_ == Rollup::wanted && now >= next_rollup_;
  auto jobs = queue_.take(kGroupMax, kGroupBytesMax,
                          has_salvage  ? milliseconds(0)
                          : has_rollup ? kQuiet
                                       : kPatience);
  if (is_damaged_ && world_.clock.mono_now() >= next_renewal_) renew();
  do_changes();
  if (!jobs.empty()) {
    take_own_keys();
    ingest(std::move(jobs));
  } else if (queue_.is_done()) {
    return Outcome::closed;
  } else if (has_salvage) {
    salvage();
  } else if (has_rollup) {
    roll_up();
  }
  do_forgets();
  return Outcome::go_on;
}

void HubWriter::ingest(std::vector<Job> jobs) {
  failpoint("hub.taken");
  const auto registry = world_.registry.current_or_last();
  std::vector<AdmittedBatch> batches;
  std::vector<HttpListener::Reply> replies;
  batches.reserve(jobs.size());
  for (auto& job : jobs) {
    auto batch = registry ? gate_.admit(job.request, **registry, world_.clock.wall_now(),
                                        world_.clock.mono_now())
                          : std::unexpected(ingest_refusal(registry.error()));
    if (!batch) {
      job.reply(std::move(batch).error());
      continue;
    }
    batches.push_back(*std::move(batch));
    replies.push_back(std::move(job.reply));
  }
  if (batches.empty()) return;

  std::vector<IngestBatch> views;
  views.reserve(batches.size());
  for (const auto& batch : batches) views.push_back(batch.to_store());
  failpoint("hub.admitted");
  for (std::size_t i = 0; planted(PlantedBug::ack_before_commit) && i < replies.size(); ++i) {
    replies[i](ingest_answer(batches[i], {}, world_.store.id()));
  }
  auto results = world_.store.ingest(views);
  if (!results && results.error().code == Errc::damaged) is_damaged_ = true;
  failpoint("hub.stored");
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (!results) {
      replies[i](ingest_refusal(results.error()));
    } else if (const auto& outcome = results->at(i)) {
      replies[i](ingest_answer(batches[i], *outcome, world_.store.id()));
      failpoint("hub.answered");
      publish(batches[i], *outcome);
    } else {
      replies[i](ingest_refusal(outcome.error()));
    }
  }
}

/// What is read back from old logs is no news to somebody who watches.
void HubWriter::publish(AdmittedBatch& batch, const IngestOutcome& outcome) {
  if (outcome.changes.empty()) return;
  rollup_ = Rollup::wanted;
  if (batch.header.lane == "backfill") return;
  for (const auto& change : outcome.changes) {
    world_.feed.publish(change.seq, std::move(batch.heartbeats.at(change.index)));
  }
  world_.on_news();
}

void HubWriter::renew() {
  next_renewal_ = world_.clock.mono_now() + kRenewalPause;
  if (!world_.store.renew()) return;  // tried again
  is_damaged_ = false;
  next_salvage_ = {};
  world_.feed.restart();
}

void HubWriter::salvage() {
  const auto stored = world_.store.salvage(world_.clock.wall_now());
  if (!stored) next_salvage_ = world_.clock.mono_now() + kSalvagePause;
  if (stored && *stored > 0) rollup_ = Rollup::wanted;
}

void HubWriter::roll_up() {
  failpoint("hub.roll_up");
  const auto left = world_.store.roll_up(world_.clock.wall_now() - kRollupAge);
  if (!left && left.error().code == Errc::damaged) is_damaged_ = true;
  if (left && *left == 0) {
    rollup_ = Rollup::done;
    return;
  }
  if (!left || *left == rollup_left_) next_rollup_ = world_.clock.mono_now() + kRollupPause;
  rollup_left_ = left ? *left : 0;
}

}  // namespace vigil::agent
