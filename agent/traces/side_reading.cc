#include "agent/traces/side_reading.h"

#include <utility>

#include "parser/editors/kate.h"
#include "parser/editors/lock_link.h"
#include "parser/editors/micro_backup.h"
#include "parser/editors/side_file.h"
#include "parser/editors/trace_path.h"
#include "parser/editors/vim_swap.h"
#include "parser/editors/vscode_storage.h"

namespace vigil::agent {

using parser::SideFile;
using parser::SwapHead;
using Means = SideReading::Means;

std::string SideReader::head_of(const std::string& path, std::size_t size) const {
  const auto file = files_.open(path);
  if (!file) return {};
  std::string head(size, '\0');
  const auto got = (*file)->read_at(0, head);
  head.resize(got ? *got : 0);
  return head;
}

/// By the process, which knows better than the file, where it runs.
void SideReader::name_editor(SideReading& reading, std::string_view usual) const {
  const auto editor = processes_.editor_of(*reading.pid);
  reading.alive = !editor.empty();
  reading.editor = editor.empty() ? usual : editor;
}

std::optional<SideReading> SideReader::swap_beside(const std::string& directory,
                                                   const std::string& path) const {
  const auto stat = files_.stat(path);
  const auto head = parser::parse_swap_head(head_of(path, parser::kSwapHeadSize));
  if (!stat || !head) return std::nullopt;
  auto owner = owner_beside(*head, directory);
  if (!owner) return std::nullopt;
  const bool is_nano = head->program == SwapHead::Program::nano;
  SideReading reading;
  reading.owner = std::move(*owner);
  reading.means = is_nano ? Means::marker : Means::open;
  reading.pid = head->pid;
  reading.dirty = head->dirty;
  reading.modified_ns = stat->modified_ns;
  name_editor(reading, is_nano ? "nano" : "vim");
  return reading;
}

std::optional<SideReading> SideReader::kate_swap(const std::string& directory,
                                                 std::string_view owner,
                                                 const std::string& path) const {
  const auto stat = files_.stat(path);
  if (!stat || !parser::is_kate_swap(head_of(path, parser::kKateHeadSize))) return std::nullopt;
  SideReading reading;
  reading.owner = join_path(directory, owner);
  reading.editor = "kate";
  reading.means = Means::unsaved;
  reading.modified_ns = stat->modified_ns;
  return reading;
}

std::optional<SideReading> SideReader::lock(const std::string& directory, std::string_view owner,
                                            const std::string& path) const {
  const auto stat = files_.stat(path);
  const auto target = files_.link_target(path);
  const auto holder = target ? parser::parse_lock_link(*target) : std::nullopt;
  if (!stat || !holder) return std::nullopt;
  SideReading reading;
  reading.owner = join_path(directory, owner);
  reading.means = Means::unsaved;
  reading.pid = holder->pid;
  reading.modified_ns = stat->modified_ns;
  name_editor(reading, holder->is_joe ? "joe" : "emacs");
  return reading;
}

std::optional<SideReading> SideReader::beside(const std::string& directory,
                                              std::string_view name) const {
  const auto side = parser::side_file(name);
  if (!side) return std::nullopt;
  const std::string path = join_path(directory, name);
  if (side->kind == SideFile::Kind::lock) return lock(directory, side->owner, path);
  const bool is_probe = name.ends_with(".swx");
  if (side->kind != SideFile::Kind::swap || is_probe) return std::nullopt;
  if (side->program == "kate") return kate_swap(directory, side->owner, path);
  return swap_beside(directory, path);
}

std::optional<SideReading> SideReader::swap_elsewhere(const std::string& directory,
                                                      std::string_view name,
                                                      std::string_view editor) const {
  if (!name.contains(".s") || name.ends_with(".swx")) return std::nullopt;
  const std::string path = join_path(directory, name);
  const auto stat = files_.stat(path);
  const auto head = parser::parse_swap_head(head_of(path, parser::kSwapHeadSize));
  if (!stat || !head) return std::nullopt;
  auto owner = owner_elsewhere(*head, name, places_.home);
  if (!owner) return std::nullopt;
  SideReading reading;
  reading.owner = std::move(*owner);
  reading.means = Means::open;
  reading.pid = head->pid;
  reading.dirty = head->dirty;
  reading.modified_ns = stat->modified_ns;
  name_editor(reading, editor);
  return reading;
}

std::optional<SideReading> SideReader::micro_backup(const std::string& directory,
                                                    std::string_view name) const {
  const auto stat = files_.stat(join_path(directory, name));
  auto owner = parser::owner_of_micro_backup(name);
  if (!stat || !owner) return std::nullopt;
  SideReading reading;
  reading.owner = std::move(*owner);
  reading.editor = "micro";
  reading.means = Means::marker;
  reading.modified_ns = stat->modified_ns;
  return reading;
}

std::optional<SideReading> SideReader::vscode_backup(const std::string& directory,
                                                     std::string_view name,
                                                     std::string_view editor) const {
  const std::string path = join_path(directory, name);
  const auto stat = files_.stat(path);
  if (!stat) return std::nullopt;
  auto owner = parser::owner_of_vscode_backup(head_of(path, parser::kVscodeBackupHeadSize));
  if (!owner) return std::nullopt;
  SideReading reading;
  reading.owner = std::move(*owner);
  reading.editor = editor;
  reading.means = Means::copy;
  reading.modified_ns = stat->modified_ns;
  return reading;
}

}  // namespace vigil::agent
