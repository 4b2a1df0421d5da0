#pragma once

#include <string>
#include <string_view>

#include "base/file_system.h"

namespace vigil::agent {

/// Whether tools alone fill folders of this name, by the thousand (`node_modules`, `.venv`,
/// `__pycache__`), or a version control system keeps its own in them (`.git`).
[[nodiscard]] bool is_heavy_name(std::string_view name);

/// Whether a folder holds what a tool made, where its name alone does not tell (`target`, `build`,
/// `vendor`): by what lies beside it (`Cargo.toml`) or in it (`pyvenv.cfg`, `CACHEDIR.TAG`).
[[nodiscard]] bool holds_products(const FileSystem& files, const std::string& folder);

}  // namespace vigil::agent
