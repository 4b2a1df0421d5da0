#include "agent/traces/list_reader.h"

#include <utility>

#include "agent/traces/named_columns.h"
#include "parser/editors/emacs_auto_saves.h"
#include "parser/editors/geany.h"
#include "parser/editors/gnome_text_editor.h"
#include "parser/editors/gtk_recent.h"
#include "parser/editors/jetbrains.h"
#include "parser/editors/jupyter.h"
#include "parser/editors/kate.h"
#include "parser/editors/nano_positions.h"
#include "parser/editors/shada.h"
#include "parser/editors/sublime_session.h"
#include "parser/editors/trace_path.h"
#include "parser/editors/viminfo.h"
#include "parser/editors/vscode_storage.h"

namespace vigil::agent {
namespace {

using parser::EditorTrace;
using Format = TraceFormat;
using Traces = std::vector<EditorTrace>;

constexpr std::size_t kStateMax = 1'048'576;  // bytes of one value of a database
constexpr std::size_t kTabsMax = 1'000;

EditorTrace trace_of(EditorTrace::Kind kind, std::string path) {
  return {.editor = {}, .kind = kind, .path = std::move(path)};
}

/// The tabs of a window of VS Code's; what it keeps of chats and searches lies beside.
Result<Traces> read_vscode_state(const std::string& path) {
  const auto values = VIGIL_TRY(read_column(path, "SELECT value FROM ItemTable WHERE key = ?1",
                                            "memento/workbench.parts.editor", 1, kStateMax));
  return values.empty() ? Traces{} : parser::parse_vscode_tabs(values.front());
}

/// The open files of all windows. Its versions call the column one way or the other.
Result<Traces> read_zed_state(const std::string& path) {
  auto paths = read_column(path, "SELECT buffer_path FROM editors WHERE buffer_path IS NOT NULL",
                           "", kTabsMax, parser::kPathMax);
  if (!paths && paths.error().code == Errc::malformed) {
    paths = read_column(path, "SELECT path FROM editors WHERE path IS NOT NULL", "", kTabsMax,
                        parser::kPathMax);
  }
  const auto rows = VIGIL_TRY(std::move(paths));
  Traces traces;
  for (const auto& row : rows) {
    if (auto file = parser::trace_path(row)) {
      traces.push_back(trace_of(EditorTrace::Kind::open, std::move(*file)));
    }
  }
  return traces;
}

Traces projects_in(std::string_view text, std::string_view home) {
  Traces traces;
  for (auto& project : parser::parse_jetbrains_projects(text, home)) {
    auto trace = trace_of(EditorTrace::Kind::workspace, std::move(project.path));
    trace.time = project.activated;
    traces.push_back(std::move(trace));
  }
  return traces;
}

Traces auto_saves_in(std::string_view text, std::string_view name, std::string_view home) {
  auto traces = parser::parse_emacs_auto_saves(text, home);
  for (auto& trace : traces) trace.pid = parser::pid_of_auto_saves(name);
  return traces;
}

Traces workspace_in(std::string_view text) {
  auto path = parser::parse_vscode_workspace(text);
  if (!path) return {};
  return {trace_of(EditorTrace::Kind::workspace, std::move(*path))};
}

Traces server_in(std::string_view text) {
  auto trace = parser::parse_jupyter_server(text);
  if (!trace) return {};
  return {std::move(*trace)};
}

Traces parse(const TracePlace& place, std::string_view name, std::string_view text,
             std::string_view home) {
  switch (place.format) {
    case Format::viminfo: return parser::parse_viminfo(text, home);
    case Format::shada: return parser::parse_shada(text);
    case Format::gtk_recent: return parser::parse_gtk_recent(text);
    case Format::gnome_recent: return parser::parse_gtk_recent_of(text, place.editor);
    case Format::gnome_session: return parser::parse_gnome_session(text);
    case Format::emacs_auto_saves: return auto_saves_in(text, name, home);
    case Format::nano_positions: return parser::parse_nano_positions(text);
    case Format::kate_session: return parser::parse_kate_session(text);
    case Format::geany_files: return parser::parse_geany_files(text);
    case Format::jetbrains_projects: return projects_in(text, home);
    case Format::jetbrains_tabs:
      return parser::parse_jetbrains_tabs(text, place.subject, home, place.editor);
    case Format::sublime_session: return parser::parse_sublime_session(text);
    case Format::vscode_workspace: return workspace_in(text);
    case Format::jupyter_servers: return server_in(text);
    case Format::swap_files:
    case Format::micro_backups:
    case Format::vscode_backups:
    case Format::kakoune_sessions:
    case Format::vscode_state:
    case Format::zed_state:
    case Format::vscode_git_log: return {};
  }
  return {};
}

}  // namespace

Result<std::vector<EditorTrace>> read_list(const FileSystem& files, const TracePlace& place,
                                           std::string_view name, std::string_view home,
                                           const TraceLimits& limits) {
  const std::string path = join_path(place.directory, name);
  Traces traces;
  if (place.format == Format::vscode_state) {
    traces = VIGIL_TRY(read_vscode_state(path));
  } else if (place.format == Format::zed_state) {
    traces = VIGIL_TRY(read_zed_state(path));
  } else {
    traces = parse(place, name, VIGIL_TRY(read_file(files, path, limits.file_max)), home);
  }
  for (auto& trace : traces) {
    if (trace.editor.empty() || !place.editor.empty()) trace.editor = place.editor;
  }
  return traces;
}

bool has_times(TraceFormat format) {
  return format == Format::viminfo || format == Format::shada || format == Format::gtk_recent ||
         format == Format::gnome_recent;
}

}  // namespace vigil::agent
