#include <chrono>
#include <ostream>
#include <thread>

#include "agent/cli/hub_access.h"
#include "agent/cli/run_command.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/terminal/printable.h"

namespace vigil::agent {
namespace {

/// How often the store is asked for more: one look at the end of an index.
constexpr std::chrono::milliseconds kPause{250};

std::string line_of(const Heartbeat& heartbeat, const TimeZone& zone) {
  const auto local = zone.local_time(heartbeat.time).time_since_epoch();
  std::string line = format_rfc3339(WallTime{local}).substr(0, 19).replace(10, 1, " ");
  line += std::string("  ") + std::string(parser::name_of(heartbeat.actor)) + " " +
          std::string(parser::name_of(heartbeat.action));
  for (const std::string* text :
       {&heartbeat.app, &heartbeat.project, &heartbeat.entity, &heartbeat.model}) {
    if (!text->empty()) line += "  " + printable(*text);
  }
  return line;
}

}  // namespace

Outcome run_command(const CommandContext& context, const TailCommand& command) {
  if (remote_hub(context.config())) {
    return std::unexpected(Failure{Exit::usage, "usage",
                                   "agent tail reads the store of this machine, which has none",
                                   "agent export today"});
  }
  const auto zone = TimeZone::named(zone_name(context)).value_or(TimeZone{});
  const auto reader = HubReader::open(store_path(context));
  if (!reader) return store_failure(context, reader.error());
  const auto newest = (*reader)->revision();
  if (!newest) return store_failure(context, newest.error());
  std::ostream& out = context.console.out;
  std::int64_t seq = std::max<std::int64_t>(*newest - static_cast<std::int64_t>(command.lines), 0);
  // Whoever closes the pipe ends it.
  while (out.good()) {
    const auto more = (*reader)->stored_after(seq, kExportPageMax);
    if (!more) return store_failure(context, more.error());
    for (const auto& row : *more) {
      out << (context.wants_json() ? to_json(row.heartbeat) : line_of(row.heartbeat, zone)) << '\n';
      seq = row.seq;
    }
    out << std::flush;
    if (!more->empty()) continue;
    if (command.once) return Exit::done;
    std::this_thread::sleep_for(kPause);
  }
  return Exit::done;
}

}  // namespace vigil::agent
