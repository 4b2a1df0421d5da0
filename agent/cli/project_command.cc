#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>

#include "agent/cli/run_command.h"
#include "agent/cli/setting_edit.h"
#include "agent/config/setting_value.h"
#include "agent/context/project_finder.h"
#include "agent/outbox/outbox_reader.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

/// A folder that is watched, and why.
struct Watched {
  std::string project;  ///< its name; empty where the folder is none
  std::string root;
  std::string branch;
  std::string why;  ///< `configured` or `learnt`
  std::optional<WallTime> used;
  std::optional<WallTime> seen_until;
  bool is_hidden = false;
};

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return std::ranges::find(list, value) != list.end();
}

std::expected<std::vector<StoredTree>, Failure> stored_trees(const CommandContext& context) {
  auto reader = OutboxReader::open(context.paths.agent_db());
  if (!reader && reader.error().code == Errc::not_found) return std::vector<StoredTree>();
  if (!reader) return failure_of(std::move(reader).error());
  auto trees = reader->trees();
  if (!trees) return failure_of(std::move(trees).error());
  return *std::move(trees);
}

std::expected<std::vector<Watched>, Failure> watched(const CommandContext& context) {
  auto trees = stored_trees(context);
  if (!trees) return std::unexpected(trees.error());
  const ProjectsConfig& config = context.config().projects;
  for (const auto& root : config.roots) {
    if (std::ranges::find(*trees, root, &StoredTree::root) == trees->end()) {
      trees->push_back({root, {}, {}});
    }
  }
  ProjectFinder projects(context.platform.files, context.paths.home,
                         project_rules(context.config()));
  const MonoTime now = context.platform.clock.mono_now();
  std::vector<Watched> all;
  for (const auto& tree : *trees) {
    Watched found;
    const auto project = projects.find(tree.root, now);
    if (project) found.project = project->name;
    found.root = tree.root;
    found.branch = projects.branch(tree.root, now);
    found.why = holds(config.roots, tree.root) ? "configured" : "learnt";
    if (tree.used != WallTime{}) found.used = tree.used;
    found.seen_until = tree.seen_until;
    found.is_hidden = holds(config.hidden, found.project);
    all.push_back(std::move(found));
  }
  return all;
}

void add_json(JsonText& json, const Watched& found) {
  json.begin_object().name("project").text(found.project).name("root").text(found.root);
  if (!found.branch.empty()) json.name("branch").text(found.branch);
  json.name("why").text(found.why).name("hidden").truth(found.is_hidden);
  if (found.used) json.name("used").text(format_rfc3339(*found.used));
  if (found.seen_until) json.name("seen_until").text(format_rfc3339(*found.seen_until));
  json.end_object();
}

void print(const CommandContext& context, const std::vector<Watched>& all) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.projects/1").name("items").begin_list();
    for (const auto& found : all) add_json(json, found);
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
    return;
  }
  Table table({{"project"}, {"folder"}, {"branch"}, {"why"}, {"last work"}});
  for (const auto& found : all) {
    table.add_row({found.project + (found.is_hidden ? " (hidden)" : ""), found.root, found.branch,
                   found.why, found.used ? format_rfc3339(*found.used) : ""});
  }
  context.console.out << (table.empty() ? "no project is watched yet: work in one, or `agent "
                                          "project add FOLDER`\n"
                                        : table.text());
}

/// The folder that was typed, as the daemon would name it; nothing where there is none.
std::optional<std::string> folder_of(const CommandContext& context, const std::string& text) {
  const PathBase base(context.platform.environment.directory, context.paths.home);
  auto path = context.platform.files.canonical(base.absolute(text));
  if (!path) return std::nullopt;
  const auto stat = context.platform.files.stat(*path);
  if (!stat || stat->kind != FileKind::directory) return std::nullopt;
  return *std::move(path);
}

/// What goes by the name, or is in the folder.
std::expected<std::vector<Watched>, Failure> find(const CommandContext& context,
                                                  const std::string& subject) {
  auto all = watched(context);
  if (!all) return all;
  const auto folder = folder_of(context, subject);
  std::erase_if(*all, [&](const Watched& found) {
    return found.project != subject && found.root != subject && found.root != folder;
  });
  if (all->empty()) {
    return std::unexpected(Failure{Exit::missing, "no_such_project",
                                   "no project \"" + printable(subject) + "\" is watched",
                                   "agent project list"});
  }
  return all;
}

Outcome done(const CommandContext& context, const std::string& said) {
  reload_running(context);
  if (!context.wants_json()) context.console.err << said << '\n';
  return Exit::done;
}

/// Adds to one list of the configuration, and takes out of another.
Outcome change(const CommandContext& context, const std::string& key, const std::string& value,
               bool adds) {
  const auto changed = edit_list_setting(context, key, [&](std::vector<std::string>& values) {
    if (adds == holds(values, value)) return false;
    if (adds) {
      values.push_back(value);
    } else {
      std::erase(values, value);
    }
    return true;
  });
  if (!changed) return std::unexpected(changed.error());
  return *changed ? Exit::done : Exit::missing;
}

Outcome add(const CommandContext& context, const std::string& subject) {
  const auto folder = folder_of(context, subject);
  if (!folder) {
    return std::unexpected(
        Failure{Exit::missing, "no_folder", printable(subject) + ": there is no such folder", {}});
  }
  if (auto out = change(context, "projects.ignored", *folder, false); !out) return out;
  if (auto in = change(context, "projects.roots", *folder, true); !in) return in;
  return done(context, *folder + " is watched");
}

Outcome remove(const CommandContext& context, const std::string& subject) {
  const auto found = find(context, subject);
  if (!found) return std::unexpected(found.error());
  for (const auto& folder : *found) {
    if (auto out = change(context, "projects.roots", folder.root, false); !out) return out;
    if (auto in = change(context, "projects.ignored", folder.root, true); !in) return in;
  }
  return done(context, printable(subject) + " is not watched any more");
}

Outcome alias(const CommandContext& context, const ProjectCommand& command) {
  const auto changed =
      edit_list_setting(context, "projects.aliases", [&](std::vector<std::string>& values) {
        std::erase_if(values, [&](const std::string& value) {
          const auto known = parse_project_alias(value);
          return known && known->from == command.subject;
        });
        values.push_back(command.subject + "=" + command.name);
        return true;
      });
  if (!changed) return std::unexpected(changed.error());
  return done(context, printable(command.subject) + " goes by " + printable(command.name));
}

Outcome hide(const CommandContext& context, const std::string& name, bool hides) {
  auto changed = change(context, "projects.hidden", name, hides);
  if (!changed) return changed;
  if (!hides && *changed == Exit::missing) {
    return std::unexpected(
        Failure{Exit::missing, "not_hidden", printable(name) + " was not hidden", {}});
  }
  return done(context, printable(name) + (hides ? " is hidden" : " is told again"));
}

}  // namespace

Outcome run_command(const CommandContext& context, const ProjectCommand& command) {
  using Do = ProjectCommand::Do;
  switch (command.action) {
    case Do::list:
    case Do::show: {
      const auto all =
          command.action == Do::list ? watched(context) : find(context, command.subject);
      if (!all) return std::unexpected(all.error());
      print(context, *all);
      return Exit::done;
    }
    case Do::add: return add(context, command.subject);
    case Do::remove: return remove(context, command.subject);
    case Do::alias: return alias(context, command);
    case Do::hide: return hide(context, command.subject, true);
    case Do::unhide: return hide(context, command.subject, false);
  }
  return Exit::failed;
}

}  // namespace vigil::agent
