#include "tests/parser/editors/trace_formats.h"

#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "base/check.h"
#include "base/text_lines.h"
#include "parser/editor_trace.h"
#include "parser/editors/emacs_auto_saves.h"
#include "parser/editors/geany.h"
#include "parser/editors/gnome_text_editor.h"
#include "parser/editors/gtk_recent.h"
#include "parser/editors/jetbrains.h"
#include "parser/editors/jupyter.h"
#include "parser/editors/kate.h"
#include "parser/editors/lock_link.h"
#include "parser/editors/nano_positions.h"
#include "parser/editors/shada.h"
#include "parser/editors/sublime_session.h"
#include "parser/editors/trace_path.h"
#include "parser/editors/vim_swap.h"
#include "parser/editors/viminfo.h"
#include "parser/editors/vscode_git_log.h"
#include "parser/editors/vscode_history.h"
#include "parser/editors/vscode_storage.h"

namespace vigil::parser::test {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kHome = "/home/ada";

/// A path that comes out is one: absolute, normal, without control characters.
std::string checked(const std::string& path) {
  check(trace_path(path) == path);
  return path;
}

std::string described(const EditorTrace& trace) {
  std::string text = trace.editor.empty() ? "-" : trace.editor;
  text += " " + std::string(name_of(trace.kind)) + " " + checked(trace.path);
  if (trace.lineno) text += ":" + std::to_string(*trace.lineno);
  if (trace.cursorpos) text += ":" + std::to_string(*trace.cursorpos);
  if (trace.pid) text += " pid " + std::to_string(*trace.pid);
  if (trace.time) text += " at " + format_rfc3339(*trace.time);
  return text;
}

Words described(const std::vector<EditorTrace>& traces) {
  Words words;
  for (const auto& trace : traces) words.push_back(described(trace));
  return words;
}

Words described(const std::optional<std::string>& path) {
  if (!path) return {};
  return {checked(*path)};
}

Words vim_swap(std::string_view bytes) {
  const auto head = parse_swap_head(bytes);
  if (!head) return {};
  const bool is_nano = head->program == SwapHead::Program::nano;
  Words words{std::string(is_nano ? "nano" : "vim") + " pid " + std::to_string(head->pid) +
              (head->dirty ? " dirty" : " clean")};
  if (const auto beside = owner_beside(*head, "/home/ada/code")) {
    words.push_back("beside: " + checked(*beside));
  }
  if (const auto owner = owner_elsewhere(*head, "%home%ada%a.py.swp", kHome)) {
    words.push_back("elsewhere: " + checked(*owner));
  }
  return words;
}

Words lock(std::string_view bytes) {
  const auto holder = parse_lock_link(bytes);
  if (!holder) return {};
  return {std::string(holder->is_joe ? "joe" : "emacs") + " pid " + std::to_string(holder->pid)};
}

Words history(std::string_view bytes) {
  const auto parsed = parse_vscode_history(bytes);
  if (!parsed) return {};
  Words words = described(path_of_vscode_uri(parsed->uri));
  for (const auto& entry : parsed->entries) {
    words.push_back(format_rfc3339(entry.time) + " " +
                    std::to_string(static_cast<int>(entry.cause)));
  }
  return words;
}

Words git_log(std::string_view bytes) {
  VscodeGitLog log;
  Words words;
  while (!bytes.empty()) {
    if (const auto file = log.take(take_line(bytes))) words.push_back(*file);
  }
  for (const auto& folder : log.repositories()) words.push_back("in " + checked(folder));
  return words;
}

Words projects(std::string_view bytes) {
  Words words;
  for (const auto& project : parse_jetbrains_projects(bytes, kHome)) {
    words.push_back(checked(project.path) + (project.is_open ? " open" : " closed") + " <" +
                    project.workspace_id + ">");
    if (project.activated) words.back() += " " + format_rfc3339(*project.activated);
  }
  return words;
}

Words server(std::string_view bytes) {
  const auto trace = parse_jupyter_server(bytes);
  if (!trace) return {};
  return {described(*trace)};
}

constexpr auto kFormats = std::to_array<TraceFormat>({
    {"Vim's swap file with a change", "vim/edited.swp", vim_swap},
    {"Vim's swap file after saving", "vim/saved.swp", vim_swap},
    {"Neovim's swap file", "neovim/edited.swp", vim_swap},
    {"nano's lock", "nano/edited.swp", vim_swap},
    {"Vim's viminfo", "vim/viminfo",
     [](std::string_view bytes) { return described(parse_viminfo(bytes, kHome)); }},
    {"Neovim's ShaDa", "neovim/main.shada",
     [](std::string_view bytes) { return described(parse_shada(bytes)); }},
    {"nano's positions", "nano/filepos_history",
     [](std::string_view bytes) { return described(parse_nano_positions(bytes)); }},
    {"Emacs' lock", "emacs/lock", lock},
    {"joe's lock", "joe/lock", lock},
    {"Emacs' list of copies", "emacs/auto-save-list",
     [](std::string_view bytes) { return described(parse_emacs_auto_saves(bytes, kHome)); }},
    {"the desktop's recent files", "gtk/recently-used.xbel",
     [](std::string_view bytes) { return described(parse_gtk_recent(bytes)); }},
    {"GNOME Text Editor's recent files", "gnome-text-editor/recently-used.xbel",
     [](std::string_view bytes) {
       return described(parse_gtk_recent_of(bytes, "gnome-text-editor"));
     }},
    {"GNOME Text Editor's session", "gnome-text-editor/session.gvariant",
     [](std::string_view bytes) { return described(parse_gnome_session(bytes)); }},
    {"Kate's swap file", "kate/edited.kate-swp",
     [](std::string_view bytes) { return is_kate_swap(bytes) ? Words{"kate"} : Words{}; }},
    {"Kate's session", "kate/anonymous.katesession",
     [](std::string_view bytes) { return described(parse_kate_session(bytes)); }},
    {"Geany's files", "geany/geany.conf",
     [](std::string_view bytes) { return described(parse_geany_files(bytes)); }},
    {"VS Code's history", "vscode/entries.json", history},
    {"VS Code's backup", "vscode/backup",
     [](std::string_view bytes) { return described(owner_of_vscode_backup(bytes)); }},
    {"VS Code's workspace", "vscode/workspace.json",
     [](std::string_view bytes) { return described(parse_vscode_workspace(bytes)); }},
    {"VS Code's recent paths", "vscode/recent.json",
     [](std::string_view bytes) { return described(parse_vscode_recent(bytes)); }},
    {"VS Code's visited files", "vscode/visited.json",
     [](std::string_view bytes) { return described(parse_vscode_visited(bytes)); }},
    {"VS Code's tabs", "vscode/tabs.json",
     [](std::string_view bytes) { return described(parse_vscode_tabs(bytes)); }},
    {"VS Code's git log", "vscode/Git.log", git_log},
    {"JetBrains' projects", "jetbrains/recentProjects.xml", projects},
    {"JetBrains' tabs", "jetbrains/workspace.xml",
     [](std::string_view bytes) {
       return described(parse_jetbrains_tabs(bytes, "/home/ada/code/demo", kHome, "pycharm"));
     }},
    {"Sublime Text's session", "sublime/session.json",
     [](std::string_view bytes) { return described(parse_sublime_session(bytes)); }},
    {"Jupyter's server", "jupyter/jpserver.json", server},
});

/// What these two keep of a person's text is left out of a recording; here it is.
std::string typed_text(const TraceFormat& format) {
  if (format.name == "Vim's viminfo") {
    return ":e CANARY\n|2,0,1795289871,,\"CANARY\"\n\"a\tLINE\t0\n\tCANARY-7f3a\n\t> /CANARY\n"
           "|3,0,0,1,1,0,1795289871,\"/CANARY-7f3a\"\n";
  }
  if (format.name == "Neovim's ShaDa") {
    // Type, time, length (16), and a map of a list of lines and a register's name.
    return "\x05\xce\x6b\x01\xf3\x18\x10\x82\xa2rc\x91\xa7/CANARY\xa1n\x22";
  }
  return {};
}

}  // namespace

std::span<const TraceFormat> trace_formats() {
  return kFormats;
}

std::string fixture_of(const TraceFormat& format) {
  std::ifstream file(std::string(VIGIL_FIXTURES) + "/editors/" + std::string(format.fixture),
                     std::ios::binary);
  check(file.is_open());
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return typed_text(format) + std::move(bytes).str();
}

}  // namespace vigil::parser::test
