#include "agent/daemon/run_agent.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/environment.h"
#include "agent/config/log_roots.h"
#include "agent/config/paths.h"
#include "agent/context/project_finder.h"
#include "agent/daemon/agent_core.h"
#include "agent/daemon/catch_up_display.h"
#include "agent/daemon/control_client.h"
#include "agent/daemon/control_server.h"
#include "agent/daemon/daemon_status.h"
#include "agent/daemon/hub_options.h"
#include "agent/daemon/key_signer.h"
#include "agent/daemon/requests.h"
#include "agent/daemon/signals.h"
#include "agent/daemon/state_lock.h"
#include "agent/daemon/wake_up.h"
#include "agent/delivery/http_transport.h"
#include "agent/delivery/proxy.h"
#include "agent/hub/hub_server.h"
#include "agent/hub/json_text.h"
#include "agent/hub/store/hub_store.h"
#include "agent/identity/installation.h"
#include "agent/outbox/database_file.h"
#include "watcher/inotify_source.h"

namespace vigil::agent {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitLocked = 11;
constexpr int kExitKept = 75;
constexpr int kExitConfiguration = 78;
constexpr int kExitInterrupted = 130;
constexpr int kExitTerminated = 143;

/// A signal must end the process within 2 s: what cannot be sent by then stays queued.
constexpr milliseconds kLastSend{1'200};
constexpr milliseconds kHubGrace{300};

/// A queue that is found damaged sooner after it was made anew lies on a disk that is.
constexpr std::chrono::minutes kRebuildPause{1};

int exit_of(const Error& error) {
  if (error.code == Errc::busy) return kExitLocked;
  if (error.code == Errc::malformed || error.code == Errc::denied) return kExitConfiguration;
  return kExitFailed;
}

/// What the environment says of proxies, in either spelling.
ProxyVariables proxies_of(const Environment& environment) {
  const auto either = [&](std::string_view upper, std::string_view lower) {
    const auto text = environment.find(upper);
    return std::string(text ? *text : environment.find(lower).value_or(""));
  };
  return {.https_proxy = either("HTTPS_PROXY", "https_proxy"),
          .http_proxy = either("HTTP_PROXY", "http_proxy"),
          .no_proxy = either("NO_PROXY", "no_proxy")};
}

/// The running program: makes the parts in order, lends them to the core, and lets go of them in
/// reverse.
class AgentProcess {
 public:
  AgentProcess(const Platform& platform, const Config& config, const Paths& paths,
               const RunOptions& options, std::ostream& out, std::ostream& err)
      : platform_(platform),
        config_(config),
        paths_(paths),
        options_(options),
        out_(out),
        display_(err) {}

  /// Everything that can fail. After an error nothing runs.
  Result<void> start();

  /// Until a signal, or in RunMode::once until nothing more can be done. The exit code.
  int run();

 private:
  Result<void> open_log();
  Result<void> open_identity();
  Result<void> make_missing();
  Result<void> open_queue();
  Result<void> open_hub();
  Result<void> open_delivery();
  void open_watcher();
  void close_parts();
  Result<void> reopen(Config config);
  void reload();
  Result<void> rebuild_queue();

  [[nodiscard]] Result<Keys> load_keys() const;
  [[nodiscard]] std::vector<SourceKey> own_keys() const;
  [[nodiscard]] std::vector<SinkSettings> sinks() const;

  void step();
  void serve_control();
  [[nodiscard]] std::optional<std::string> answer(ControlRequest request, std::uint64_t client);
  void answer_waiting();
  [[nodiscard]] DaemonStatus status() const;
  [[nodiscard]] std::uint64_t pending() const;
  [[nodiscard]] std::optional<Signal> take_signals();
  void wait() const;
  int finish(std::optional<Signal> signal);
  void send_last();
  void roll_up_hub();

  [[nodiscard]] MonoTime now() const { return platform_.clock.mono_now(); }
  [[nodiscard]] WallTime wall_now() const { return platform_.clock.wall_now(); }

  const Platform& platform_;
  Config config_;
  const Paths& paths_;
  const RunOptions& options_;
  std::ostream& out_;
  CatchUpDisplay display_;

  Signals signals_;  // before every thread
  std::unique_ptr<EventLog> log_;
  std::optional<StateLock> lock_;
  InstallationPlace place_;
  Identity identity_;
  std::unique_ptr<Outbox> outbox_;
  HubOptions hub_options_;
  std::unique_ptr<HubServer> hub_;
  std::unique_ptr<FallbackFile> fallback_;
  std::unique_ptr<KeySigner> signer_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Delivery> delivery_;
  std::unique_ptr<ProjectFinder> projects_;
  std::unique_ptr<HeartbeatMaker> maker_;
  std::unique_ptr<watcher::WatchSource> watches_;
  std::unique_ptr<watcher::LogWatcher> logs_;
  std::unique_ptr<AgentCore> core_;
  std::optional<ControlServer> control_;

  std::vector<std::uint64_t> waiting_clients_;  ///< asked to be told when all is settled
  std::optional<std::chrono::nanoseconds> startup_;
  std::optional<MonoTime> rebuilt_at_;  ///< the queue, after it was found damaged
};

Result<void> AgentProcess::start() {
  VIGIL_TRY(platform_.files.make_directories(paths_.state_dir, 0700));
  VIGIL_TRY(platform_.files.make_directories(paths_.data_dir, 0700));
  lock_ = VIGIL_TRY(StateLock::take(paths_.state_dir));
  VIGIL_TRY(open_log());
  VIGIL_TRY(open_identity());
  VIGIL_TRY(open_queue());
  VIGIL_TRY(open_hub());
  VIGIL_TRY(open_delivery());
  open_watcher();
  control_ =
      VIGIL_TRY(ControlServer::listen(control_socket_path(paths_.state_dir, paths_.runtime_dir)));
  return {};
}

Result<void> AgentProcess::open_log() {
  LogSettings settings = config_.log;
  if (platform_.environment.find("JOURNAL_STREAM") && settings.format == LogFormat::text) {
    settings.format = LogFormat::journald;
  }
  log_ = VIGIL_TRY(EventLog::open(settings));
  return {};
}

Result<void> AgentProcess::open_identity() {
  place_ = {paths_.config_dir, config_.source, platform_.environment.hostname, platform_.seed};
  auto found = load_installation(platform_.files, place_);
  const bool has_none = !found && found.error().code == Errc::not_found;
  const bool has_no_key = found && !found->keys && found->keys.error().code == Errc::not_found;
  if (has_none || has_no_key) {
    VIGIL_TRY(make_missing());
    found = load_installation(platform_.files, place_);
  }
  if (!found) return std::unexpected(std::move(found).error());
  identity_ = std::move(found->identity);
  if (!found->keys) log_->key_unusable(found->keys.error().message);
  return {};
}

/// With nobody to be known to but the hub in this process there is no reason to ask for `agent
/// init`. Towards others a key is made when somebody asks for it; heartbeats need an identity
/// before.
Result<void> AgentProcess::make_missing() {
  if (config_.sinks.empty()) {
    VIGIL_TRY(init_installation(platform_.files, platform_.random, wall_now(), place_.config_dir,
                                place_.source, place_.hostname, ExistingKey::keep));
    return {};
  }
  auto made = create_identity(platform_.files, platform_.random, place_.config_dir, place_.source,
                              place_.hostname);
  if (!made && made.error().code != Errc::exists) return std::unexpected(std::move(made).error());
  return {};
}

Result<Keys> AgentProcess::load_keys() const {
  auto found = VIGIL_TRY(load_installation(platform_.files, place_));
  return std::move(found.keys);
}

Result<void> AgentProcess::open_queue() {
  OutboxLimits limits;
  limits.cap_bytes = static_cast<std::uint64_t>(config_.queue.max_bytes);
  auto opened = VIGIL_TRY(
      Outbox::open(platform_.files, paths_.agent_db(), platform_.random, wall_now(), limits));
  if (!opened.set_aside.empty()) log_->queue_rebuilt(opened.set_aside, opened.reason);
  outbox_ = std::move(opened.outbox);
  fallback_ = std::make_unique<FallbackFile>(platform_.files, paths_.fallback_file());
  return {};
}

std::vector<SourceKey> AgentProcess::own_keys() const {
  std::vector<SourceKey> own;
  const auto keys = load_keys();
  if (!keys) return own;
  for (const crypto::KeyPair* key : keys->all()) {
    own.push_back({identity_.source, key->public_key(), crypto::key_id(key->public_key()),
                   KeyState::active, wall_now()});
  }
  return own;
}

Result<void> AgentProcess::open_hub() {
  if (options_.hub == HubMode::none || !wants_embedded_hub(config_)) return {};
  hub_options_ = VIGIL_TRY(hub_options(platform_.files, config_, paths_, platform_.environment));
  hub_options_.own = own_keys();
  VIGIL_TRY(
      platform_.files.make_directories(std::string(parent_path(hub_options_.store_path)), 0700));
  hub_ = VIGIL_TRY(
      HubServer::start(hub_options_, {platform_.files, platform_.clock, platform_.random}));
  log_->hub_listening(hub_->url());
  return {};
}

std::vector<SinkSettings> AgentProcess::sinks() const {
  std::vector<SinkConfig> configured = config_.sinks;
  if (hub_) configured.push_back(embedded_sink(config_, hub_->url()));
  const ProxyVariables proxies = proxies_of(platform_.environment);
  std::vector<SinkSettings> settings;
  for (const auto& sink : configured) {
    settings.push_back({.name = SinkName(sink.name),
                        .url = sink.url + std::string(kIngestPath),
                        .timer = sink.timer,
                        .limits = {.events = static_cast<std::size_t>(sink.capacity)},
                        .ca_file = sink.ca_file,
                        .proxy = choose_proxy(sink.url, sink.proxy, proxies)});
  }
  return settings;
}

Result<void> AgentProcess::open_delivery() {
  auto settings = sinks();
  if (settings.empty()) {
    return fail(Errc::malformed,
                "there is nowhere to deliver to: name a hub with `agent init --endpoint URL`, or "
                "leave out --no-hub");
  }
  signer_ = std::make_unique<KeySigner>(identity_.source, [this] { return load_keys(); });
  transport_ = std::make_unique<HttpTransport>(platform_.clock, settings.size() * kLanes.size());
  log_->started(paths_.state_dir, settings.size());
  delivery_ =
      std::make_unique<Delivery>(DeliveryParts{*outbox_, *transport_, *signer_, platform_.random},
                                 identity_.source, std::move(settings));
  return delivery_->start(wall_now());
}

void AgentProcess::open_watcher() {
  std::vector<watcher::Root> roots;
  std::vector<parser::Format> formats;
  const auto add = [&](parser::Format format, const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
      roots.push_back(
          {path, [format](std::string_view log) { return parser::is_session_log(format, log); },
           [format](std::string_view folder) {
             return parser::may_hold_session_logs(format, folder);
           }});
      formats.push_back(format);
    }
  };
  add(parser::Format::claude_code, claude_roots(config_, platform_.environment, paths_));
  add(parser::Format::codex, codex_roots(config_, platform_.environment, paths_));

  projects_ = std::make_unique<ProjectFinder>(platform_.files, paths_.home);
  maker_ = std::make_unique<HeartbeatMaker>(
      Origins{identity_.source, identity_.machine.text(), "linux",
              zone_of(platform_.files, config_, platform_.environment), paths_.home},
      [this](std::string_view session) { return identity_.session_name(session); }, *projects_);
  watches_ = watcher::open_watch_source();
  logs_ = std::make_unique<watcher::LogWatcher>(platform_.files, *watches_, std::move(roots),
                                                watcher::WatchLimits{});
  if (auto positions = outbox_->load_positions()) logs_->restore(std::move(*positions));
  core_ = std::make_unique<AgentCore>(
      CoreParts{*logs_, *outbox_, *fallback_, *maker_, *delivery_, *log_}, std::move(formats));
}

/// What stands between the queue and the control socket, in the order in which it leans on each
/// other.
void AgentProcess::close_parts() {
  core_.reset();
  logs_.reset();
  watches_.reset();
  maker_.reset();
  projects_.reset();
  delivery_.reset();
  transport_.reset();
  signer_.reset();
}

/// What was under way goes out again under the same batch ids.
Result<void> AgentProcess::reopen(Config config) {
  close_parts();
  config_ = std::move(config);
  VIGIL_TRY(open_log());
  VIGIL_TRY(open_delivery());
  open_watcher();
  core_->catch_up();
  return {};
}

/// The damaged file goes aside; what it held and was not delivered comes from the logs again.
Result<void> AgentProcess::rebuild_queue() {
  if (rebuilt_at_ && now() - *rebuilt_at_ < kRebuildPause) {
    return fail(Errc::io, core_->queue_trouble() + ", again just after it was made anew");
  }
  rebuilt_at_ = now();
  const std::string why = core_->queue_trouble();
  close_parts();
  outbox_.reset();
  const auto moved = VIGIL_TRY(set_aside(platform_.files, paths_.agent_db(), wall_now()));
  log_->queue_rebuilt(moved, why);
  VIGIL_TRY(open_queue());
  return reopen(config_);
}

int AgentProcess::run() {
  if (hub_ && options_.mode == RunMode::forever) {
    out_ << "dashboard  " << hub_->new_login_link() << std::endl;
  }
  if (options_.mode == RunMode::once) core_->catch_up();
  for (;;) {
    if (const auto signal = take_signals()) return finish(*signal);
    if (!core_) return kExitFailed;
    step();
    if (core_->is_queue_damaged()) {
      if (auto rebuilt = rebuild_queue(); !rebuilt) {
        log_->queue_lost(rebuilt.error().message);
        return kExitFailed;
      }
    }
    if (options_.mode == RunMode::once && core_->is_settled()) return finish(std::nullopt);
    if (!core_->has_more()) wait();
  }
}

void AgentProcess::step() {
  core_->step(wall_now(), now());
  if (!startup_) startup_ = now() - platform_.started;
  if (display_.is_on_terminal()) {
    const auto watched = logs_->status();
    display_.show(now(), watched.bytes_read, watched.bytes_read + watched.bytes_behind);
  }
  serve_control();
  answer_waiting();
}

void AgentProcess::wait() const {
  std::vector<int> fds = control_->wait_fds();
  fds.push_back(signals_.wake_fd());
  fds.push_back(watches_->wake_fd());
  fds.push_back(transport_->wake_fd());
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
  auto fresh = options_.reload();
  Config before = config_;
  if (fresh) {
    auto taken = reopen(std::move(*fresh));
    if (taken) {
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
    signer_->forget_keys();
    core_->catch_up();
  }
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
    if (text) control_->answer(asked.client, std::move(*text));
  }
}

std::optional<std::string> AgentProcess::answer(ControlRequest request, std::uint64_t client) {
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
    case ControlRequest::Do::catch_up:
      core_->catch_up();
      waiting_clients_.push_back(client);
      return std::nullopt;
  }
  return std::nullopt;
}

void AgentProcess::answer_waiting() {
  // A damaged queue is about to be made anew: then there is more to tell.
  const bool is_over = core_->is_settled() && !core_->is_queue_damaged();
  if (waiting_clients_.empty() || !is_over) return;
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
  status.watcher = logs_->status();
  status.sinks = delivery_->states();
  for (const auto& sink : status.sinks) {
    if (sink.state == condition_name(LaneCondition::no_key)) status.key_trouble = sink.last_error;
  }
  return status;
}

int AgentProcess::finish(std::optional<Signal> signal) {
  log_->stopping(signal ? "signal" : "all is done that can be done now");
  display_.clear();
  if (signal) send_last();
  transport_->cancel_all();
  const std::uint64_t kept = pending();
  const bool is_all_done = kept == 0 && core_->is_caught_up();
  if (hub_) hub_->stop(kHubGrace);
  if (hub_ && !signal) roll_up_hub();
  log_->stopped(kept);
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

/// `run --once` beside a daemon: that one does the work, and is waited for.
int ask_the_daemon(const Paths& paths, const Error& locked, std::ostream& err) {
  constexpr std::chrono::minutes kPatience{10};
  const auto answer = ask_daemon(control_socket_path(paths.state_dir, paths.runtime_dir),
                                 R"({"do":"catch_up"})", kPatience);
  if (!answer) {
    err << "agent run: " << locked.message << "; it does not answer: " << answer.error().message
        << '\n';
    return kExitLocked;
  }
  return answer->find(R"("pending":0)") != std::string::npos ? 0 : kExitKept;
}

}  // namespace

int run_agent(const Platform& platform, const Config& config, const Paths& paths,
              const RunOptions& options, std::ostream& out, std::ostream& err) {
  Error error;
  {
    AgentProcess process(platform, config, paths, options, out, err);
    auto started = process.start();
    if (started) return process.run();
    error = std::move(started).error();
  }  // with it goes the hold on signals: waiting for another agent can be interrupted
  if (error.code == Errc::busy && options.mode == RunMode::once) {
    return ask_the_daemon(paths, error, err);
  }
  err << "agent run: " << error.message << '\n';
  return exit_of(error);
}

}  // namespace vigil::agent
