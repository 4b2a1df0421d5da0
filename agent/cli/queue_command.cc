#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/output_file.h"
#include "agent/cli/queue_report.h"
#include "agent/cli/run_command.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

std::expected<OutboxReader, Failure> open_queue(const CommandContext& context) {
  auto reader = OutboxReader::open(context.paths.agent_db());
  if (reader) return *std::move(reader);
  if (reader.error().code == Errc::not_found) {
    return std::unexpected(Failure{Exit::missing, "no_queue",
                                   "there is no queue yet in " + context.paths.state_dir,
                                   "agent run"});
  }
  return failure_of(std::move(reader).error());
}

Outcome print_status(const CommandContext& context) {
  auto reader = open_queue(context);
  if (!reader) return std::unexpected(reader.error());
  const auto status = reader->status();
  if (!status) return failure_of(status.error());
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.queue/1");
    add_queue_members(json, *status);
    context.console.out << std::move(json.end_object()).take() << '\n';
  } else {
    context.console.out << queue_table(*status);
  }
  return Exit::done;
}

std::string_view name_of(ListedEvent::State state) {
  switch (state) {
    case ListedEvent::State::pending: return "pending";
    case ListedEvent::State::sealed: return "sending";
    case ListedEvent::State::quarantined: return "quarantined";
  }
  return {};
}

/// What of a heartbeat is shown in a list: enough to recognise it.
struct Shown {
  std::string action;
  std::string entity;
};

Shown shown(std::string_view body) {
  const auto json = JsonValue::parse(body);
  if (!json) return {};
  return {json->text("/action").value_or(""), json->text("/entity").value_or("")};
}

Outcome list(const CommandContext& context, std::size_t limit) {
  auto reader = open_queue(context);
  if (!reader) return std::unexpected(reader.error());
  const auto status = reader->status();
  if (!status) return failure_of(status.error());
  Table table({{"sink"}, {"lane"}, {"state"}, {"since"}, {"why"}, {"action"}, {"entity"}});
  std::size_t left = limit;
  const auto take = [&](const ListedEvent& event) {
    if (left == 0) return;
    --left;
    if (context.wants_json()) {
      JsonText json;
      json.begin_object().name("sink").text(event.sink.text());
      json.name("lane").text(lane_name(event.lane)).name("state").text(name_of(event.state));
      json.name("since").text(format_rfc3339(event.since));
      if (!event.code.empty()) json.name("code").text(event.code);
      json.name("heartbeat").raw(event.body);
      context.console.out << std::move(json.end_object()).take() << '\n';
      return;
    }
    Shown what = shown(event.body);
    table.add_row({event.sink.text(), std::string(lane_name(event.lane)),
                   std::string(name_of(event.state)), format_rfc3339(event.since),
                   std::string(event.code), std::move(what.action), std::move(what.entity)});
  };
  if (auto done = reader->list_quarantined(limit, take); !done) return failure_of(done.error());
  for (const SinkStatus& sink : status->sinks) {
    if (auto done = reader->list(sink.name, left, take); !done) return failure_of(done.error());
  }
  if (!context.wants_json()) {
    context.console.out << (table.empty() ? "nothing is waiting\n" : table.text());
  }
  return Exit::done;
}

/// Without a daemon there is nobody who could send: `agent run --once` is that.
Outcome flush(const CommandContext& context) {
  const auto answer = ask_running(context, R"({"do":"catch_up"})");
  if (!answer && answer.error().exit == Exit::unreachable) {
    return run_command(context, RunCommand{.once = true, .no_hub = false});
  }
  if (!answer) return std::unexpected(answer.error());
  const std::int64_t waiting = answer->integer("/pending").value_or(0);
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.queue.flush/1");
    json.name("pending").number(waiting);
    context.console.out << std::move(json.end_object()).take() << '\n';
  }
  if (waiting == 0) {
    if (!context.wants_json()) context.console.out << "everything is sent\n";
    return Exit::done;
  }
  return std::unexpected(
      Failure{Exit::later, "kept",
              format_count(waiting) + " heartbeats are kept, since a destination is away",
              "agent queue status"});
}

Outcome retry(const CommandContext& context) {
  const auto answer = ask_running(context, R"({"do":"retry"})");
  if (!answer) return std::unexpected(answer.error());
  const std::int64_t count = answer->integer("/retried").value_or(0);
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.queue.retry/1").name("retried").number(count);
    context.console.out << std::move(json.end_object()).take() << '\n';
  } else {
    context.console.out << format_count(count) << " heartbeats are queued again\n";
  }
  return Exit::done;
}

Outcome export_rows(const CommandContext& context, const std::string& path) {
  auto reader = open_queue(context);
  if (!reader) return std::unexpected(reader.error());
  return with_output(context.console.out, path, [&](std::ostream& out) -> Outcome {
    const auto done = reader->each_body([&](std::string_view body) { out << body << '\n'; });
    if (!done) return failure_of(done.error());
    return Exit::done;
  });
}

}  // namespace

Outcome run_command(const CommandContext& context, const QueueCommand& command) {
  switch (command.action) {
    case QueueCommand::Do::status: return print_status(context);
    case QueueCommand::Do::list: return list(context, command.limit);
    case QueueCommand::Do::flush: return flush(context);
    case QueueCommand::Do::retry: return retry(context);
    case QueueCommand::Do::export_rows: return export_rows(context, command.out);
  }
  return Exit::failed;
}

}  // namespace vigil::agent
