#include <cmath>
#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/health.h"
#include "agent/cli/queue_report.h"
#include "agent/cli/run_command.h"
#include "agent/terminal/printable.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

struct State {
  std::optional<JsonValue> daemon;
  std::optional<QueueStatus> queue;
  Verdict verdict;
};

std::expected<State, Failure> look(const CommandContext& context) {
  State state;
  auto answer = ask_running(context, R"({"do":"status"})");
  if (!answer && answer.error().exit != Exit::unreachable) {
    return std::unexpected(std::move(answer).error());
  }
  if (answer) state.daemon = *std::move(answer);
  auto reader = OutboxReader::open(context.paths.agent_db());
  if (reader) {
    if (auto queue = reader->status()) state.queue = *std::move(queue);
  } else if (reader.error().code != Errc::not_found) {
    state.verdict.note(Health::degraded, reader.error().message);
  }
  Verdict judged = judge(state.daemon, state.queue);
  for (std::string& reason : judged.reasons) {
    state.verdict.note(judged.health, std::move(reason));
  }
  return state;
}

void write_json(const CommandContext& context, const State& state) {
  JsonText json;
  json.begin_object().name("schema").text("agent.status/1");
  json.name("state").text(name_of(state.verdict.health));
  json.name("reasons").begin_list();
  for (const std::string& reason : state.verdict.reasons) json.text(reason);
  json.end_list().name("daemon");
  if (state.daemon) {
    json.raw(state.daemon->json());
  } else {
    json.null();
  }
  json.name("queue");
  if (state.queue) {
    json.begin_object();
    add_queue_members(json, *state.queue);
    json.end_object();
  } else {
    json.null();
  }
  context.console.out << std::move(json.end_object()).take() << '\n';
}

std::string daemon_line(const JsonValue& daemon) {
  std::string line = "running";
  if (const auto version = daemon.text("/version")) line += ", version " + *version;
  if (const auto pid = daemon.integer("/pid")) line += ", pid " + std::to_string(*pid);
  if (const auto up = daemon.number("/uptime_seconds"))
    line += ", up " + format_span(std::llround(*up));
  return line;
}

/// Nothing where no project is watched.
std::optional<std::string> projects_line(const JsonValue& daemon) {
  const auto trees = daemon.list("/projects/trees");
  if (trees.empty()) return std::nullopt;
  std::int64_t directories = 0;
  std::int64_t polled = 0;
  std::size_t unready = 0;
  for (const JsonValue& tree : trees) {
    directories += tree.integer("/directories").value_or(0);
    polled += tree.integer("/polled").value_or(0);
    if (!tree.truth("/ready").value_or(true)) ++unready;
  }
  std::string line = format_count(static_cast<std::int64_t>(trees.size())) + " trees, " +
                     format_count(directories) + " folders";
  if (polled > 0) line += ", " + format_count(polled) + " of them polled";
  if (unready > 0) line += ", " + format_count(static_cast<std::int64_t>(unready)) + " not ready";
  return line;
}

std::string logs_line(const JsonValue& daemon) {
  std::string line = format_count(daemon.integer("/watcher/files").value_or(0)) + " files";
  const std::int64_t behind = daemon.integer("/watcher/bytes_behind").value_or(0);
  if (behind > 0)
    line += ", " + format_bytes(static_cast<std::uint64_t>(behind)) + " still to read";
  return line;
}

void print(const CommandContext& context, const State& state) {
  std::ostream& out = context.console.out;
  const bool fine = state.verdict.health == Health::ok;
  out << context.painted(fine ? "1;32" : "1;33", name_of(state.verdict.health)) << '\n';
  for (const std::string& reason : state.verdict.reasons) {
    out << "  - " << printable(reason) << '\n';
  }
  if (state.daemon) {
    out << "  agent  " << printable(daemon_line(*state.daemon)) << '\n'
        << "  logs   " << logs_line(*state.daemon) << '\n';
    if (const auto line = projects_line(*state.daemon)) out << "  saves  " << *line << '\n';
    if (state.daemon->truth("/paused").value_or(false)) {
      out << "  paused: nothing is recorded (agent resume)\n";
    }
    for (const JsonValue& what : state.daemon->list("/confinement/missing")) {
      out << "  fence  not in force: " << printable(what.text("").value_or("?")) << '\n';
    }
    if (const auto url = state.daemon->text("/hub/url")) {
      out << "  hub    " << printable(*url) << "  (agent open)\n";
    }
  }
  if (!state.queue) return;
  for (const SinkStatus& sink : state.queue->sinks) {
    const Backlog all = backlog_of(sink);
    out << "  queue  " << printable(sink.name.text()) << ": " << state_of(sink) << ", "
        << format_count(static_cast<std::int64_t>(all.pending)) << " waiting, "
        << format_count(static_cast<std::int64_t>(all.delivered)) << " delivered\n";
  }
}

}  // namespace

Outcome run_command(const CommandContext& context, const StatusCommand& command) {
  const auto state = look(context);
  if (!state) return std::unexpected(state.error());
  if (context.wants_json()) {
    write_json(context, *state);
  } else {
    print(context, *state);
  }
  if (!command.check || state->verdict.health == Health::ok) return Exit::done;
  return state->verdict.health == Health::down ? Exit::down : Exit::degraded;
}

}  // namespace vigil::agent
