#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace vigil::agent {

/// The name that a package manifest gives; empty where it gives none (a workspace, a file that is
/// torn). `manifest` is the file's name. Reads only that name.
[[nodiscard]] std::string manifest_name(std::string_view manifest, std::string_view text);

/// The name of the package whose root a directory is, the folder's where its manifest has none;
/// nothing where there is no manifest.
[[nodiscard]] std::optional<std::string> package_at(const FileSystem& files,
                                                    const std::string& directory);

}  // namespace vigil::agent
