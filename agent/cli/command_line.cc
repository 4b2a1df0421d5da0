// The one place that knows CLI11. Every command is a leaf of a tree of CLI::App; after parsing, the
// leaf that was chosen says which Command its options were read into.
#include "agent/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "agent/cli/command_help.h"
#include "agent/config/nearest_name.h"

namespace vigil::agent {
namespace {

using Answer = std::variant<Invocation, PlainAnswer, Failure>;

Failure usage_failure(std::string message, std::string hint) {
  return {Exit::usage, "usage", std::move(message), std::move(hint)};
}

/// The tree of commands and what was read by it. Lives for one parse.
class Grammar {
 public:
  Grammar() {
    const CommandHelp& help = help_of("");
    root_.description(std::string(help.summary));
    // One command: `week` behind `agent stats` is a range, not the command of that name.
    root_.require_subcommand(0, 1);
    root_.footer(help_footer(help));
    root_.set_version_flag("--version", "agent " VIGIL_VERSION, "Print the version");
    add_common(root_);
    add_main_commands();
    add_queue_commands();
    add_keys_commands();
    add_hub_commands();
    add_data_commands();
    add_project_commands();
    add_privacy_commands();
    add_config_commands();
    add_correct_commands();
  }

  Answer parse(std::span<const std::string> arguments) {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      root_.parse(reversed);
    } catch (const CLI::CallForHelp&) {
      return PlainAnswer{root_.help()};
    } catch (const CLI::CallForVersion&) {
      return PlainAnswer{"agent " VIGIL_VERSION "\n"};
    } catch (const CLI::ExtrasError&) {
      return unknown_word();
    } catch (const CLI::ParseError& error) {
      return usage_failure(error.what(), help_hint());
    }
    return chosen();
  }

 private:
  CLI::App& add(CLI::App& parent, const std::string& name) {
    const std::string path = parent.get_parent() == nullptr && parent.get_name() == "agent" ? name
                             : parent.get_name() == "token" ? "hub token " + name
                                                            : parent.get_name() + " " + name;
    const CommandHelp& help = help_of(path);
    CLI::App& app = *parent.add_subcommand(name, std::string(help.summary));
    app.footer(help_footer(help));
    add_common(app);
    return app;
  }

  /// A command: what its options were read into, or how they are made into it.
  void leaf(CLI::App& app, std::function<Command()> make) { leaves_[&app] = std::move(make); }

  void add_common(CLI::App& app) {
    app.add_flag_callback(
        "--json", [this] { invocation_.form = OutputForm::json; },
        "Write JSON; errors as one JSON line");
    app.add_option("--config", invocation_.config_file, "Configuration file")->type_name("FILE");
    add_setting(app, "--log-level", "log.level", "LEVEL", "What is logged");
    add_setting(app, "--log-format", "log.format", "FORM", "Form of the log");
    add_setting(app, "--log-file", "log.file", "FILE", "Log to a file");
    app.add_flag_callback(
        "-v,--verbose",
        [this] { invocation_.settings.push_back({"--verbose", "log.level", "debug"}); },
        "The same as --log-level debug");
  }

  void add_setting(CLI::App& app, const char* flag, const char* key, const char* type,
                   const char* what) {
    app.add_option_function<std::string>(
           flag,
           [this, flag, key](const std::string& value) {
             invocation_.settings.push_back({flag, key, value});
           },
           what)
        ->type_name(type);
  }

  void add_listener(CLI::App& app) {
    add_setting(app, "--listen", "hub.listen", "ADDR:PORT", "Where the hub listens");
    add_setting(app, "--store", "hub.store", "PATH", "The hub's database");
    add_setting(app, "--tls-cert", "hub.tls_cert", "FILE", "The hub's certificate chain (PEM)");
    add_setting(app, "--tls-key", "hub.tls_key", "FILE", "The private key of it (PEM)");
  }

  void add_main_commands() {
    CLI::App& init = add(root_, "init");
    text(init, "--source", init_.source, "ID", "Name of this installation");
    text(init, "--endpoint", init_.endpoint, "URL", "Hub on another machine");
    init.add_flag("--force", init_.force, "Make a new key; the old one is kept aside");
    init.add_flag("-y,--yes", init_.yes, "Ask nothing");
    leaf(init, [this] { return init_; });

    CLI::App& run = add(root_, "run");
    run.add_flag("--once", run_.once, "Read what there is, deliver it, exit");
    run.add_flag("--no-hub", run_.no_hub, "Without the embedded hub");
    add_listener(run);
    add_setting(run, "--endpoint", "endpoint", "URL", "Hub on another machine");
    add_setting(run, "--timer", "delivery.timer", "TIME", "How long heartbeats gather");
    add_setting(run, "--capacity", "delivery.capacity", "N", "Heartbeats in a full batch");
    leaf(run, [this] { return run_; });

    CLI::App& serve = add(root_, "serve");
    add_listener(serve);
    leaf(serve, [] { return ServeCommand{}; });

    CLI::App& status = add(root_, "status");
    status.add_flag("--check", status_.check, "Let the exit code tell");
    leaf(status, [this] { return status_; });
    leaf(add(root_, "doctor"), [] { return DoctorCommand{}; });
    leaf(add(root_, "sources"), [] { return SourcesCommand{}; });

    CLI::App& open = add(root_, "open");
    open.add_flag("--print", open_.print, "Only print the link");
    leaf(open, [this] { return open_; });
  }

  CLI::App& queue_leaf(CLI::App& queue, const std::string& name, QueueCommand::Do action) {
    CLI::App& app = add(queue, name);
    leaf(app, [this, action] {
      queue_.action = action;
      return queue_;
    });
    return app;
  }

  void add_queue_commands() {
    using Do = QueueCommand::Do;
    CLI::App& queue = add(root_, "queue");
    queue_leaf(queue, "status", Do::status);
    CLI::App& list = queue_leaf(queue, "list", Do::list);
    list.add_option("--limit", queue_.limit, "Most lines")->check(CLI::Range(1, 100'000));
    queue_leaf(queue, "flush", Do::flush);
    queue_leaf(queue, "retry", Do::retry);
    text(queue_leaf(queue, "export", Do::export_rows), "--out", queue_.out, "FILE",
         "Instead of standard output");
  }

  CLI::App& keys_leaf(CLI::App& keys, const std::string& name, KeysCommand::Do action) {
    CLI::App& app = add(keys, name);
    leaf(app, [this, action] {
      keys_.action = action;
      return keys_;
    });
    return app;
  }

  void add_keys_commands() {
    using Do = KeysCommand::Do;
    CLI::App& keys = add(root_, "keys");
    keys_leaf(keys, "show", Do::show);
    keys_leaf(keys, "public", Do::print_public);
    CLI::App& take_out = keys_leaf(keys, "export", Do::export_key);
    text(take_out, "--out", keys_.file, "FILE", "A new file, or - for standard output")->required();
    CLI::App& take_in = keys_leaf(keys, "import", Do::import_key);
    text(take_in, "FILE", keys_.file, "", "File with the key, or -")->required();
    take_in.add_flag("--force", keys_.force, "In place of the key that is there");
    CLI::App& rotate = keys_leaf(keys, "rotate", Do::rotate);
    rotate.add_flag("--drop", keys_.drop, "Forget the key before");
  }

  CLI::App& hub_leaf(CLI::App& hub, const std::string& name, HubCommand::Do action) {
    CLI::App& app = add(hub, name);
    leaf(app, [this, action] {
      hub_.action = action;
      return hub_;
    });
    return app;
  }

  void add_hub_commands() {
    using Do = HubCommand::Do;
    CLI::App& hub = add(root_, "hub");
    hub_leaf(hub, "sources", Do::sources);
    text(hub_leaf(hub, "allow", Do::allow), "SOURCE:KEY", hub_.subject, "", "Registry line")
        ->required();
    text(hub_leaf(hub, "revoke", Do::revoke), "SOURCE", hub_.subject, "", "Its name")->required();
    for (const auto& [name, action] : {std::pair{"allow-unsigned", Do::allow_unsigned},
                                       std::pair{"refuse-unsigned", Do::refuse_unsigned}}) {
      text(hub_leaf(hub, name, action), "PROGRAM", hub_.subject, "", "timecode")->required();
    }
    CLI::App& token = add(hub, "token");
    CLI::App& token_new = hub_leaf(token, "new", Do::token_new);
    text(token_new, "NAME", hub_.subject, "", "What it is for")->required();
    token_new.add_flag("--write", hub_.write, "It may correct what is stored, too");
    hub_leaf(token, "list", Do::token_list);
    text(hub_leaf(token, "revoke", Do::token_revoke), "TOKEN", hub_.subject, "", "Id or name")
        ->required();
  }

  void add_days(CLI::App& app, DaysAsked& days) {
    text(app, "RANGE", days.range, "", "today, week, last_30_days, 2026-09-01..2026-09-30, ...");
    text(app, "--from", days.from, "DAY", "First day");
    text(app, "--to", days.to, "DAY", "Last day, which is part of it");
    add_setting(app, "--tz", "time.zone", "ZONE", "Time zone in which days begin");
  }

  /// `agent today` and the like.
  void add_summary(const char* range) {
    CLI::App& app = add(root_, range);
    add_setting(app, "--tz", "time.zone", "ZONE", "Time zone in which days begin");
    leaf(app, [range] {
      StatsCommand command;
      command.summary = true;
      command.days.range = range;
      return command;
    });
  }

  static void add_where(CLI::App& app, std::vector<std::string>& where) {
    app.add_option("--where", where, "Only these: project=vigil; again for alternatives and more")
        ->type_name("DIM=VALUE")
        ->expected(1)
        ->take_all();
  }

  void add_database_commands() {
    using Do = DatabaseCommand::Do;
    CLI::App& database = add(root_, "db");
    for (const auto& [name, action] :
         {std::pair{"check", Do::check}, std::pair{"stats", Do::stats},
          std::pair{"rebuild", Do::rebuild}, std::pair{"vacuum", Do::vacuum}}) {
      CLI::App& app = add(database, name);
      add_setting(app, "--store", "hub.store", "PATH", "The hub's database");
      leaf(app, [action] { return DatabaseCommand{action}; });
    }
  }

  void add_data_commands() {
    for (const char* const range : {"today", "week", "month"}) add_summary(range);
    CLI::App& stats = add(root_, "stats");
    add_days(stats, stats_.days);
    text(stats, "--by", stats_.by, "DIM,...",
         "project, language, app, model, actor, machine, source, tool_class, session, branch, "
         "category, entity, os, action, tool, entity_type, day, week, month, weekday, hour");
    add_where(stats, stats_.where);
    text(stats, "--compare", stats_.compare, "WITH", "previous: the range before")
        ->check(CLI::IsMember({"previous"}));
    text(stats, "--preset", stats_.preset, "RULES", "vigil, wakatime or wakapi")
        ->check(CLI::IsMember({"vigil", "wakatime", "wakapi"}));
    text(stats, "--timeout", stats_.timeout, "TIME", "1min to 4h: from when on a gap is a break");
    stats.add_flag("--explain", stats_.explain, "The intervals and heartbeats behind the total");
    leaf(stats, [this] { return stats_; });
    CLI::App& timeline = add(root_, "timeline");
    text(timeline, "DAY", timeline_.day, "", "today, yesterday, 2026-09-01, ...");
    text(timeline, "--by", timeline_.by, "DIM", "What tells lanes apart; default: project");
    add_setting(timeline, "--tz", "time.zone", "ZONE", "Time zone in which days begin");
    leaf(timeline, [this] { return timeline_; });
    CLI::App& sessions = add(root_, "sessions");
    add_days(sessions, sessions_.days);
    add_where(sessions, sessions_.where);
    sessions.add_option("--limit", sessions_.limit, "Most lines")->check(CLI::Range(1, 1'000));
    leaf(sessions, [this] { return sessions_; });
    CLI::App& tail = add(root_, "tail");
    tail.add_option("-n,--lines", tail_.lines, "How many to begin with")
        ->check(CLI::Range(0, 1'000));
    tail.add_flag("--once", tail_.once, "Do not wait for more");
    leaf(tail, [this] { return tail_; });
    leaf(add(root_, "statusline"), [] { return StatuslineCommand{}; });
    add_database_commands();
    CLI::App& take_out = add(root_, "export");
    add_days(take_out, export_.days);
    text(take_out, "--format", export_.format, "FORM", "ndjson, json or csv")
        ->check(CLI::IsMember({"ndjson", "json", "csv"}));
    text(take_out, "--out", export_.out, "FILE", "Instead of standard output");
    leaf(take_out, [this] { return export_; });
    add_heartbeat();
    add_card();
  }

  void add_card() {
    CLI::App& card = add(root_, "card");
    for (const char* const format : {"png", "svg"}) {
      CLI::App& app = add(card, format);
      add_days(app, card_.days);
      text(app, "--template", card_.form, "NAME", "week, year, ai or project")
          ->check(CLI::IsMember({"week", "year", "ai", "project"}));
      text(app, "--theme", card_.theme, "THEME", "light or dark")
          ->check(CLI::IsMember({"light", "dark"}));
      text(app, "--title", card_.title, "TEXT", "At most 64 letters");
      text(app, "--redact", card_.redact, "WHAT",
           "names: of projects and branches; all: every list")
          ->check(CLI::IsMember({"nothing", "names", "all"}));
      app.add_option("--scale", card_.scale, "1 to 4")->check(CLI::Range(1, 4));
      add_where(app, card_.where);
      text(app, "--out", card_.out, "FILE", "Instead of standard output");
      leaf(app, [this, format] {
        card_.format = format;
        return card_;
      });
    }
  }

  void add_heartbeat() {
    CLI::App& app = add(root_, "heartbeat");
    HeartbeatCommand& command = heartbeat_;
    text(app, "--entity,--file", command.entity, "PATH", "What was touched");
    text(app, "--entity-type", command.entity_type, "TYPE", "file, app, domain or url")
        ->check(CLI::IsMember({"file", "app", "domain", "url"}));
    text(app, "--time", command.time, "TIME", "RFC 3339, or seconds since 1970; default: now");
    text(app, "--category", command.category, "C", "coding, debugging, writing docs, ...");
    text(app, "--project", command.project, "P", "Instead of the one found");
    text(app, "--alternate-project", command.alternate_project, "P", "Where none is found");
    text(app, "--language", command.language, "L", "Instead of the one found");
    text(app, "--alternate-language", command.alternate_language, "L", "Where none is found");
    text(app, "--branch,--alternate-branch", command.branch, "B", "Branch");
    text(app, "--plugin", command.plugin, "P", "The editor and its plugin: `vim/9.0 x/1.0`");
    app.add_option("--lineno", command.lineno, "Line of the cursor");
    app.add_option("--cursorpos", command.cursorpos, "Position of the cursor");
    app.add_option("--lines-in-file,--lines", command.lines, "Lines in the file");
    app.add_flag("--write", command.write, "It was saved");
    app.add_flag("--stdin", command.from_stdin, "One heartbeat as JSON per line");
    app.allow_extras();
    leaf(app, [this, &app] {
      heartbeat_.unknown_flags = app.remaining();
      return heartbeat_;
    });
  }

  CLI::App& project_leaf(CLI::App& project, const std::string& name, ProjectCommand::Do action) {
    CLI::App& app = add(project, name);
    leaf(app, [this, action] {
      project_.action = action;
      return project_;
    });
    return app;
  }

  void add_project_commands() {
    using Do = ProjectCommand::Do;
    CLI::App& project = add(root_, "project");
    project_leaf(project, "list", Do::list);
    const auto named = [&](const char* name, Do action, const char* what, const char* meaning) {
      CLI::App& app = project_leaf(project, name, action);
      text(app, what, project_.subject, "", meaning)->required();
      return &app;
    };
    named("show", Do::show, "PROJECT", "A name or a folder");
    named("add", Do::add, "FOLDER", "What is saved below it is seen from now on");
    named("remove", Do::remove, "PROJECT", "A name or a folder; it is not learnt again");
    CLI::App* alias = named("alias", Do::alias, "OLD", "The name that was found");
    text(*alias, "NEW", project_.name, "", "The name it goes by")->required();
    named("hide", Do::hide, "PROJECT", "Its name");
    named("unhide", Do::unhide, "PROJECT", "Its name");
  }

  void add_privacy_commands() {
    using Do = PrivacyCommand::Do;
    CLI::App& privacy = add(root_, "privacy");
    leaf(add(privacy, "show"), [] { return PrivacyCommand{}; });
    CLI::App& preview = add(privacy, "preview");
    text(preview, "FILE", privacy_.file, "", "As if it were saved now")->required();
    leaf(preview, [this] {
      privacy_.action = Do::preview;
      return privacy_;
    });
    CLI::App& forget = add(privacy, "forget");
    add_where(forget, privacy_.where);
    text(forget, "--before", privacy_.before, "DAY", "Only what is older than this day");
    forget.add_flag("-y,--yes", privacy_.yes, "Erase; else only say how many there are");
    add_setting(forget, "--store", "hub.store", "PATH", "The hub's database");
    leaf(forget, [this] {
      privacy_.action = Do::forget;
      return privacy_;
    });
    CLI::App& pause = add(root_, "pause");
    text(pause, "DURATION", pause_.duration, "", "30min, 2h; without one: until resumed");
    leaf(pause, [this] { return pause_; });
    leaf(add(root_, "resume"), [] {
      PauseCommand command;
      command.ends = true;
      return command;
    });
  }

  CLI::App& config_leaf(CLI::App& config, const std::string& name, ConfigCommand::Do action) {
    CLI::App& app = add(config, name);
    leaf(app, [this, action] {
      config_.action = action;
      return config_;
    });
    return app;
  }

  void add_config_commands() {
    using Do = ConfigCommand::Do;
    CLI::App& config = add(root_, "config");
    config_leaf(config, "path", Do::path);
    text(config_leaf(config, "get", Do::get), "KEY", config_.key, "", "Such as hub.listen");
    CLI::App& set = config_leaf(config, "set", Do::set);
    text(set, "KEY", config_.key, "", "Such as delivery.timer")->required();
    text(set, "VALUE", config_.value, "", "Lists: separated by commas")->required();
    config_leaf(config, "validate", Do::validate);
  }

  CLI::App& correct_leaf(CLI::App& correct, const std::string& name, CorrectCommand::Do action) {
    CLI::App& app = add(correct, name);
    add_setting(app, "--store", "hub.store", "PATH", "The hub's database");
    leaf(app, [this, action] {
      correct_.action = action;
      return correct_;
    });
    return app;
  }

  void add_correct_commands() {
    using Do = CorrectCommand::Do;
    CLI::App& correct = add(root_, "correct");
    correct_leaf(correct, "list", Do::list);
    CLI::App& rename = correct_leaf(correct, "rename", Do::rename);
    text(rename, "OLD", correct_.project, "", "The name that is shown")->required();
    text(rename, "NEW", correct_.to, "", "The name that it goes by; may be another project's")
        ->required();
    text(correct_leaf(correct, "hide", Do::hide), "PROJECT", correct_.project, "", "Its name")
        ->required();
    text(correct_leaf(correct, "ignore", Do::ignore), "PROJECT", correct_.project, "", "Its name")
        ->required();
    CLI::App& assign = correct_leaf(correct, "assign", Do::assign);
    text(assign, "PROJECT", correct_.to, "", "Whose time it was")->required();
    text(assign, "--from", correct_.from, "TIME", "2026-09-01T14:00 on your clock, or RFC 3339")
        ->required();
    text(assign, "--until", correct_.until, "TIME", "Likewise; this moment is not in it")
        ->required();
    text(assign, "--only", correct_.project, "PROJECT", "Only what counts for this one now");
    add_setting(assign, "--tz", "time.zone", "ZONE", "Whose clocks show these times");
    correct_leaf(correct, "undo", Do::undo)
        .add_option("ID", correct_.id, "As `agent correct list` says")
        ->required();
  }

  static CLI::Option* text(CLI::App& app, const char* name, std::string& value, const char* type,
                           const char* what) {
    return app.add_option(name, value, what)->type_name(type);
  }

  /// The innermost command that was named.
  [[nodiscard]] const CLI::App& innermost() const {
    const CLI::App* app = &root_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return *app;
  }

  [[nodiscard]] static std::string name_of(const CLI::App& app) {
    std::string name = app.get_name();
    for (const CLI::App* parent = app.get_parent(); parent != nullptr;
         parent = parent->get_parent()) {
      name.insert(0, parent->get_name() + " ");
    }
    return name;
  }

  [[nodiscard]] std::string help_hint() const { return name_of(innermost()) + " --help"; }

  [[nodiscard]] Failure unknown_word() const {
    const CLI::App& app = innermost();
    const std::vector<std::string> words = root_.remaining(true);
    const std::string word = words.empty() ? std::string() : words.front();
    const bool is_flag = word.starts_with('-');
    std::vector<std::string> names;
    if (is_flag) {
      for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      }
    } else {
      for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    const char* kind = is_flag         ? "unknown flag"
                       : views.empty() ? "one word too many:"
                                       : "unknown command";
    return usage_failure(name_of(app) + ": " + kind + " \"" + word + "\"" +
                             suggestion(word.substr(0, word.find('=')), views),
                         help_hint());
  }

  [[nodiscard]] Answer chosen() {
    const CLI::App& app = innermost();
    const auto leaf = leaves_.find(&app);
    if (leaf == leaves_.end()) {
      return usage_failure(name_of(app) + ": which command?", help_hint());
    }
    invocation_.command = leaf->second();
    return std::move(invocation_);
  }

  CLI::App root_{"", "agent"};
  Invocation invocation_;
  std::map<const CLI::App*, std::function<Command()>> leaves_;
  InitCommand init_;
  RunCommand run_;
  StatusCommand status_;
  OpenCommand open_;
  QueueCommand queue_;
  KeysCommand keys_;
  HubCommand hub_;
  StatsCommand stats_;
  TimelineCommand timeline_;
  SessionsCommand sessions_;
  TailCommand tail_;
  ExportCommand export_;
  HeartbeatCommand heartbeat_;
  ProjectCommand project_;
  PrivacyCommand privacy_;
  PauseCommand pause_;
  ConfigCommand config_;
  CorrectCommand correct_;
  CardCommand card_;
};

/// What cannot be said flag by flag.
std::optional<Failure> check_together(const Invocation& invocation) {
  if (const auto* heartbeat = std::get_if<HeartbeatCommand>(&invocation.command)) {
    if (heartbeat->entity.empty() != heartbeat->from_stdin) {
      return usage_failure("agent heartbeat: either --entity or --stdin", "agent heartbeat --help");
    }
  }
  const DaysAsked* days = nullptr;
  if (const auto* stats = std::get_if<StatsCommand>(&invocation.command)) days = &stats->days;
  if (const auto* ai = std::get_if<SessionsCommand>(&invocation.command)) days = &ai->days;
  if (const auto* rows = std::get_if<ExportCommand>(&invocation.command)) days = &rows->days;
  if (const auto* card = std::get_if<CardCommand>(&invocation.command)) days = &card->days;
  if (days != nullptr && !days->range.empty() && !(days->from.empty() && days->to.empty())) {
    return usage_failure("either a RANGE or --from and --to", "agent stats --help");
  }
  return std::nullopt;
}

}  // namespace

Answer parse_command_line(std::span<const std::string> arguments) {
  std::vector<std::string> words(arguments.begin(), arguments.end());
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  auto answer = std::make_unique<Grammar>()->parse(words);
  if (const auto* invocation = std::get_if<Invocation>(&answer)) {
    if (auto failure = check_together(*invocation)) return *std::move(failure);
  }
  return answer;
}

}  // namespace vigil::agent
