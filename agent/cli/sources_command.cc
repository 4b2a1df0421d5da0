#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/run_command.h"
#include "agent/config/log_roots.h"
#include "agent/saves/save_judge.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"
#include "parser/log_parser.h"

namespace vigil::agent {
namespace {

/// What lies below a root, counted on the spot: works before the first run too.
struct Found {
  std::string app;
  std::string root;
  std::string state = "watched";  ///< `watched`, `not there yet`, or why it cannot be read
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::int64_t newest_ns = 0;
};

/// Deeper than any log lies, and an end for trees that contain themselves.
constexpr int kDepthMax = 16;

void count_logs(const FileSystem& files, parser::Format format, const std::string& relative,
                int depth, Found& found) {
  const std::string folder = relative.empty() ? found.root : join_path(found.root, relative);
  const auto entries = files.list(folder);
  if (!entries) {
    if (relative.empty()) {
      const bool absent = entries.error().code == Errc::not_found;
      found.state = absent ? "not there yet" : entries.error().message;
    }
    return;
  }
  for (const DirectoryEntry& entry : *entries) {
    const std::string name = relative.empty() ? entry.name : join_path(relative, entry.name);
    if (entry.kind == FileKind::directory) {
      if (depth < kDepthMax && parser::may_hold_session_logs(format, name)) {
        count_logs(files, format, name, depth + 1, found);
      }
    } else if (parser::is_session_log(format, name)) {
      const auto stat = files.stat(join_path(found.root, name));
      if (!stat) continue;
      found.files += 1;
      found.bytes += stat->size;
      found.newest_ns = std::max(found.newest_ns, stat->modified_ns);
    }
  }
}

std::vector<Found> find_all(const CommandContext& context) {
  std::vector<Found> all;
  const FileSystem& files = context.platform.files;
  const auto look = [&](parser::Format format, const std::vector<std::string>& roots) {
    for (const std::string& root : roots) {
      Found found;
      found.app = parser::app_name(format);
      found.root = root;
      // A root may be a link; below it links are not followed.
      if (auto canonical = files.canonical(root)) found.root = *std::move(canonical);
      count_logs(files, format, {}, 0, found);
      found.root = root;
      all.push_back(std::move(found));
    }
  };
  const Environment& environment = context.platform.environment;
  look(parser::Format::claude_code, claude_roots(context.config(), environment, context.paths));
  look(parser::Format::codex, codex_roots(context.config(), environment, context.paths));
  return all;
}

std::string time_of(std::int64_t ns) {
  return ns == 0 ? std::string("never") : format_rfc3339(from_unix_ns(ns));
}

/// Folders with saves, editors' places, and what writes were taken for.
void print_projects(const CommandContext& context, const JsonValue& daemon) {
  std::ostream& out = context.console.out;
  Table trees({{"project tree"}, {"folders", Align::right}, {"polled", Align::right}, {"state"}});
  for (const JsonValue& tree : daemon.list("/projects/trees")) {
    const std::string trouble = tree.text("/trouble").value_or("");
    const bool is_ready = tree.truth("/ready").value_or(false);
    trees.add_row({tree.text("/root").value_or(""),
                   format_count(tree.integer("/directories").value_or(0)),
                   format_count(tree.integer("/polled").value_or(0)),
                   !trouble.empty() ? trouble
                   : is_ready       ? "watched"
                                    : "being looked at"});
  }
  if (!trees.empty()) out << '\n' << trees.text();
  Table places({{"editor"}, {"trace"}, {"place"}, {"last"}, {"seen", Align::right}, {"why not"}});
  for (const JsonValue& place : daemon.list("/projects/places")) {
    places.add_row({place.text("/editor").value_or(""), place.text("/format").value_or(""),
                    place.text("/path").value_or(""), place.text("/last").value_or("never"),
                    format_count(place.integer("/traces").value_or(0)),
                    place.text("/why_not").value_or("")});
  }
  if (!places.empty()) out << '\n' << places.text();
  Table writes({{"writes taken for"}, {"", Align::right}});
  for (std::size_t i = 0; i < kWriteReasons; ++i) {
    const std::string name(name_of(static_cast<WriteReason>(i)));
    const auto count = daemon.integer("/projects/writes/" + name).value_or(0);
    if (count > 0) writes.add_row({name, format_count(count)});
  }
  if (!writes.empty()) out << '\n' << writes.text();
}

}  // namespace

Outcome run_command(const CommandContext& context, const SourcesCommand&) {
  const std::vector<Found> all = find_all(context);
  const auto daemon = ask_running(context, R"({"do":"status"})");
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.sources/1").name("items").begin_list();
    for (const Found& found : all) {
      json.begin_object().name("app").text(found.app).name("root").text(found.root);
      json.name("state").text(found.state);
      json.name("files").number(static_cast<std::int64_t>(found.files));
      json.name("size_bytes").number(static_cast<std::int64_t>(found.bytes));
      if (found.newest_ns != 0) json.name("newest").text(time_of(found.newest_ns));
      json.end_object();
    }
    json.end_list();
    if (const auto projects = daemon ? daemon->child("/projects") : std::nullopt) {
      json.name("projects").raw(projects->json());
    }
    context.console.out << std::move(json.end_object()).take() << '\n';
    return Exit::done;
  }
  Table table(
      {{"app"}, {"folder"}, {"state"}, {"logs", Align::right}, {"size", Align::right}, {"newest"}});
  for (const Found& found : all) {
    table.add_row({found.app, found.root, found.state,
                   format_count(static_cast<std::int64_t>(found.files)), format_bytes(found.bytes),
                   time_of(found.newest_ns)});
  }
  context.console.out << (table.empty() ? "every source is switched off\n" : table.text());
  if (daemon) {
    print_projects(context, *daemon);
  } else {
    context.console.err << "editors and projects are seen by a running agent only: agent run\n";
  }
  return Exit::done;
}

}  // namespace vigil::agent
