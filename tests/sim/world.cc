#include "tests/sim/world.h"

#include <algorithm>

#include "base/encoding.h"

namespace vigil::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSource = "laptop-1";
constexpr std::string_view kSeed = "0123456789abcdef0123456789abcdef";

/// Boot time and civil time begin as the same number, so that code that takes one for the other
/// works until a clock jumps.
constexpr MonoTime kStart{std::chrono::milliseconds{1'795'000'000'000}};

/// How long a line must have been readable to be promised (docs/guarantees.md), and how long where
/// hints got lost without a word: then the full listing finds it.
constexpr auto kReadable = 2s;
constexpr auto kFoundByListing = 20min;

/// Something would be wrong if a run took more turns of the loop.
constexpr std::uint64_t kStepsMax = 60'000;
constexpr int kTurnsMax = 2'000;  // of the loop at one moment

std::string source_line() {
  const auto key = crypto::KeyPair::from_seed(std::as_bytes(std::span(kSeed))).value();
  return std::string(kSource) + ":" + to_base64(key.public_key());
}

AgentSettings settings_of(const Circumstances& circumstances) {
  AgentSettings settings;
  settings.outbox.retention = 10min;
  settings.outbox.sweep_rows = 64;
  if (circumstances.has_small_queue) {
    // A few pages more than tables, positions and parsers' states take without a heartbeat.
    settings.outbox.cap_bytes = 76 * 1024;
    settings.outbox.reserve_bytes = 24 * 1024;
  }
  settings.batch.events = circumstances.batch_events;
  settings.timer = circumstances.timer;
  settings.watch.slice_size = 4 * 1024;
  settings.watch.line_max = 16 * 1024;
  settings.watch.open_files_max = 4;
  return settings;
}

}  // namespace

World::World(const Scenario& scenario, std::ostream* trace)
    : scenario_(scenario),
      trace_(trace),
      dice_(Dice(scenario.seed).fork(2)),
      now_(kStart),
      agent_clock_(now_, 0ms),
      true_clock_(now_, 0ms),
      agent_disk_("agent", dice_.fork(3), trace_, outcome_.fired),
      hub_disk_("hub", dice_.fork(4), trace_, outcome_.fired),
      vfs_({{"agent", &agent_disk_}, {"hub", &hub_disk_}}, scenario.seed,
           [this] { return true_clock_.wall_now(); }),
      agent_random_(scenario.seed ^ 5),
      hub_random_(scenario.seed ^ 6),
      network_({.trace = trace_,
                .fired = outcome_.fired,
                .later = [this](milliseconds in, Event event) { later(in, std::move(event)); },
                .hub = [this](agent::Request request) { return serve(std::move(request)); },
                .is_agent_alive = [this] { return !agent_disk_.is_dead(); },
                .wake_agent = [this] { wake_agent(); }},
               dice_.fork(7)),
      agent_({.disk = agent_disk_,
              .clock = agent_clock_,
              .random = agent_random_,
              .transport = network_,
              .source = std::string(kSource),
              .seed = std::string(kSeed),
              .settings = settings_of(scenario.circumstances)}),
      hub_({.disk = hub_disk_,
            .clock = true_clock_,
            .random = hub_random_,
            .source_line = source_line()}),
      ledger_(std::string(kSource)),
      writer_({.disk = agent_disk_,
               .ledger = ledger_,
               .fired = outcome_.fired,
               .hint = [this](const std::string& path) { return hint(path); },
               .unread = [this](const WrittenLine& line) { return unread(line); },
               .now = [this] { return now_; },
               .wall_now = [this] { return true_clock_.wall_now(); },
               .later = [this](milliseconds in, Event event) { later(in, std::move(event)); }}) {
  if (scenario.circumstances.reuses_inodes) agent_disk_.set_inode_reuse();
}

// --- Time --------------------------------------------------------------------------------------

void World::later(milliseconds in, Event event) {
  events_.emplace(std::pair{now_ + std::max(in, 0ms), ++planned_}, std::move(event));
}

void World::run_until(MonoTime end) {
  while (steps_ < kStepsMax) {
    const MonoTime event = events_.empty() ? MonoTime::max() : events_.begin()->first.first;
    const MonoTime turn = agent_.is_up() ? std::max(agent_.deadline(), now_) : MonoTime::max();
    const MonoTime next = std::min(event, turn);
    if (next > end) break;
    now_ = std::max(now_, next);
    trace_.set_time(now_);
    agent_disk_.set_time(true_clock_.wall_now());
    hub_disk_.set_time(true_clock_.wall_now());
    if (event <= turn) {
      auto first = events_.extract(events_.begin());
      first.mapped()();
    } else {
      step_agent();
    }
  }
  now_ = std::max(now_, end);
}

// --- The agent's machine -----------------------------------------------------------------------

void World::start_agent() {
  if (agent_.is_up()) return;
  ++agent_life_;
  const auto started = agent_.start();
  note_rebuilds();
  trace_.add("agent starts", started ? "" : started.error().message);
  if (agent_disk_.is_dead()) return end_agent(agent_end_);
  if (!started) {
    ++outcome_.fired["agent cannot start"];
    return later(5s, [this] { start_agent(); });
  }
  started_ = now_;
  note_reading();
  wake_agent();
}

/// Whatever its destructors still try to do must not reach the disk.
void World::end_agent(End end) {
  writer_.observe();
  can_read_ = false;
  agent_disk_.die_after(0);
  agent_.stop();
  network_.forget_agent();
  ++agent_life_;
  trace_.add("agent ends", end == End::killed ? "killed" : "power cut");
  if (end == End::killed) {
    ++outcome_.fired["agent killed"];
    agent_disk_.kill();
  } else {
    ++outcome_.fired["agent's power cut"];
    agent_disk_.cut_power();
    writer_.survive_power_cut();
  }
  const milliseconds pause(faults_are_over_ ? 100 : dice_.between(1, 4'000));
  later(pause, [this] { start_agent(); });
}

/// As after SIGTERM.
void World::stop_agent() {
  writer_.observe();
  can_read_ = false;
  agent_.stop();
  network_.forget_agent();
  ++agent_life_;
  if (agent_disk_.is_dead()) return end_agent(agent_end_);
  later(100ms, [this] { start_agent(); });
}

void World::wake_agent() {
  if (std::exchange(agent_wakes_, true)) return;
  later(1ms, [this] {
    agent_wakes_ = false;
    step_agent();
  });
}

void World::step_agent() {
  for (int turn = 0; agent_.is_up(); ++turn) {
    ++steps_;
    const bool goes_on = agent_.step();
    note_rebuilds();
    if (agent_disk_.is_dead()) return end_agent(agent_end_);
    note_reading();
    if (!goes_on) {
      ++outcome_.fired["agent gave up"];
      network_.forget_agent();
      return later(5s, [this] { start_agent(); });
    }
    if (agent_.is_full()) ++outcome_.fired["reading paused at the cap"];
    if (!agent_.has_more()) break;
    if (turn > kTurnsMax) {
      outcome_.faults.emplace_back("the loop never waits (I8)");
      steps_ = kStepsMax;
      return;
    }
  }
}

void World::arm_agent(Dice dice, End end) {
  agent_end_ = end;
  agent_disk_.die_after(dice.one_in(2) ? dice.below(6) : dice.below(60));
}

/// After each turn: whether the agent reads and stores what is read. What it could read until it
/// could no more, it has read.
void World::note_reading() {
  const bool can_read = agent_.is_up() && agent_.can_read();
  if (can_read_ && !can_read) writer_.observe();
  if (!can_read || !can_read_) can_read_since_ = now_;
  can_read_ = can_read;
}

/// A line must have been read once the agent could know of it and store it for two seconds. It
/// knows by a hint, by the listing at its start, and where neither came, by the listing that comes
/// round; that it could store nothing for a while makes up for no lost hint.
Unread World::unread(const WrittenLine& line) const {
  if (!can_read_) return Unread::no_reading;
  MonoTime known = line.hinted.value_or(line.written + kFoundByListing);
  if (line.written <= started_) known = std::min(known, started_);
  if (now_ - std::max(known, can_read_since_) >= kReadable) return Unread::no;
  if (known > now_) return Unread::unhinted;
  return known >= can_read_since_ ? Unread::too_young : Unread::no_reading;
}

/// The kernel tells of a change some moments later. Of what it cannot keep it tells that it could
/// not; what a remote file system changes it may never tell: then this is false.
bool World::hint(const std::string& path) {
  if (now_ < hints_lost_until_) {
    ++outcome_.fired["hint lost"];
    return false;
  }
  const bool is_overflow = now_ < overflow_until_;
  later(milliseconds(dice_.between(0, 20)), [this, path, is_overflow, life = agent_life_] {
    test::ScriptedWatchSource* watches = agent_.watches();
    if (watches == nullptr || life != agent_life_) return;
    if (is_overflow) {
      ++outcome_.fired["overflow"];
      watches->overflow();
    } else {
      std::string at = path;
      while (!watches->watched().contains(std::string(parent_path(at))) && at.size() > 1) {
        at = std::string(parent_path(at));
      }
      watches->touch(at);
    }
    wake_agent();
  });
  return true;
}

/// Some disks fail once more when they seem well again.
void World::trouble(SimDisk& disk, DiskTrouble kind, Dice dice) {
  disk.set_trouble(kind);
  later(milliseconds(dice.between(100, 90'000)), [this, &disk, dice]() mutable {
    disk.set_trouble(DiskTrouble::none);
    if (faults_are_over_ || !dice.one_in(3)) return;
    if (&disk == &agent_disk_) arm_agent(dice, dice.one_in(2) ? End::killed : End::power_cut);
  });
}

/// Another program says something over the control socket, and is told whether it was kept.
void World::submit() {
  if (!agent_.is_up()) return;
  const std::string project = "submission-" + std::to_string(submissions_.size());
  const auto kept = agent_.submit(project);
  const bool must = kept.has_value() && !agent_disk_.is_dead();
  submissions_[project].must = must;
  if (must) ++outcome_.submitted;
  trace_.add("submitted", kept ? project : kept.error().message);
  if (agent_disk_.is_dead()) return end_agent(agent_end_);
  note_reading();
  wake_agent();
}

}  // namespace vigil::sim
