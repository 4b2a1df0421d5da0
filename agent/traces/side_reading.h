#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/traces/editor_places.h"
#include "agent/traces/editor_processes.h"
#include "base/file_system.h"

namespace vigil::agent {

/// A file that exists because an editor has another one open, as it is now.
struct SideReading {
  enum class Means : std::uint8_t {
    open,     ///< lives while the file is open; `dirty` tells of changes; rewritten by a save
    unsaved,  ///< lives while there are changes: a save takes it away
    copy,     ///< holds the unsaved text: a save takes it away
    marker,   ///< lives while the file is open or changed, and a save leaves it as it is
  };
  std::string owner;   ///< the file that it belongs to, absolute
  std::string editor;  ///< empty where the process that made it is none that we know
  Means means = Means::open;
  std::optional<std::int32_t> pid;
  bool dirty = true;
  bool alive = true;  ///< its process runs, as far as it names one
  std::int64_t modified_ns = 0;
};

/// Reads side files: heads and links, nothing of a text.
class SideReader {
 public:
  SideReader(const FileSystem& files, const EditorPlaces& places, const EditorProcesses& processes)
      : files_(files), places_(places), processes_(processes) {}

  /// A swap file, lock or auto-save beside its file. Nothing where there is none (yet).
  [[nodiscard]] std::optional<SideReading> beside(const std::string& directory,
                                                  std::string_view name) const;
  /// A swap file of Vim's in a folder that collects them; `editor` is whose folder it is.
  [[nodiscard]] std::optional<SideReading> swap_elsewhere(const std::string& directory,
                                                          std::string_view name,
                                                          std::string_view editor) const;
  [[nodiscard]] std::optional<SideReading> micro_backup(const std::string& directory,
                                                        std::string_view name) const;
  [[nodiscard]] std::optional<SideReading> vscode_backup(const std::string& directory,
                                                         std::string_view name,
                                                         std::string_view editor) const;

 private:
  [[nodiscard]] std::optional<SideReading> swap_beside(const std::string& directory,
                                                       const std::string& path) const;
  [[nodiscard]] std::optional<SideReading> kate_swap(const std::string& directory,
                                                     std::string_view owner,
                                                     const std::string& path) const;
  [[nodiscard]] std::optional<SideReading> lock(const std::string& directory,
                                                std::string_view owner,
                                                const std::string& path) const;
  void name_editor(SideReading& reading, std::string_view usual) const;
  [[nodiscard]] std::string head_of(const std::string& path, std::size_t size) const;

  const FileSystem& files_;
  const EditorPlaces& places_;
  const EditorProcesses& processes_;
};

}  // namespace vigil::agent
