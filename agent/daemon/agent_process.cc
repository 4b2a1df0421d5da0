#include "agent/daemon/agent_process.h"

#include <unistd.h>

#include <array>
#include <ostream>
#include <utility>

#include "agent/daemon/exit_codes.h"
#include "agent/daemon/wake_up.h"
#include "agent/hub/store/hub_store.h"
#include "base/failpoint.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

/// A signal must end the process within 2 s: what cannot be sent by then stays queued.
constexpr milliseconds kLastSend{1'200};
constexpr milliseconds kHubGrace{300};

}  // namespace

int AgentProcess::run() {
  if (hub_ && options_.mode == RunMode::forever) {
    out_ << "dashboard  " << hub_->new_login_link() << '\n' << std::flush;
  }
  if (options_.mode == RunMode::once) core_->catch_up();
  for (;;) {
    if (const auto signal = take_signals()) return finish(signal);
    if (!core_) return kExitFailed;
    step();
    if (!can_go_on()) return kExitFailed;
    if (options_.mode == RunMode::once && core_->is_settled()) return finish(std::nullopt);
    if (!core_->has_more()) wait();
  }
}

/// Makes anew what was found damaged or replaced; false where that fails.
bool AgentProcess::can_go_on() {
  if (!core_) return false;  // settings were taken up that cannot be used, and no others can
  if (core_->is_queue_damaged()) {
    if (auto rebuilt = rebuild_queue(); !rebuilt) {
      log_->queue_lost(rebuilt.error().message);
      return false;
    }
  }
  if (const auto met = delivery_->take_new_store()) start_anew(*met);
  return core_ != nullptr;
}

void AgentProcess::step() {
  core_->step(wall_now(), now());
  if (!startup_) startup_ = now() - platform_.started;
  if (display_.is_on_terminal()) {
    const auto watched = logs_->status();
    display_.show(now(), watched.bytes_read, watched.bytes_read + watched.bytes_behind);
  }
  serve_control();
  if (core_) answer_waiting();
}

void AgentProcess::wait() const {
  std::vector<int> fds = control_->wait_fds();
  fds.push_back(signals_.wake_fd());
  fds.push_back(watches_->wake_fd());
  fds.push_back(transport_->wake_fd());
  if (trees_) {
    for (const int fd : trees_->wake_fds()) fds.push_back(fd);
  }
  const MonoTime from = now();
  wait_for_wake_up(fds, from, core_->deadline(from));
}

std::optional<Signal> AgentProcess::take_signals() {
  for (const Signal signal : signals_.take()) {
    if (signal != Signal::reload) return signal;
    reload();
  }
  return std::nullopt;
}

/// Destinations, timers, roots, log and keys. Source, queue and embedded hub stay as they are until
/// the next start.
void AgentProcess::reload() {
  failpoint("reload.begin");
  auto fresh = options_.reload();
  Config before = config_;
  if (fresh) {
    auto taken = reopen(std::move(*fresh));
    if (taken) {
      if (hub_ && options_.settings) hub_->set_settings(options_.settings());
      log_->settings_reloaded();
    } else {
      log_->settings_refused(taken.error().message);
      if (auto back = reopen(std::move(before)); !back) {
        log_->settings_refused(back.error().message);
        return close_parts();
      }
    }
  } else {
    log_->settings_refused(fresh.error().message);
    core_->catch_up();
  }
  take_up_keys();
}

void AgentProcess::take_up_keys() {
  signer_->forget_keys();
  if (hub_) hub_->set_own_keys(own_keys());
}

void AgentProcess::serve_control() {
  for (auto& asked : control_->take_requests()) {
    auto request = parse_request(asked.text);
    if (!request) {
      control_->answer(asked.client, refused(request.error()));
      continue;
    }
    auto text = answer(std::move(*request), asked.client);
    failpoint("control.answer");
    if (text) control_->answer(asked.client, std::move(*text));
  }
}

std::optional<std::string> AgentProcess::answer(ControlRequest request, std::uint64_t client) {
  if (!core_) return refused({Errc::unavailable, "the agent is about to end"});
  switch (request.action) {
    case ControlRequest::Do::status: return status_text(status());
    case ControlRequest::Do::flush:
      delivery_->flush(now());
      core_->step(wall_now(), now());  // seals
      return accepted();
    case ControlRequest::Do::retry: {
      auto retried = outbox_->retry_quarantined(wall_now());
      if (!retried) return refused(retried.error());
      if (auto kept = outbox_->commit(wall_now()); !kept) return refused(kept.error());
      return accepted("retried", *retried);
    }
    case ControlRequest::Do::heartbeat: {
      auto queued = core_->submit(std::move(request.heartbeats), wall_now(), now());
      return queued ? accepted("queued", *queued) : refused(queued.error());
    }
    case ControlRequest::Do::link: {
      if (!hub_) return refused({Errc::unavailable, "this agent runs without a hub"});
      JsonText json;
      json.begin_object().name("ok").truth(true).name("url").text(hub_->new_login_link());
      return std::move(json.end_object()).take();
    }
    case ControlRequest::Do::new_keys: take_up_keys(); return accepted();
    case ControlRequest::Do::pauses: {
      auto taken = take_up_pauses();
      return taken ? accepted() : refused(taken.error());
    }
    case ControlRequest::Do::reload:
      reload();
      return core_ ? accepted() : refused({Errc::unavailable, "the new settings cannot be used"});
    case ControlRequest::Do::renew_store:
      if (hub_) hub_->renew_store();
      return accepted();
    case ControlRequest::Do::forget:
      if (!hub_) return refused({Errc::unavailable, "this agent runs without a hub"});
      hub_->forget(std::move(request.what));
      return accepted();
    case ControlRequest::Do::correct:
      if (!hub_) return refused({Errc::unavailable, "this agent runs without a hub"});
      hub_->correct(std::move(request.change));
      return accepted();
    case ControlRequest::Do::catch_up:
      core_->catch_up();
      waiting_clients_.push_back(client);
      return std::nullopt;
  }
  return std::nullopt;
}

void AgentProcess::answer_waiting() {
  // A damaged queue is about to be made anew: then there is more to tell.
  if (waiting_clients_.empty() || core_->is_queue_damaged() || !core_->is_settled()) return;
  const std::string& trouble = core_->queue_trouble();
  const std::string text =
      trouble.empty() ? accepted("pending", pending()) : refused({Errc::unavailable, trouble});
  for (const auto client : std::exchange(waiting_clients_, {})) control_->answer(client, text);
}

std::uint64_t AgentProcess::pending() const {
  std::uint64_t pending = 0;
  for (const auto& sink : delivery_->states()) pending += sink.pending;
  return pending;
}

DaemonStatus AgentProcess::status() const {
  DaemonStatus status;
  status.pid = ::getpid();
  status.uptime = std::chrono::floor<std::chrono::seconds>(now() - platform_.started);
  status.startup =
      std::chrono::floor<std::chrono::microseconds>(startup_.value_or(std::chrono::nanoseconds{}));
  status.is_caught_up = core_->is_caught_up();
  status.queue_trouble = core_->queue_trouble();
  status.hub_url = hub_ ? hub_->url() : "";
  status.confinement = confinement_;
  status.watcher = logs_->status();
  if (trees_) status.projects = trees_->status();
  status.is_paused = admission_.pauses().current(wall_now()) != nullptr;
  status.sinks = delivery_->states();
  for (const auto& sink : status.sinks) {
    if (sink.state == condition_name(LaneCondition::no_key)) status.key_trouble = sink.last_error;
  }
  return status;
}

int AgentProcess::finish(std::optional<Signal> signal) {
  log_->stopping(signal ? "signal" : "all is done that can be done now");
  failpoint("stop.begin");
  display_.clear();
  if (signal && core_->queue_trouble().empty()) send_last();  // else it could note nothing as sent
  failpoint("stop.sent");
  transport_->cancel_all();
  const std::uint64_t kept = pending();
  const bool is_all_done = kept == 0 && core_->is_caught_up();
  failpoint("stop.cancelled");
  if (hub_) hub_->stop(kHubGrace);
  failpoint("stop.hub");
  if (hub_ && !signal) roll_up_hub();
  log_->stopped(kept);
  failpoint("stop.done");
  if (options_.mode == RunMode::forever || is_all_done) return 0;
  if (!signal) return kExitKept;
  return *signal == Signal::interrupt ? kExitInterrupted : kExitTerminated;
}

/// One try to send what is queued, for a bounded time; the rest stays, durable.
void AgentProcess::send_last() {
  const MonoTime end = now() + kLastSend;
  delivery_->flush(now());
  while (delivery_->step(now(), wall_now()) && delivery_->progress() == DeliveryProgress::working &&
         now() < end) {
    const std::array fds{transport_->wake_fd()};
    wait_for_wake_up(fds, now(), end);
  }
}

/// A hub that runs on does this in quiet moments; here nobody will, and the first question would
/// pay for it.
void AgentProcess::roll_up_hub() {
  const auto store = HubStore::open(hub_options_.store_path, hub_options_.times);
  if (!store) return;
  std::size_t left = SIZE_MAX;
  for (;;) {
    const auto rest = (*store)->roll_up(WallTime::max());
    if (!rest || *rest == 0 || *rest >= left || !signals_.take().empty()) return;
    left = *rest;
  }
}

}  // namespace vigil::agent
