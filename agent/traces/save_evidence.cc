#include "agent/traces/save_evidence.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/file_system.h"

namespace vigil::agent {
namespace {

/// Editors that write alike, by the name that side_file() gives their way.
struct Family {
  std::string_view way;
  std::array<std::string_view, 12> editors;
};

constexpr auto kFamilies = std::to_array<Family>({
    {"vim", {"vim", "neovim"}},
    {"gio", {"gedit", "mousepad", "gnome-text-editor", "geany", "pluma", "xed", "gnome-builder"}},
    {"jetbrains",
     {"intellijidea", "pycharm", "clion", "goland", "webstorm", "phpstorm", "rubymine", "rider",
      "rustrover", "androidstudio", "datagrip", "dataspell"}},
    {"vscode", {"vscode", "vscodium", "cursor", "windsurf", "code-server"}},
});

/// How much it says of an editor that it runs: less, the more its saves leave other facts.
enum class Silence : std::uint8_t {
  usual,     ///< it leaves none
  possible,  ///< it leaves some unless that is switched off, which many do
  unlikely,  ///< the same, and while it has a file open it shows that too
  never,     ///< it always leaves some
};

Silence silence_of(std::string_view editor) {
  constexpr auto kNever = std::to_array<std::string_view>(
      {"joe", "jed", "kate", "kwrite", "gedit", "mousepad", "gnome-text-editor", "geany", "pluma",
       "xed", "gnome-builder", "jupyter"});
  if (editor == "vim" || editor == "neovim") return Silence::unlikely;
  if (editor == "emacs") return Silence::possible;
  return std::ranges::find(kNever, editor) != kNever.end() ? Silence::never : Silence::usual;
}

const Family* family_of(std::string_view way) {
  const auto* const found = std::ranges::find(kFamilies, way, &Family::way);
  return found == kFamilies.end() ? nullptr : found;
}

void add(std::vector<Evidence>& evidence, How how, const EditorProcess& process) {
  evidence.push_back({how, process.editor, process.pid, milliseconds{0}});
}

void add_family(const Family& family, std::span<const EditorProcess> running,
                std::vector<Evidence>& evidence) {
  for (const auto& process : running) {
    if (std::ranges::find(family.editors, process.editor) != family.editors.end()) {
      add(evidence, How::save_pattern, process);
    }
  }
}

/// The root says nothing: everything lies there.
bool lies_in(std::string_view path, std::string_view folder) {
  return folder != "/" && is_at_or_below(path, folder);
}

/// It works in the project, or was started on a folder that the file lies in.
bool works_there(const EditorProcess& process, const Save& save) {
  if (lies_in(process.directory, save.project_folder)) return true;
  return std::ranges::any_of(process.files, [&](const std::string& file) {
    if (!file.starts_with('/') && process.directory.empty()) return false;
    const auto folder =
        normal_path(file.starts_with('/') ? file : join_path(process.directory, file));
    return lies_in(save.path, folder);
  });
}

}  // namespace

void pattern_evidence(const Save& save, std::span<const EditorProcess> running,
                      std::vector<Evidence>& evidence) {
  for (const auto& side : save.beside) {
    const bool says_who = side.by == parser::SideFile::By::editor && !side.program.empty();
    if (!says_who || side.surety == parser::SideFile::Surety::guess) continue;
    if (const Family* family = family_of(side.program)) {
      add_family(*family, running, evidence);
    } else {
      evidence.push_back({How::save_pattern, std::string(side.program), {}, milliseconds{0}});
    }
  }
}

void process_evidence(const Save& save, std::span<const EditorProcess> running,
                      std::vector<Evidence>& evidence) {
  std::vector<const EditorProcess*> silent;
  for (const auto& process : running) {
    const Silence silence = silence_of(process.editor);
    if (silence == Silence::never) continue;
    if (was_given(process, save.path)) {
      add(evidence, How::open_file, process);
    } else if (silence != Silence::unlikely && works_there(process, save)) {
      add(evidence, How::process, process);
    } else if (silence == Silence::usual) {
      silent.push_back(&process);
    }
  }
  const bool is_one = std::ranges::all_of(silent, [&](const EditorProcess* process) {
    return process->editor == silent.front()->editor;
  });
  if (!is_one) return;
  for (const auto* process : silent) add(evidence, How::only_editor, *process);
}

}  // namespace vigil::agent
