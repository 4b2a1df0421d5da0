#include <istream>
#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/heartbeat_input.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/own_identity.h"
#include "agent/cli/run_command.h"
#include "agent/config/environment.h"
#include "agent/context/project_finder.h"
#include "agent/daemon/state_lock.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/outbox/fallback_file.h"
#include "agent/outbox/outbox.h"
#include "agent/terminal/printable.h"
#include "base/json_text.h"
#include "parser/language.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kLineMax = 64 * 1024;
/// Heartbeats that go to the daemon, or into one transaction, together.
constexpr std::size_t kGroupMax = 500;

enum class Kept : std::uint8_t { queued, set_aside };

std::string request_of(std::span<const Heartbeat> heartbeats) {
  std::string request = R"({"do":"heartbeat","heartbeats":[)";
  for (std::size_t i = 0; i < heartbeats.size(); ++i) {
    if (i != 0) request += ',';
    append_json(heartbeats[i], request);
  }
  return request += "]}";
}

/// Completed as the daemon would, with the same ids: told twice they count once.
Result<std::vector<std::string>> completed(const CommandContext& context,
                                           std::span<const Heartbeat> heartbeats) {
  const Identity identity = VIGIL_TRY(own_identity(context));
  ProjectFinder projects(context.platform.files, context.paths.home,
                         project_rules(context.config()));
  HeartbeatMaker maker(
      {.source = identity.source,
       .machine = identity.machine.text(),
       .os = "linux",
       .timezone = zone_name(context),
       .home = context.paths.home},
      [&](std::string_view session) { return identity.session_name(session); }, projects);
  const Clock& clock = context.platform.clock;
  std::vector<std::string> bodies;
  for (const Heartbeat& heartbeat : heartbeats) {
    bodies.push_back(to_json(maker.complete(heartbeat, clock.wall_now(), clock.mono_now())));
  }
  return bodies;
}

Result<void> append_to_queue(const CommandContext& context, std::span<const std::string> bodies) {
  const Platform& platform = context.platform;
  const StateLock lock = VIGIL_TRY(StateLock::take(context.paths.state_dir));
  const WallTime now = platform.clock.wall_now();
  const auto opened =
      VIGIL_TRY(Outbox::open(platform.files, context.paths.agent_db(), platform.random, now));
  std::vector<OutboxEntry> entries;
  for (const std::string& body : bodies) {
    entries.push_back({.lane = Lane::live, .origin = Origin::once, .body = body});
  }
  VIGIL_TRY(opened.outbox->append(entries, now));
  return opened.outbox->commit(now);
}

/// Without a daemon: into the queue, or where that cannot be written, into the fallback file.
Result<Kept> keep_directly(const CommandContext& context, std::span<const Heartbeat> heartbeats) {
  const auto bodies = VIGIL_TRY(completed(context, heartbeats));
  VIGIL_TRY(context.platform.files.make_directories(context.paths.state_dir, 0700));
  if (append_to_queue(context, bodies)) return Kept::queued;
  FallbackFile fallback(context.platform.files, context.paths.fallback_file());
  for (const std::string& body : bodies) VIGIL_TRY(fallback.append(body));
  return Kept::set_aside;
}

std::expected<Kept, Failure> keep(const CommandContext& context,
                                  std::span<const Heartbeat> heartbeats) {
  const auto answer = ask_running(context, request_of(heartbeats));
  if (answer) return Kept::queued;
  if (answer.error().exit != Exit::unreachable) return std::unexpected(answer.error());
  auto kept = keep_directly(context, heartbeats);
  if (!kept) return failure_of(std::move(kept).error());
  return *kept;
}

/// What `--alternate-project` and `--alternate-language` are for: only where nothing else is known.
void take_alternates(const CommandContext& context, const HeartbeatCommand& command,
                     Heartbeat& heartbeat) {
  if (heartbeat.project.empty() && !command.alternate_project.empty()) {
    ProjectFinder projects(context.platform.files, context.paths.home,
                           project_rules(context.config()));
    const std::string folder(parent_path(heartbeat.entity));
    if (!projects.find(folder, context.platform.clock.mono_now())) {
      heartbeat.project = command.alternate_project;
    }
  }
  if (heartbeat.language.empty() && parser::language_of(heartbeat.entity).empty()) {
    heartbeat.language = command.alternate_language;
  }
}

struct Tally {
  std::int64_t queued = 0;
  std::int64_t refused = 0;
  Kept worst = Kept::queued;
};

Outcome report(const CommandContext& context, const Tally& tally) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.heartbeat/1");
    json.name("queued").number(tally.queued).name("refused").number(tally.refused);
    json.name("set_aside").truth(tally.worst == Kept::set_aside);
    context.console.out << std::move(json.end_object()).take() << '\n';
  }
  if (tally.refused != 0) return Exit::partly;
  return tally.worst == Kept::set_aside ? Exit::later : Exit::done;
}

class Stdin {
 public:
  Stdin(const CommandContext& context, HeartbeatDefaults defaults)
      : context_(context), defaults_(std::move(defaults)) {}

  std::expected<Tally, Failure> read_all() {
    std::string line;
    while (std::getline(context_.console.in, line)) {
      ++line_number_;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      take(line);
      if (group_.size() < kGroupMax) continue;
      if (auto done = send(); !done) return std::unexpected(std::move(done).error());
    }
    if (auto done = send(); !done) return std::unexpected(std::move(done).error());
    return tally_;
  }

 private:
  void take(std::string_view line) {
    auto heartbeat = line.size() > kLineMax
                         ? Result<Heartbeat>(fail(Errc::malformed, "longer than 64 KiB"))
                         : heartbeat_of_line(line, defaults_);
    if (heartbeat) {
      group_.push_back(*std::move(heartbeat));
      return;
    }
    ++tally_.refused;
    context_.console.err << "line " << line_number_ << ": " << printable(heartbeat.error().message)
                         << '\n';
  }

  std::expected<void, Failure> send() {
    if (group_.empty()) return {};
    const auto kept = keep(context_, group_);
    if (!kept) return std::unexpected(kept.error());
    if (*kept == Kept::set_aside) tally_.worst = Kept::set_aside;
    tally_.queued += static_cast<std::int64_t>(group_.size());
    group_.clear();
    return {};
  }

  const CommandContext& context_;
  HeartbeatDefaults defaults_;
  std::vector<Heartbeat> group_;
  std::size_t line_number_ = 0;
  Tally tally_;
};

}  // namespace

Outcome run_command(const CommandContext& context, const HeartbeatCommand& command) {
  for (const std::string& flag : command.unknown_flags) {
    if (flag.starts_with('-')) {
      context.console.err << "passed over: " << printable(flag.substr(0, flag.find('='))) << '\n';
    }
  }
  HeartbeatDefaults defaults{.now = context.platform.clock.wall_now(),
                             .directory = context.platform.environment.directory,
                             .home = context.paths.home};
  if (command.from_stdin) {
    const auto tally = Stdin(context, std::move(defaults)).read_all();
    if (!tally) return std::unexpected(tally.error());
    return report(context, *tally);
  }
  auto heartbeat = heartbeat_of(command, defaults);
  if (!heartbeat) {
    return std::unexpected(Failure{Exit::usage, "usage", std::move(heartbeat).error().message,
                                   "agent heartbeat --help"});
  }
  take_alternates(context, command, *heartbeat);
  const auto kept = keep(context, std::span(&*heartbeat, 1));
  if (!kept) return std::unexpected(kept.error());
  return report(context, {.queued = 1, .refused = 0, .worst = *kept});
}

}  // namespace vigil::agent
