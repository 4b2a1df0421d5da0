#include "agent/cli/queue_report.h"

#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"

namespace vigil::agent {
namespace {

std::int64_t number_of(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::string count_of(std::uint64_t value) {
  return format_count(number_of(value));
}

void add_sink(JsonText& json, const SinkStatus& sink) {
  json.begin_object().name("name").text(sink.name.text()).name("state").text(state_of(sink));
  json.name("attempts").number(std::int64_t{sink.note.attempts});
  if (!sink.note.last_error.empty()) json.name("last_error").text(sink.note.last_error);
  if (sink.note.next_try) json.name("next_try").text(format_rfc3339(*sink.note.next_try));
  json.name("batches").number(number_of(sink.batches));
  const Backlog all = backlog_of(sink);
  json.name("pending").number(number_of(all.pending));
  json.name("delivered").number(number_of(all.delivered));
  json.name("quarantined").number(number_of(all.quarantined));
  json.name("evicted").number(number_of(all.evicted));
  json.name("lanes").begin_object();
  for (const Lane lane : kLanes) {
    const Backlog& backlog = sink.lanes.at(static_cast<std::size_t>(lane));
    json.name(lane_name(lane)).begin_object();
    json.name("pending").number(number_of(backlog.pending));
    json.name("delivered").number(number_of(backlog.delivered)).end_object();
  }
  json.end_object().end_object();
}

}  // namespace

Backlog backlog_of(const SinkStatus& sink) {
  Backlog sum;
  for (const Backlog& lane : sink.lanes) {
    sum.pending += lane.pending;
    sum.unsealed += lane.unsealed;
    sum.unsealed_bytes += lane.unsealed_bytes;
    sum.delivered += lane.delivered;
    sum.quarantined += lane.quarantined;
    sum.evicted += lane.evicted;
  }
  return sum;
}

std::string state_of(const SinkStatus& sink) {
  if (sink.note.condition != "ok") return sink.note.condition;
  if (sink.batches != 0) return "sending";
  return backlog_of(sink).pending != 0 ? "pending" : "delivered";
}

void add_queue_members(JsonText& json, const QueueStatus& status) {
  json.name("instance").text(status.instance);
  json.name("files").number(number_of(status.files));
  json.name("bytes").number(number_of(status.bytes));
  if (status.oldest) json.name("oldest").text(format_rfc3339(*status.oldest));
  json.name("counters").begin_object();
  for (std::size_t i = 0; i < kCounters; ++i) {
    json.name(counter_name(static_cast<Counter>(i))).number(number_of(status.counters.at(i)));
  }
  json.end_object().name("sinks").begin_list();
  for (const SinkStatus& sink : status.sinks) add_sink(json, sink);
  json.end_list();
}

std::string queue_table(const QueueStatus& status) {
  Table table({{"sink"},
               {"state"},
               {"pending", Align::right},
               {"delivered", Align::right},
               {"quarantined", Align::right},
               {"evicted", Align::right},
               {"attempts", Align::right},
               {"last error"},
               {"next try"}});
  for (const SinkStatus& sink : status.sinks) {
    const Backlog all = backlog_of(sink);
    table.add_row({sink.name.text(), state_of(sink), count_of(all.pending), count_of(all.delivered),
                   count_of(all.quarantined), count_of(all.evicted),
                   std::to_string(sink.note.attempts), sink.note.last_error,
                   sink.note.next_try ? format_rfc3339(*sink.note.next_try) : std::string()});
  }
  std::string out = table.empty() ? std::string("no destination yet\n") : table.text();
  out += "\n" + count_of(status.files) + " logs, " + format_bytes(status.bytes) + " in use";
  if (status.oldest) out += ", waiting since " + format_rfc3339(*status.oldest);
  return out += '\n';
}

}  // namespace vigil::agent
