// Follows agent/daemon/agent_process_parts.cc: the same parts in the same order, and the same
// answer to a damaged queue.

#include "tests/sim/agent_machine.h"

#include <array>
#include <utility>

#include "agent/context/project_finder.h"
#include "agent/daemon/key_signer.h"
#include "agent/outbox/database_file.h"
#include "base/check.h"

namespace vigil::sim {
namespace {

constexpr std::chrono::minutes kRebuildPause{1};
constexpr std::string_view kHome = "/agent/home";

watcher::Root root_of(std::string path, parser::Format format) {
  return {
      std::move(path),
      [format](std::string_view log) { return parser::is_session_log(format, log); },
      [format](std::string_view folder) { return parser::may_hold_session_logs(format, folder); }};
}

}  // namespace

struct AgentMachine::Parts {
  std::unique_ptr<agent::Outbox> outbox;
  std::unique_ptr<agent::FallbackFile> fallback;
  std::unique_ptr<agent::KeySigner> signer;
  std::unique_ptr<agent::Delivery> delivery;
  std::unique_ptr<agent::ProjectFinder> projects;
  std::unique_ptr<agent::HeartbeatMaker> maker;
  std::unique_ptr<test::ScriptedWatchSource> watches;
  std::unique_ptr<watcher::LogWatcher> logs;
  std::unique_ptr<agent::AgentCore> core;
};

AgentMachine::AgentMachine(World world) : world_(std::move(world)) {
  world_.disk.make_directory(std::string(kState));
  world_.disk.make_directory(std::string(kHome) + "/.claude/projects");
  world_.disk.make_directory(std::string(kHome) + "/.codex/sessions/2026/11/21");
  agent::LogSettings silent;
  silent.level = agent::LogLevel::off;
  log_ = agent::EventLog::open(silent).value();
}

AgentMachine::~AgentMachine() = default;

Result<void> AgentMachine::open_queue(Parts& parts) {
  auto opened = VIGIL_TRY(agent::Outbox::open(world_.disk, queue_path(), world_.random, wall_now(),
                                              world_.settings.outbox));
  if (!opened.set_aside.empty()) ++rebuilds_;
  parts.outbox = std::move(opened.outbox);
  parts.fallback = std::make_unique<agent::FallbackFile>(world_.disk, fallback_path());
  return {};
}

Result<void> AgentMachine::open_rest(Parts& parts) {
  const SourceId source(world_.source);
  parts.signer = std::make_unique<agent::KeySigner>(source, [this]() -> Result<agent::Keys> {
    auto key = VIGIL_TRY(crypto::KeyPair::from_seed(std::as_bytes(std::span(world_.seed))));
    return agent::Keys{std::move(key), std::nullopt};
  });
  agent::SinkSettings sink;
  sink.name = SinkName("hub");
  sink.url = "https://hub.test/api/v1/ingest";
  sink.timer = world_.settings.timer;
  sink.limits = world_.settings.batch;
  parts.delivery = std::make_unique<agent::Delivery>(
      agent::DeliveryParts{*parts.outbox, world_.transport, *parts.signer, world_.random}, source,
      std::vector{sink});
  VIGIL_TRY(parts.delivery->start(wall_now()));
  const std::string home(kHome);
  parts.projects = std::make_unique<agent::ProjectFinder>(world_.disk, home);
  parts.maker = std::make_unique<agent::HeartbeatMaker>(
      agent::Origins{source, "machine-1", "linux", "UTC", home},
      [](std::string_view session) { return "hash-of-" + std::string(session); }, *parts.projects);
  parts.watches = std::make_unique<test::ScriptedWatchSource>();
  std::vector<watcher::Root> roots{root_of(home + "/.claude", parser::Format::claude_code),
                                   root_of(home + "/.codex", parser::Format::codex)};
  parts.logs = std::make_unique<watcher::LogWatcher>(world_.disk, *parts.watches, std::move(roots),
                                                     world_.settings.watch);
  if (auto positions = parts.outbox->load_positions()) parts.logs->restore(std::move(*positions));
  parts.core = std::make_unique<agent::AgentCore>(
      agent::CoreParts{*parts.logs, *parts.outbox, *parts.fallback, *parts.maker, *parts.delivery,
                       *log_},
      std::vector{parser::Format::claude_code, parser::Format::codex});
  return {};
}

Result<void> AgentMachine::start() {
  auto parts = std::make_unique<Parts>();
  rebuilt_at_.reset();
  VIGIL_TRY(open_queue(*parts));
  VIGIL_TRY(open_rest(*parts));
  parts_ = std::move(parts);
  return {};
}

void AgentMachine::stop() {
  parts_.reset();
}

Result<void> AgentMachine::rebuild_queue() {
  if (rebuilt_at_ && now() - *rebuilt_at_ < kRebuildPause) {
    return fail(Errc::io, "damaged again just after it was made anew");
  }
  rebuilt_at_ = now();
  ++rebuilds_;
  parts_.reset();
  auto parts = std::make_unique<Parts>();
  VIGIL_TRY(agent::set_aside(world_.disk, queue_path(), wall_now()));
  VIGIL_TRY(open_queue(*parts));
  VIGIL_TRY(open_rest(*parts));
  parts_ = std::move(parts);
  parts_->core->catch_up();
  return {};
}

bool AgentMachine::start_anew(const agent::Delivery::NewStore& met) {
  if (!parts_->outbox->start_anew(met.sink, met.id, wall_now())) return true;  // the next answer
  stop();
  if (!start()) return false;
  parts_->core->catch_up();
  return true;
}

bool AgentMachine::step() {
  parts_->core->step(wall_now(), now());
  if (const auto met = parts_->delivery->take_new_store(); met && !start_anew(*met)) return false;
  if (!parts_->core->is_queue_damaged() || world_.disk.is_dead()) return true;
  if (rebuild_queue()) return true;
  parts_.reset();
  return false;
}

MonoTime AgentMachine::deadline() const {
  return parts_ ? parts_->core->deadline(now()) : MonoTime::max();
}

bool AgentMachine::has_more() const {
  return parts_ && parts_->core->has_more();
}

Result<void> AgentMachine::submit(const std::string& project) {
  agent::Heartbeat heartbeat;
  heartbeat.time = wall_now();
  heartbeat.actor = agent::Actor::human;
  heartbeat.action = agent::Action::edit;
  heartbeat.entity = "simulation";
  heartbeat.entity_type = agent::EntityType::app;
  heartbeat.project = project;
  heartbeat.app = "simulation";
  std::vector<agent::Heartbeat> one;
  one.push_back(std::move(heartbeat));
  VIGIL_TRY(parts_->core->submit(std::move(one), wall_now(), now()));
  return {};
}

bool AgentMachine::can_read() const {
  return parts_ && parts_->core->queue_trouble().empty() && !parts_->outbox->is_full();
}

bool AgentMachine::is_full() const {
  return parts_ && parts_->outbox->is_full();
}

bool AgentMachine::is_settled() const {
  return parts_ && parts_->core->is_settled() && parts_->core->queue_trouble().empty();
}

std::uint64_t AgentMachine::pending() const {
  std::uint64_t pending = 0;
  if (!parts_) return pending;
  for (const auto& sink : parts_->delivery->states()) pending += sink.pending;
  return pending;
}

agent::Outbox* AgentMachine::outbox() {
  return parts_ ? parts_->outbox.get() : nullptr;
}

test::ScriptedWatchSource* AgentMachine::watches() {
  return parts_ ? parts_->watches.get() : nullptr;
}

void AgentMachine::flush() {
  if (parts_) parts_->delivery->flush(now());
}

void AgentMachine::reconcile() {
  if (parts_) parts_->logs->request_reconcile();
}

}  // namespace vigil::sim
