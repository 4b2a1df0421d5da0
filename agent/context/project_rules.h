#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::agent {

/// Whose project a git submodule is.
enum class Submodules : std::uint8_t { own, parents };

/// `folder` and everything below it is the project `name`.
struct MappedFolder {
  std::string folder;  ///< absolute, without a slash at the end
  std::string name;

  friend bool operator==(const MappedFolder&, const MappedFolder&) = default;
};

/// What the configuration says about projects.
struct ProjectRules {
  std::vector<MappedFolder> map;
  Submodules submodules = Submodules::own;

  friend bool operator==(const ProjectRules&, const ProjectRules&) = default;
};

/// `FOLDER=NAME`, cut at the first `=`; nothing for what is not of this form.
[[nodiscard]] std::optional<MappedFolder> parse_mapped_folder(std::string_view text);

/// The entry with the longest folder that holds `directory` or is it; null where none does.
[[nodiscard]] const MappedFolder* mapped_folder(const ProjectRules& rules,
                                                std::string_view directory);

}  // namespace vigil::agent
