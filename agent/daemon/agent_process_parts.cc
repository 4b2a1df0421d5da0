// How the running program's parts are made, remade and taken apart; agent_process.cc has its loop.

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>

#include "agent/config/environment.h"
#include "agent/config/log_roots.h"
#include "agent/daemon/agent_process.h"
#include "agent/daemon/control_client.h"
#include "agent/daemon/hub_options.h"
#include "agent/delivery/http_transport.h"
#include "agent/delivery/proxy.h"
#include "agent/outbox/database_file.h"
#include "agent/privacy/redaction.h"
#include "base/failpoint.h"
#include "crypto/locked_memory.h"
#include "watcher/inotify_source.h"

namespace vigil::agent {
namespace {

/// A queue that is found damaged sooner after it was made anew lies on a disk that is.
constexpr std::chrono::minutes kRebuildPause{1};

/// `agent heartbeat` without a running agent holds the lock for one commit: no reason not to start.
constexpr std::chrono::milliseconds kLockPatience{500};

/// Logs leave room for the databases, the hub's connections and whoever asks: three quarters.
std::size_t open_logs_max() {
  constexpr std::size_t kFewest = 4;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kFewest;
  const auto share = static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur / 4, SIZE_MAX));
  return std::clamp(share, kFewest, watcher::WatchLimits{}.open_files_max);
}

}  // namespace

Result<void> AgentProcess::start() {
  VIGIL_TRY(platform_.files.make_directories(paths_.state_dir, 0700));
  VIGIL_TRY(platform_.files.make_directories(paths_.data_dir, 0700));
  lock_ = VIGIL_TRY(StateLock::take(paths_.state_dir, kLockPatience));
  failpoint("start.locked");
  VIGIL_TRY(open_log());
  VIGIL_TRY(open_identity());
  failpoint("start.identity");
  VIGIL_TRY(open_queue());
  VIGIL_TRY(confine_itself());
  failpoint("start.queue");
  VIGIL_TRY(open_hub());
  failpoint("start.hub");
  VIGIL_TRY(open_delivery());
  failpoint("start.delivery");
  VIGIL_TRY(open_privacy());
  open_watcher();
  failpoint("start.watcher");
  control_ = std::make_unique<ControlServer>(
      VIGIL_TRY(ControlServer::listen(control_socket_path(paths_.state_dir, paths_.runtime_dir))));
  return {};
}

Result<void> AgentProcess::open_log() {
  LogSettings settings = config_.log;
  if (platform_.environment.find("JOURNAL_STREAM") && settings.format == LogFormat::text) {
    settings.format = LogFormat::journald;
  }
  auto opened = EventLog::open(settings);
  if (!opened) {
    Error error = std::move(opened).error();
    if (confinement_.writes) {
      error.message += "; a running agent writes where it could at its start only, start it again";
    }
    return std::unexpected(std::move(error));
  }
  log_ = *std::move(opened);
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
    // A stored name stays as it is; the configured one goes before it at every load anyway.
    const bool has_name = load_identity(platform_.files, place_.config_dir).has_value();
    VIGIL_TRY(init_installation(platform_.files, platform_.random, wall_now(), place_.config_dir,
                                has_name ? "" : place_.source, place_.hostname, ExistingKey::keep));
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

/// When the last file elsewhere is made (keys, identity) and before the first thread starts.
Result<void> AgentProcess::confine_itself() {
  const std::string socket = control_socket_path(paths_.state_dir, paths_.runtime_dir);
  std::vector<std::string> own{paths_.state_dir, paths_.data_dir, std::string(parent_path(socket))};
  const auto log = platform_.files.stat(config_.log.file);
  const bool is_rotated = log && log->kind == FileKind::regular;  // and not /dev/null
  if (is_rotated) own.emplace_back(parent_path(config_.log.file));
  if (!config_.hub.store.empty()) {
    own.emplace_back(parent_path(config_.hub.store));
    VIGIL_TRY(platform_.files.make_directories(own.back(), 0700));
  }
  confinement_ = confine(own);
  if (!crypto::secrets_stay_out_of_swap()) {
    confinement_.missing.emplace_back("keys can be swapped out: raise the limit of locked memory");
  }
  for (const auto& missing : confinement_.missing) log_->unconfined(missing);
  return {};
}

Result<void> AgentProcess::open_hub() {
  if (options_.hub == HubMode::none || !wants_embedded_hub(config_)) return {};
  hub_options_ = VIGIL_TRY(hub_options(platform_.files, config_, paths_, platform_.environment));
  hub_options_.own = own_keys();
  if (options_.settings) hub_options_.settings = options_.settings();
  hub_ = VIGIL_TRY(
      HubServer::start(hub_options_, {platform_.files, platform_.clock, platform_.random}));
  log_->hub_listening(hub_->url());
  return {};
}

std::vector<SinkConfig> AgentProcess::configured_sinks() const {
  std::vector<SinkConfig> configured = config_.sinks;
  if (hub_) configured.push_back(embedded_sink(config_, hub_->url()));
  return configured;
}

std::vector<SinkSettings> AgentProcess::sinks() const {
  const ProxyVariables proxies = proxy_variables(platform_.environment);
  std::vector<SinkSettings> settings;
  for (const auto& sink : configured_sinks()) {
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
  VIGIL_TRY(delivery_->start(wall_now()));
  return meet_own_store();
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

  projects_ = std::make_unique<ProjectFinder>(platform_.files, paths_.home, project_rules(config_));
  maker_ = std::make_unique<HeartbeatMaker>(
      Origins{identity_.source, identity_.machine.text(), "linux",
              zone_of(platform_.files, config_, platform_.environment), paths_.home},
      [this](std::string_view session) { return identity_.session_name(session); }, *projects_);
  watches_ = watcher::open_watch_source();
  watcher::WatchLimits limits;
  limits.open_files_max = open_logs_max();
  logs_ =
      std::make_unique<watcher::LogWatcher>(platform_.files, *watches_, std::move(roots), limits);
  if (auto positions = outbox_->load_positions()) logs_->restore(std::move(*positions));
  open_trees();
  core_ = std::make_unique<AgentCore>(
      CoreParts{*logs_, *outbox_, *fallback_, *maker_, *delivery_, *log_,
                trees_ ? &trees_->watch() : nullptr, &admission_},
      std::move(formats));
}

/// What is not recorded, and what each destination is not told.
Result<void> AgentProcess::open_privacy() {
  admission_ =
      Admission(VIGIL_TRY(PathRules::make(config_.privacy.exclude, config_.privacy.include)));
  for (const auto& sink : configured_sinks()) {
    auto redaction = std::make_shared<Redaction>(
        hidden_names(config_.privacy.hide, sink.hide), config_.projects.hidden,
        [this](std::string_view name) { return identity_.project_name(name); });
    outbox_->set_rewriter(SinkName(sink.name),
                          [redaction](std::string_view body) { return redaction->apply(body); });
  }
  return take_up_pauses();
}

Result<void> AgentProcess::take_up_pauses() {
  admission_.set_pauses(VIGIL_TRY(PauseBook::load(platform_.files, paths_.pauses_file())));
  return {};
}

void AgentProcess::open_trees() {
  if (!config_.projects.watch) return;
  auto known = outbox_->load_trees();
  if (!known) known.emplace();  // then they are looked at as if for the first time
  trees_ = std::make_unique<ProjectParts>(platform_.files, platform_.clock, config_,
                                          platform_.environment, paths_, *projects_, *maker_,
                                          admission_, *std::move(known));
}

/// What stands between the queue and the control socket, in the order in which it leans on each
/// other.
void AgentProcess::close_parts() {
  core_.reset();
  trees_.reset();
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
  failpoint("reload.closed");
  config_ = std::move(config);
  VIGIL_TRY(open_log());
  VIGIL_TRY(open_delivery());
  VIGIL_TRY(open_privacy());
  open_watcher();
  core_->catch_up();
  return {};
}

/// A sink lost what it had: everything that the logs hold goes out again, under the ids that it
/// has.
void AgentProcess::start_anew(const Delivery::NewStore& met) {
  log_->store_is_new(met.sink.text());
  // Where this fails, the next answer tells the same.
  if (!outbox_->start_anew(met.sink, met.id, wall_now())) return;
  if (auto begun = reopen(config_); !begun) {
    log_->settings_refused(begun.error().message);
    close_parts();
  }
}

/// A hub in this process has perhaps nothing to answer, but its store may be new too.
Result<void> AgentProcess::meet_own_store() {
  if (!hub_) return {};
  const SinkName name(embedded_sink(config_, hub_->url()).name);
  if (VIGIL_TRY(outbox_->is_known_store(name, hub_->store_id())))
    return outbox_->commit(wall_now());
  log_->store_is_new(name.text());
  return outbox_->start_anew(name, hub_->store_id(), wall_now());
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
  failpoint("rebuild.set_aside");
  VIGIL_TRY(open_queue());
  return reopen(config_);
}

}  // namespace vigil::agent
