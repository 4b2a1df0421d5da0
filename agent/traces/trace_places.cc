#include "agent/traces/trace_places.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/editors/jetbrains.h"
#include "parser/editors/trace_path.h"

namespace vigil::agent {
namespace {

using Format = TraceFormat;

constexpr std::size_t kWindowsMax = 16;  // of one flavour that are followed

constexpr auto kFlavours = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"Code", "vscode"},
    {"Code - Insiders", "vscode"},
    {"Code - OSS", "vscode"},
    {"VSCodium", "vscodium"},
    {"code-server", "code-server"},
});

/// Servers' folders in the home, without the dot.
constexpr auto kServers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {".vscode-server", "vscode"},
    {".vscode-server-insiders", "vscode"},
    {".vscode-remote", "vscode"},
    {".vscodium-server", "vscodium"},
    {".cursor-server", "cursor"},
    {".windsurf-server", "windsurf"},
});

std::string flavour_name(std::string_view folder) {
  for (const auto& [known, editor] : kFlavours) {
    if (folder == known) return std::string(editor);
  }
  std::string name;
  for (const char c : folder) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    name += c == ' ' ? '-' : is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

class Search {
 public:
  Search(const FileSystem& files, const EditorPlaces& home, const TraceLimits& limits)
      : files_(files), home_(home), limits_(limits) {}

  FoundPlaces run() {
    if (home_.home.empty()) return {};
    add_terminal_editors();
    add_desktop_editors();
    add_flavours();
    add_jetbrains();
    for (const auto* parent : {&home_.config_home, &home_.data_home, &home_.state_home}) {
      found_.parents.push_back(*parent);
    }
    return std::move(found_);
  }

 private:
  void add(Format format, std::string_view editor, std::string directory,
           std::string_view file = "", std::string subject = "") {
    if (found_.places.size() >= limits_.places_max) return;
    TracePlace place{format, std::string(editor), std::move(directory), std::string(file),
                     std::move(subject)};
    if (std::ranges::find(found_.places, place) == found_.places.end()) {
      found_.places.push_back(std::move(place));
    }
  }

  void add_terminal_editors() {
    const auto& [home, config, data, state, runtime, processes, user] = home_;
    // Neovim keeps one folder for each NVIM_APPNAME; before 0.8 all was in the data folder.
    add(Format::swap_files, "neovim", state + "/nvim/swap");
    add(Format::swap_files, "neovim", data + "/nvim/swap");
    add(Format::shada, "neovim", state + "/nvim/shada", "main.shada");
    add(Format::shada, "neovim", data + "/nvim/shada", "main.shada");
    for (const auto& name : folders_in(state)) {
      if (!is_directory(state + "/" + name + "/swap")) continue;
      add(Format::swap_files, "neovim", state + "/" + name + "/swap");
      add(Format::shada, "neovim", state + "/" + name + "/shada", "main.shada");
    }
    for (const auto* folder :
         {"/.vim/swap", "/.vim/tmp", "/.cache/vim/swap", "/.local/state/vim/swap", "/tmp"}) {
      if (is_directory(home + folder)) add(Format::swap_files, "vim", home + folder);
    }
    add(Format::viminfo, "vim", home, ".viminfo");
    for (const auto* folder : {"/.emacs.d/auto-save-list", "/.config/emacs/auto-save-list"}) {
      add(Format::emacs_auto_saves, "emacs", home + folder);
    }
    add(Format::nano_positions, "nano", data + "/nano", "filepos_history");
    add(Format::micro_backups, "micro", config + "/micro/backups");
    if (!runtime.empty()) add(Format::kakoune_sessions, "kakoune", runtime + "/kakoune");
    const std::string account(file_name(home));  // nearly always
    add(Format::kakoune_sessions, "kakoune", "/tmp/kakoune-" + account);
  }

  void add_desktop_editors() {
    const auto& config = home_.config_home;
    const auto& data = home_.data_home;
    add(Format::gtk_recent, "", data, "recently-used.xbel");
    const std::string gnome = data + "/org.gnome.TextEditor";
    add(Format::gnome_recent, "gnome-text-editor", gnome, "recently-used.xbel");
    add(Format::gnome_session, "gnome-text-editor", gnome, "session.gvariant");
    add(Format::kate_session, "kate", data + "/kate", "anonymous.katesession");
    add(Format::geany_files, "geany", config + "/geany", "geany.conf");
    for (const auto* folder : {"/sublime-text/Local", "/sublime-text-3/Local"}) {
      add(Format::sublime_session, "sublime-text", config + folder,
          "Auto Save Session.sublime_session");
      add(Format::sublime_session, "sublime-text", config + folder, "Session.sublime_session");
    }
    add(Format::jupyter_servers, "jupyter", data + "/jupyter/runtime");
    for (const auto& channel : folders_in(data + "/zed/db")) {
      if (channel.starts_with("0-")) {
        add(Format::zed_state, "zed", data + "/zed/db/" + channel, "db.sqlite");
      }
    }
  }

  void add_flavours() {
    for (const auto& name : folders_in(home_.config_home)) {
      const std::string data = home_.config_home + "/" + name;
      if (is_flavour(data)) add_flavour(flavour_name(name), data);
    }
    const std::string server = home_.data_home + "/code-server";
    if (is_flavour(server)) add_flavour("code-server", server);
    for (const auto& [folder, editor] : kServers) {
      const std::string data = join_path(home_.home, folder) + "/data";
      if (is_flavour(data)) add_flavour(std::string(editor), data);
    }
  }

  /// By shape, not by name: there are more forks than a list could have.
  [[nodiscard]] bool is_flavour(const std::string& data) const {
    return is_directory(data + "/User/globalStorage") ||
           is_directory(data + "/User/workspaceStorage") || is_directory(data + "/User/History");
  }

  void add_flavour(const std::string& editor, const std::string& data) {
    const std::string user = data + "/User";
    found_.flavours.push_back({editor, data, user});
    found_.parents.push_back(user);
    for (const std::string& backups : {data + "/Backups", user + "/Backups"}) {
      for (const auto& id : folders_in(backups)) {
        for (const auto* scheme : {"/file", "/vscode-remote"}) {
          const std::string folder = backups + "/" + id + scheme;
          if (is_directory(folder)) add(Format::vscode_backups, editor, folder);
        }
        found_.parents.push_back(backups + "/" + id);
      }
      found_.parents.push_back(backups);
    }
    const std::string storage = user + "/workspaceStorage";
    found_.parents.push_back(storage);
    for (const auto& folder : latest_in(storage)) {
      add(Format::vscode_workspace, editor, folder, "workspace.json");
      add(Format::vscode_state, editor, folder, "state.vscdb");
    }
    add(Format::vscode_workspace, editor, data, "coder.json");
    add_git_logs(editor, data + "/logs");
  }

  /// Of the last start: older ones are not written any more.
  void add_git_logs(const std::string& editor, const std::string& logs) {
    const auto starts = folders_in(logs);
    found_.parents.push_back(logs);
    if (starts.empty()) return;
    const std::string last = logs + "/" + *std::ranges::max_element(starts);
    found_.parents.push_back(last);
    for (const auto& name : folders_in(last)) {
      const std::string host =
          name.starts_with("window") ? last + "/" + name + "/exthost" : last + "/" + name;
      if (!name.starts_with("window") && !name.starts_with("exthost")) continue;
      found_.parents.push_back(host);
      if (is_directory(host + "/vscode.git")) {
        add(Format::vscode_git_log, editor, host + "/vscode.git", "Git.log");
      }
    }
  }

  void add_jetbrains() {
    for (const auto* vendor : {"/JetBrains", "/Google"}) {
      const std::string parent = home_.config_home + vendor;
      found_.parents.push_back(parent);
      for (const auto& name : folders_in(parent)) {
        const auto editor = parser::editor_of_jetbrains_folder(name);
        if (!editor.empty()) add_product(editor, parent + "/" + name);
      }
    }
  }

  void add_product(const std::string& editor, const std::string& folder) {
    for (const auto* list : {"recentProjects.xml", "recentSolutions.xml"}) {
      add(Format::jetbrains_projects, editor, folder + "/options", list);
      const auto text = read_file(files_, folder + "/options/" + list, limits_.file_max);
      if (!text) continue;
      for (const auto& project : parser::parse_jetbrains_projects(*text, home_.home)) {
        if (!project.is_open || project.workspace_id.empty()) continue;
        add(Format::jetbrains_tabs, editor, folder + "/workspace", project.workspace_id + ".xml",
            project.path);
      }
    }
  }

  /// The folders that something was made in last: of windows there may be hundreds.
  [[nodiscard]] std::vector<std::string> latest_in(const std::string& directory) const {
    std::vector<std::pair<std::int64_t, std::string>> dated;
    for (const auto& name : folders_in(directory)) {
      const std::string folder = directory + "/" + name;
      if (const auto stat = files_.stat(folder)) dated.emplace_back(-stat->modified_ns, folder);
    }
    std::ranges::sort(dated);
    std::vector<std::string> latest;
    for (auto& [age, folder] : dated) {
      if (latest.size() < kWindowsMax) latest.push_back(std::move(folder));
    }
    return latest;
  }

  [[nodiscard]] bool is_directory(const std::string& path) const {
    const auto stat = files_.stat(path);
    return stat && stat->kind == FileKind::directory;
  }

  [[nodiscard]] std::vector<std::string> folders_in(const std::string& directory) const {
    std::vector<std::string> names;
    const auto entries = files_.list(directory);
    if (!entries) return names;
    for (const auto& entry : *entries) {
      const bool may_be_directory =
          entry.kind == FileKind::directory || entry.kind == FileKind::other;
      if (may_be_directory && names.size() < limits_.entries_max) names.push_back(entry.name);
    }
    std::ranges::sort(names);
    return names;
  }

  const FileSystem& files_;
  const EditorPlaces& home_;
  const TraceLimits& limits_;
  FoundPlaces found_;
};

}  // namespace

std::string_view name_of(TraceFormat format) {
  switch (format) {
    case Format::swap_files: return "swap files";
    case Format::micro_backups:
    case Format::vscode_backups: return "unsaved files";
    case Format::kakoune_sessions: return "sessions";
    case Format::jupyter_servers: return "servers";
    case Format::viminfo:
    case Format::shada: return "marks";
    case Format::gtk_recent:
    case Format::gnome_recent: return "recent files";
    case Format::emacs_auto_saves: return "auto-saved files";
    case Format::nano_positions: return "positions";
    case Format::gnome_session:
    case Format::kate_session:
    case Format::sublime_session: return "session";
    case Format::geany_files:
    case Format::jetbrains_tabs: return "open files";
    case Format::jetbrains_projects: return "projects";
    case Format::vscode_workspace: return "workspaces";
    case Format::vscode_state: return "state";
    case Format::zed_state: return "state";
    case Format::vscode_git_log: return "git log";
  }
  return "";
}

FoundPlaces find_places(const FileSystem& files, const EditorPlaces& home,
                        const TraceLimits& limits) {
  return Search(files, home, limits).run();
}

}  // namespace vigil::agent
