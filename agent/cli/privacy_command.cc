#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>
#include <utility>

#include "agent/cli/daemon_link.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/own_identity.h"
#include "agent/cli/run_command.h"
#include "agent/config/environment.h"
#include "agent/config/setting_value.h"
#include "agent/context/project_finder.h"
#include "agent/daemon/hub_options.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/heartbeat/heartbeat_maker.h"
#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/hub_store.h"
#include "agent/privacy/admission.h"
#include "agent/privacy/redaction.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"
#include "parser/language.h"

namespace vigil::agent {
namespace {

/// A file is looked at for its language and its lines; of larger ones no lines are told.
constexpr std::size_t kTextMax = 1024 * 1024;

std::vector<SinkConfig> destinations(const CommandContext& context) {
  std::vector<SinkConfig> sinks = context.config().sinks;
  if (wants_embedded_hub(context.config())) {
    sinks.push_back(embedded_sink(context.config(), "http://" + context.config().hub.listen));
  }
  return sinks;
}

HiddenNames hidden_from(const CommandContext& context, const SinkConfig& sink) {
  return hidden_names(context.config().privacy.hide, sink.hide);
}

std::string words_of(const HiddenNames& hidden) {
  std::string words;
  const auto add = [&words](bool is_hidden, std::string_view word) {
    if (!is_hidden) return;
    words.append(words.empty() ? "" : ", ").append(word);
  };
  add(hidden.files, "files");
  add(hidden.branches, "branches");
  add(hidden.projects, "projects");
  return words.empty() ? "nothing" : words;
}

void add_list(JsonText& json, std::string_view name, const std::vector<std::string>& values) {
  json.name(name).begin_list();
  for (const auto& value : values) json.text(value);
  json.end_list();
}

Outcome show_rules(const CommandContext& context) {
  const Config& config = context.config();
  auto book = PauseBook::load(context.platform.files, context.paths.pauses_file());
  if (!book) return failure_of(std::move(book).error());
  const Pause* pause = book->current(context.platform.clock.wall_now());
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.privacy/1");
    json.name("paused").truth(pause != nullptr);
    add_list(json, "exclude", config.privacy.exclude);
    add_list(json, "include", config.privacy.include);
    add_list(json, "hidden_projects", config.projects.hidden);
    json.name("sinks").begin_list();
    for (const auto& sink : destinations(context)) {
      const HiddenNames hidden = hidden_from(context, sink);
      json.begin_object().name("sink").text(sink.name).name("url").text(sink.url);
      json.name("hides_files").truth(hidden.files).name("hides_branches").truth(hidden.branches);
      json.name("hides_projects").truth(hidden.projects).end_object();
    }
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
    return Exit::done;
  }
  std::ostream& out = context.console.out;
  if (pause != nullptr) out << "paused: nothing is recorded\n";
  for (const auto& text : config.privacy.exclude)
    out << "not recorded  " << printable(text) << '\n';
  for (const auto& text : config.privacy.include)
    out << "but recorded  " << printable(text) << '\n';
  for (const auto& name : config.projects.hidden)
    out << "hidden        " << printable(name) << '\n';
  Table table({{"destination"}, {"url"}, {"is not told"}});
  for (const auto& sink : destinations(context)) {
    table.add_row({sink.name, sink.url, words_of(hidden_from(context, sink))});
  }
  out << table.text();
  out << "Prompts, code, commands and tool output are never recorded.\n";
  return Exit::done;
}

/// The event of a save of the file, as it is now, by nobody in particular.
FileEvent save_of(const FileSystem& files, const std::string& path, const FileStat& stat) {
  FileEvent event;
  event.path = path;
  event.stamp = {stat.modified_ns, stat.size, stat.inode};
  event.time = from_unix_ns(stat.modified_ns);
  event.confidence = 0.3;
  event.language = parser::language_of(path);
  if (const auto text = read_file(files, path, kTextMax)) {
    event.language = parser::language_of(path, *text);
    event.lines =
        std::ranges::count(*text, '\n') + (text->empty() || text->ends_with('\n') ? 0 : 1);
  }
  return event;
}

std::expected<ForgetQuery, Failure> forget_query(const CommandContext& context,
                                                 const PrivacyCommand& command) {
  const auto usage = [](std::string message) {
    return std::unexpected(
        Failure{Exit::usage, "usage", std::move(message), "agent privacy forget --help"});
  };
  if (command.where.empty()) return usage("--where: say what is to be forgotten");
  const auto where = where_parameters(command.where);
  if (!where) return std::unexpected(where.error());
  ForgetQuery query;
  for (const auto& [name, value] : *where) {
    const auto dimension = dimension_named(name);
    if (!dimension || is_period(*dimension)) {
      return usage("--where: " + name + " is nothing that heartbeats can be chosen by");
    }
    query.filters.push_back({*dimension, value});
  }
  if (command.before.empty()) return query;
  const auto day = parse_day(command.before);
  if (!day) return usage("--before: " + day.error().message);
  query.before = TimeZone::named(zone_name(context)).value_or(TimeZone{}).start_of(*day);
  return query;
}

Outcome told_forgotten(const CommandContext& context, std::size_t count, bool is_done) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.privacy.forget/1");
    json.name("heartbeats").number(static_cast<std::int64_t>(count)).name("erased").truth(is_done);
    context.console.out << std::move(json.end_object()).take() << '\n';
    return Exit::done;
  }
  context.console.out << format_count(static_cast<std::int64_t>(count)) << " heartbeats "
                      << (is_done ? "were erased" : "would be erased; --yes does it") << '\n';
  return Exit::done;
}

std::string forget_request(const ForgetQuery& query) {
  JsonText json;
  json.begin_object().name("do").text("forget").name("where").begin_list();
  for (const auto& filter : query.filters) {
    json.begin_list().text(name_of(filter.dimension)).text(filter.value).end_list();
  }
  json.end_list();
  if (query.before) json.name("before").text(format_rfc3339(*query.before));
  return std::move(json.end_object()).take();
}

/// The daemon that runs has the store: it is asked, and the store shows when it is done.
Outcome forget_in_daemon(const CommandContext& context, const ForgetQuery& query, HubReader& reader,
                         const Error& busy) {
  constexpr std::chrono::milliseconds kPause{50};
  constexpr std::chrono::minutes kPatience{2};
  const auto before = reader.count(query);
  if (!before) return store_failure(context, before.error());
  const auto asked = ask_running(context, forget_request(query));
  if (!asked) {
    return std::unexpected(Failure{Exit::locked, "locked", busy.message,
                                   "stop the hub that uses it, or ask on `agent run`'s machine"});
  }
  for (std::chrono::milliseconds waited{0}; waited < kPatience; waited += kPause) {
    const auto left = reader.count(query);
    if (!left) return store_failure(context, left.error());
    if (*left == 0) return told_forgotten(context, *before, true);
    std::this_thread::sleep_for(kPause);
  }
  return std::unexpected(Failure{Exit::later, "kept", "the hub has not erased them yet", {}});
}

Outcome forget(const CommandContext& context, const PrivacyCommand& command) {
  if (remote_hub(context.config())) {
    return std::unexpected(Failure{Exit::usage, "usage", "the hub is on another machine",
                                   "the same command on that one"});
  }
  const auto query = forget_query(context, command);
  if (!query) return std::unexpected(query.error());
  const auto reader = HubReader::open(store_path(context));
  if (!reader) return store_failure(context, reader.error());
  if (!command.yes) {
    const auto count = (*reader)->count(*query);
    if (!count) return store_failure(context, count.error());
    return told_forgotten(context, *count, false);
  }
  auto store = HubStore::open(store_path(context), {.human = context.config().time.human_timeout});
  if (!store && store.error().code == Errc::busy) {
    return forget_in_daemon(context, *query, **reader, store.error());
  }
  if (!store) return store_failure(context, store.error());
  const auto count = (*store)->forget(*query);
  if (!count) return store_failure(context, count.error());
  return told_forgotten(context, *count, true);
}

Outcome preview(const CommandContext& context, const std::string& file) {
  const Platform& platform = context.platform;
  const Config& config = context.config();
  const PathBase base(platform.environment.directory, context.paths.home);
  const std::string path = base.absolute(file);
  const auto stat = platform.files.stat(path);
  if (!stat || stat->kind != FileKind::regular) {
    return std::unexpected(
        Failure{Exit::missing, "no_file", printable(path) + ": there is no such file", {}});
  }
  auto rules = PathRules::make(config.privacy.exclude, config.privacy.include);
  if (!rules) return failure_of(std::move(rules).error());
  const auto excluded = rules->excluding(path);
  auto identity = own_identity(context);
  if (!identity) return failure_of(std::move(identity).error());

  ProjectFinder projects(platform.files, context.paths.home, project_rules(config));
  HeartbeatMaker maker(
      {identity->source, identity->machine.text(), "linux",
       zone_of(platform.files, config, platform.environment), context.paths.home},
      [&](std::string_view name) { return identity->session_name(name); }, projects);
  const std::string body = to_json(maker.make(
      save_of(platform.files, path, *stat), platform.clock.wall_now(), platform.clock.mono_now()));
  JsonText json;
  json.begin_object().name("schema").text("agent.privacy.preview/1").name("file").text(path);
  if (excluded) json.name("excluded_by").text(*excluded);
  json.name("sinks").begin_list();
  for (const auto& sink : destinations(context)) {
    Redaction redaction(hidden_from(context, sink), config.projects.hidden,
                        [&](std::string_view name) { return identity->project_name(name); });
    const std::string told = excluded ? std::string() : redaction.apply(body).value_or(body);
    json.begin_object().name("sink").text(sink.name).name("url").text(sink.url);
    json.name("body").text(told).end_object();
    if (context.wants_json()) continue;
    context.console.out << sink.name << "  " << sink.url << '\n'
                        << (excluded ? "nothing: excluded by " + printable(*excluded) : told)
                        << '\n';
  }
  if (context.wants_json()) {
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
  }
  return Exit::done;
}

}  // namespace

Outcome run_command(const CommandContext& context, const PrivacyCommand& command) {
  switch (command.action) {
    case PrivacyCommand::Do::show: return show_rules(context);
    case PrivacyCommand::Do::preview: return preview(context, command.file);
    case PrivacyCommand::Do::forget: return forget(context, command);
  }
  return Exit::failed;
}

}  // namespace vigil::agent
