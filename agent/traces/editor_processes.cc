#include "agent/traces/editor_processes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "agent/traces/attribution.h"
#include "parser/editors/jetbrains.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kArgumentsMax = 65'536;  // bytes of a command line that are looked at
constexpr std::size_t kFilesMax = 64;

/// The kernel cuts names at 15 characters.
constexpr auto kNames = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"vim", "vim"},
    {"vi", "vim"},
    {"view", "vim"},
    {"vimdiff", "vim"},
    {"vimx", "vim"},
    {"gvim", "vim"},
    {"vim.basic", "vim"},
    {"vim.tiny", "vim"},
    {"vim.nox", "vim"},
    {"vim.gtk3", "vim"},
    {"nvim", "neovim"},
    {"nvim-qt", "neovim"},
    {"neovide", "neovim"},
    {"emacs", "emacs"},
    {"emacs-nox", "emacs"},
    {"emacs-gtk", "emacs"},
    {"emacs-lucid", "emacs"},
    {"nano", "nano"},
    {"rnano", "nano"},
    {"pico", "nano"},
    {"micro", "micro"},
    {"joe", "joe"},
    {"jmacs", "joe"},
    {"jpico", "joe"},
    {"jstar", "joe"},
    {"rjoe", "joe"},
    {"jed", "jed"},
    {"kak", "kakoune"},
    {"hx", "helix"},
    {"helix", "helix"},
    {"ne", "ne"},
    {"mg", "mg"},
    {"vis", "vis"},
    {"gedit", "gedit"},
    {"gnome-text-edit", "gnome-text-editor"},
    {"gnome-builder", "gnome-builder"},
    {"mousepad", "mousepad"},
    {"pluma", "pluma"},
    {"xed", "xed"},
    {"geany", "geany"},
    {"kate", "kate"},
    {"kwrite", "kwrite"},
    {"code", "vscode"},
    {"code-insiders", "vscode"},
    {"code-oss", "vscode"},
    {"codium", "vscodium"},
    {"cursor", "cursor"},
    {"windsurf", "windsurf"},
    {"zed", "zed"},
    {"zed-editor", "zed"},
    {"sublime_text", "sublime-text"},
    {"idea", "intellijidea"},
    {"pycharm", "pycharm"},
    {"clion", "clion"},
    {"goland", "goland"},
    {"webstorm", "webstorm"},
    {"phpstorm", "phpstorm"},
    {"rubymine", "rubymine"},
    {"rider", "rider"},
    {"rustrover", "rustrover"},
    {"studio", "androidstudio"},
    {"jupyter-lab", "jupyter"},
    {"jupyter-noteboo", "jupyter"},
});

/// What an argument of node names, for the servers of the VS Code family.
constexpr auto kServers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"/code-server", "code-server"},
    {"/.vscode-server", "vscode"},
    {"/.vscodium-server", "vscodium"},
    {"/.cursor-server", "cursor"},
    {"/.windsurf-server", "windsurf"},
});

std::string server_in(const std::vector<std::string_view>& arguments) {
  for (const auto argument : arguments) {
    for (const auto& [mark, editor] : kServers) {
      if (argument.contains(mark)) return std::string(editor);
    }
  }
  return {};
}

std::string jetbrains_in(const std::vector<std::string_view>& arguments) {
  constexpr std::string_view kSelector = "-Didea.paths.selector=";
  for (const auto argument : arguments) {
    if (!argument.starts_with(kSelector)) continue;
    return parser::editor_of_jetbrains_folder(argument.substr(kSelector.size()));
  }
  return {};
}

std::vector<std::string_view> arguments_in(std::string_view command_line) {
  std::vector<std::string_view> arguments;
  while (!command_line.empty()) {
    const auto end = std::min(command_line.find('\0'), command_line.size());
    arguments.push_back(command_line.substr(0, end));
    command_line.remove_prefix(std::min(end + 1, command_line.size()));
  }
  return arguments;
}

std::string_view without_line_end(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

bool needs_arguments(std::string_view name) {
  return name == "node" || name == "java" || name == "MainThread" || name.starts_with("python");
}

/// The beginning of a file of the kernel's, as much as fits.
std::string beginning_of(const FileSystem& files, const std::string& path, std::size_t size) {
  const auto file = files.open(path);
  if (!file) return {};
  std::string text(size, '\0');
  const auto got = (*file)->read_at(0, text);
  text.resize(got ? *got : 0);
  return text;
}

}  // namespace

std::string editor_of_process(std::string_view name,
                              const std::vector<std::string_view>& arguments) {
  for (const auto& [known, editor] : kNames) {
    if (name == known) return std::string(editor);
  }
  if (name == "java") return jetbrains_in(arguments);
  if (name == "node" || name == "MainThread") return server_in(arguments);
  const bool is_jupyter =
      name.starts_with("python") && std::ranges::any_of(arguments, [](std::string_view argument) {
        return file_name(argument).starts_with("jupyter-");
      });
  return is_jupyter ? "jupyter" : "";
}

bool was_given(const EditorProcess& process, std::string_view path) {
  return std::ranges::any_of(process.files, [&](const std::string& file) {
    if (file.starts_with('/')) return normal_path(file) == path;
    if (!process.directory.empty()) return normal_path(join_path(process.directory, file)) == path;
    const std::string end = normal_path(file);  // begins with a slash, so whole names must match
    return path.ends_with(end);
  });
}

std::optional<EditorProcess> EditorProcesses::look_at(const std::string& directory,
                                                      std::int32_t pid) const {
  const auto stat = files_.stat(directory);
  if (!stat || stat->owner != places_.user) return std::nullopt;
  const auto name = beginning_of(files_, join_path(directory, "comm"), kNameMax);
  EditorProcess process;
  process.pid = pid;
  process.editor = editor_of_process(without_line_end(name), {});
  if (process.editor.empty() && !needs_arguments(without_line_end(name))) return std::nullopt;
  const auto line = beginning_of(files_, join_path(directory, "cmdline"), kArgumentsMax);
  const auto arguments = arguments_in(line);
  if (process.editor.empty()) {
    process.editor = editor_of_process(without_line_end(name), arguments);
    if (process.editor.empty()) return std::nullopt;
  }
  for (std::size_t i = 1; i < arguments.size() && process.files.size() < kFilesMax; ++i) {
    const auto argument = arguments[i];
    const bool may_be_file = !argument.empty() && argument[0] != '-' && argument[0] != '+';
    if (may_be_file) process.files.emplace_back(argument);
  }
  process.directory = files_.link_target(join_path(directory, "cwd")).value_or("");
  return process;
}

std::vector<EditorProcess> EditorProcesses::look() const {
  std::vector<EditorProcess> found;
  const auto entries = files_.list(places_.processes);
  if (!entries) return found;
  std::size_t looked_at = 0;
  for (const auto& entry : *entries) {
    std::int32_t pid = 0;
    const char* const end = entry.name.data() + entry.name.size();
    if (std::from_chars(entry.name.data(), end, pid).ptr != end || pid <= 0) continue;
    if (++looked_at > limits_.processes_max) break;
    if (auto process = look_at(join_path(places_.processes, entry.name), pid)) {
      found.push_back(std::move(*process));
    }
  }
  return found;
}

void EditorProcesses::look_again(MonoTime now) {
  auto found = look();
  for (auto& process : found) process.seen = now;
  for (auto& process : running_) {
    const bool still_runs =
        std::ranges::find(found, process.pid, &EditorProcess::pid) != found.end();
    if (!still_runs && now - process.seen < kEvidenceWindow) found.push_back(std::move(process));
  }
  running_ = std::move(found);
  looked_ = now;
}

const std::vector<EditorProcess>& EditorProcesses::running(MonoTime now) {
  if (!looked_ || now - *looked_ >= limits_.processes_fresh) look_again(now);
  return running_;
}

void EditorProcesses::note_change(std::string_view editor, MonoTime now) {
  for (auto& process : running_) {
    if (process.editor == editor) process.seen = now;
  }
  look_again(now);
}

std::string EditorProcesses::editor_of(std::int32_t pid) const {
  const auto process = look_at(join_path(places_.processes, std::to_string(pid)), pid);
  return process ? process->editor : std::string();
}

}  // namespace vigil::agent
