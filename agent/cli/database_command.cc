#include <ostream>

#include "agent/cli/hub_access.h"
#include "agent/cli/run_command.h"
#include "agent/hub/store/hub_store.h"
#include "agent/hub/store/store_upkeep.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

Outcome show_check(const CommandContext& context) {
  const auto problems = check_store(store_path(context));
  if (!problems) return store_failure(context, problems.error());
  std::ostream& out = context.console.out;
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.db.check/1");
    json.name("problems").begin_list();
    for (const std::string& problem : *problems) json.text(problem);
    out << std::move(json.end_list().end_object()).take() << '\n';
  } else if (problems->empty()) {
    out << "sound: " << printable(store_path(context)) << '\n';
  } else {
    for (const std::string& problem : *problems) out << printable(problem) << '\n';
  }
  return problems->empty() ? Exit::done : Exit::unverified;
}

Outcome show_stats(const CommandContext& context) {
  const auto storage = storage_of(store_path(context));
  if (!storage) return store_failure(context, storage.error());
  std::ostream& out = context.console.out;
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.db.stats/1");
    json.name("file_bytes").number(storage->file_bytes);
    json.name("free_bytes").number(storage->free_bytes);
    for (const auto& [table, rows] : storage->rows) json.name(table).number(rows);
    out << std::move(json.end_object()).take() << '\n';
    return Exit::done;
  }
  Table table({{}, {"", Align::right}});
  table.add_row({"file", format_bytes(static_cast<std::uint64_t>(storage->file_bytes))});
  table.add_row({"of it free", format_bytes(static_cast<std::uint64_t>(storage->free_bytes))});
  for (const auto& [name, rows] : storage->rows) table.add_row({name, format_count(rows)});
  out << table.text();
  return Exit::done;
}

Outcome work_on(const CommandContext& context, DatabaseCommand::Do action) {
  // It would be made where there is none.
  const auto there = storage_of(store_path(context));
  if (!there && there.error().code == Errc::not_found) return store_failure(context, there.error());
  auto store = HubStore::open(store_path(context), {.human = context.config().time.human_timeout});
  if (!store && store.error().code == Errc::busy) {
    return std::unexpected(Failure{Exit::locked, "locked", store.error().message,
                                   "stop `agent run` or `agent serve` first"});
  }
  if (!store) return store_failure(context, store.error());
  const auto done =
      action == DatabaseCommand::Do::rebuild ? (*store)->rebuild() : (*store)->vacuum();
  if (!done) return store_failure(context, done.error());
  return show_stats(context);
}

}  // namespace

Outcome run_command(const CommandContext& context, const DatabaseCommand& command) {
  if (remote_hub(context.config())) {
    return std::unexpected(Failure{Exit::usage, "usage", "the hub is on another machine", {}});
  }
  switch (command.action) {
    case DatabaseCommand::Do::check: return show_check(context);
    case DatabaseCommand::Do::stats: return show_stats(context);
    case DatabaseCommand::Do::rebuild:
    case DatabaseCommand::Do::vacuum: return work_on(context, command.action);
  }
  return Exit::failed;
}

}  // namespace vigil::agent
