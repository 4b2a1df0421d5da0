#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

#include "agent/cli/daemon_link.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/run_command.h"
#include "agent/hub/correction_request.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/hub_store.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

/// How long the hub that has the store may take, and how often the store is looked into meanwhile.
constexpr std::chrono::minutes kPatience{2};
constexpr std::chrono::milliseconds kPause{20};

Failure usage(std::string message) {
  return {Exit::usage, "usage", std::move(message), "agent correct --help"};
}

/// `2026-09-01 14:00` (or with a T) on a clock of this zone, or RFC 3339.
std::optional<WallTime> moment_in(std::string_view text, const TimeZone& zone) {
  if (const auto exact = parse_rfc3339(text)) return exact;
  const auto as_utc = parse_rfc3339(std::string(text) + ":00Z");
  if (!as_utc) return std::nullopt;
  return zone.time_of(std::chrono::local_seconds{
      std::chrono::floor<std::chrono::seconds>(as_utc->time_since_epoch())});
}

std::expected<Correction, Failure> correction_asked(const CommandContext& context,
                                                    const CorrectCommand& command) {
  using Do = CorrectCommand::Do;
  Correction correction;
  correction.project = command.project;
  correction.to = command.to;
  correction.kind = command.action == Do::rename   ? CorrectionKind::rename
                    : command.action == Do::hide   ? CorrectionKind::hide
                    : command.action == Do::ignore ? CorrectionKind::ignore
                                                   : CorrectionKind::assign;
  if (command.action != Do::assign) return correction;
  const TimeZone zone = TimeZone::named(zone_name(context)).value_or(TimeZone{});
  correction.from = moment_in(command.from, zone);
  if (!correction.from) return std::unexpected(usage("--from: no time as 2026-09-01T14:00"));
  correction.until = moment_in(command.until, zone);
  if (!correction.until) return std::unexpected(usage("--until: no time as 2026-09-01T14:00"));
  return correction;
}

std::string_view or_any(std::string_view project) {
  return project.empty() ? "any" : project;
}

std::string sentence_of(const Correction& correction) {
  const auto quoted = [](std::string_view name) { return printable(std::string(name)); };
  switch (correction.kind) {
    case CorrectionKind::rename:
      return quoted(correction.project) + " goes by " + quoted(correction.to);
    case CorrectionKind::hide: return quoted(correction.project) + " is told as hidden";
    case CorrectionKind::ignore: return quoted(correction.project) + " counts nowhere";
    case CorrectionKind::assign: break;
  }
  return quoted(or_any(correction.project)) + " from " + format_rfc3339(*correction.from) +
         " until " + format_rfc3339(*correction.until) + " is " + quoted(correction.to);
}

Outcome told_made(const CommandContext& context, const Correction& correction) {
  std::ostream& out = context.console.out;
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.correct/1").name("made");
    write_correction(json, correction);
    out << std::move(json.end_object()).take() << '\n';
    return Exit::done;
  }
  out << sentence_of(correction) << "; agent correct undo " << correction.id << '\n';
  return Exit::done;
}

Outcome told_undone(const CommandContext& context, std::int64_t id) {
  std::ostream& out = context.console.out;
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.correct/1").name("undone").number(id);
    out << std::move(json.end_object()).take() << '\n';
    return Exit::done;
  }
  out << "undone\n";
  return Exit::done;
}

Outcome show(const CommandContext& context, const std::vector<Correction>& in_force) {
  std::ostream& out = context.console.out;
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.corrections/1").name("items").begin_list();
    for (const auto& correction : in_force) write_correction(json, correction);
    out << std::move(json.end_list().end_object()).take() << '\n';
    return Exit::done;
  }
  Table table({{"id", Align::right}, {"correction"}, {"made"}});
  for (const auto& correction : in_force) {
    table.add_row({std::to_string(correction.id), sentence_of(correction),
                   format_rfc3339(correction.made_at)});
  }
  out << (table.empty() ? "nothing is corrected: agent correct rename OLD NEW\n" : table.text());
  return Exit::done;
}

/// Asks the daemon that has the store, and looks into the store until `is_done`.
template <class IsDone>
Outcome have_done(const CommandContext& context, HubReader& reader, const std::string& request,
                  const Error& busy, IsDone is_done) {
  if (!ask_running(context, request)) {
    return std::unexpected(Failure{Exit::locked, "locked", busy.message,
                                   "stop the hub that uses it, or ask on `agent run`'s machine"});
  }
  for (std::chrono::milliseconds waited{0}; waited < kPatience; waited += kPause) {
    const auto in_force = reader.corrections();
    if (!in_force) return store_failure(context, in_force.error());
    if (const auto outcome = is_done(*in_force)) return *outcome;
    std::this_thread::sleep_for(kPause);
  }
  return std::unexpected(Failure{Exit::later, "kept", "the hub has not done it yet", {}});
}

Outcome make_in_daemon(const CommandContext& context, HubReader& reader,
                       const Correction& correction, std::int64_t newest, const Error& busy) {
  JsonText json;
  json.begin_object().name("do").text("correct").name("correction");
  write_correction(json, correction);
  return have_done(context, reader, std::move(json.end_object()).take(), busy,
                   [&](const std::vector<Correction>& in_force) -> std::optional<Outcome> {
                     if (in_force.empty() || in_force.front().id <= newest) return std::nullopt;
                     return told_made(context, in_force.front());
                   });
}

Outcome undo_in_daemon(const CommandContext& context, HubReader& reader, std::int64_t id,
                       const Error& busy) {
  JsonText json;
  json.begin_object().name("do").text("correct").name("undo").number(id);
  return have_done(context, reader, std::move(json.end_object()).take(), busy,
                   [&](const std::vector<Correction>& in_force) -> std::optional<Outcome> {
                     if (std::ranges::find(in_force, id, &Correction::id) != in_force.end()) {
                       return std::nullopt;
                     }
                     return told_undone(context, id);
                   });
}

Result<std::unique_ptr<HubStore>> open_store(const CommandContext& context) {
  return HubStore::open(store_path(context), {.human = context.config().time.human_timeout});
}

Outcome undo(const CommandContext& context, HubReader& reader,
             const std::vector<Correction>& in_force, std::int64_t id) {
  if (std::ranges::find(in_force, id, &Correction::id) == in_force.end()) {
    return std::unexpected(Failure{Exit::missing, "not_found",
                                   "there is no correction " + std::to_string(id),
                                   "agent correct list"});
  }
  auto store = open_store(context);
  if (!store && store.error().code == Errc::busy) {
    return undo_in_daemon(context, reader, id, store.error());
  }
  if (!store) return store_failure(context, store.error());
  if (const auto undone = (*store)->undo_correction(id); !undone) {
    return failure_of(undone.error(), "agent correct list");
  }
  return told_undone(context, id);
}

Outcome make(const CommandContext& context, HubReader& reader,
             const std::vector<Correction>& in_force, const CorrectCommand& command) {
  const auto correction = correction_asked(context, command);
  if (!correction) return std::unexpected(correction.error());
  if (const auto checked = check_correction(*correction, in_force); !checked) {
    return std::unexpected(usage(checked.error().message));
  }
  auto store = open_store(context);
  if (!store && store.error().code == Errc::busy) {
    const std::int64_t newest = in_force.empty() ? 0 : in_force.front().id;
    return make_in_daemon(context, reader, *correction, newest, store.error());
  }
  if (!store) return store_failure(context, store.error());
  const auto made = (*store)->correct(*correction, context.platform.clock.wall_now());
  if (!made) return failure_of(made.error());
  return told_made(context, *made);
}

}  // namespace

Outcome run_command(const CommandContext& context, const CorrectCommand& command) {
  if (remote_hub(context.config())) {
    return std::unexpected(Failure{Exit::usage, "usage", "the hub is on another machine",
                                   "the same command on that one"});
  }
  const auto reader = HubReader::open(store_path(context));
  if (!reader) return store_failure(context, reader.error());
  const auto in_force = (*reader)->corrections();
  if (!in_force) return store_failure(context, in_force.error());
  switch (command.action) {
    case CorrectCommand::Do::list: return show(context, *in_force);
    case CorrectCommand::Do::undo: return undo(context, **reader, *in_force, command.id);
    default: return make(context, **reader, *in_force, command);
  }
}

}  // namespace vigil::agent
